"""The two ways that pages go: through the whole service, and through the bare broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from aiokafka import AIOKafkaConsumer

from benchmarks.arrivals import AlertWatch, consuming, until
from sinks.clickhouse.connection import Connection
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from streams.configuration.connections import Connections


@dataclass(frozen=True, slots=True)
class Load:
    """A page and what must come of it: so many listing rows, and an alert for each of these listings."""

    body: bytes
    listings: int
    alerting: frozenset[str]


class ServicePath:
    """Broker, worker, writer, ClickHouse."""

    def __init__(self, sender: Sender, topic: str, watch: AlertWatch, rows: Connection) -> None:
        self._sender = sender
        self._topic = topic
        self._watch = watch
        self._rows = rows

    async def paced(self, loads: Sequence[Load], pages_per_second: float) -> list[float]:
        """Seconds from sending to the readable row, one for each alerting listing."""
        sent = await _send_paced(self._sender, self._topic, loads, pages_per_second)
        await self._all_alerts(loads)
        return [self._watch.seen[one] - at for load, at in zip(loads, sent, strict=True) for one in load.alerting]

    async def burst(self, loads: Sequence[Load]) -> float:
        """Seconds from the first page to the last row."""
        wanted = self._listing_rows() + sum(load.listings for load in loads)
        start = time.monotonic()
        await _send_all(self._sender, self._topic, loads)
        await self._all_alerts(loads)
        await until(lambda: self._listing_rows() >= wanted, f"{wanted:,} rows in `listings`")
        return time.monotonic() - start

    async def _all_alerts(self, loads: Sequence[Load]) -> None:
        wanted = frozenset[str]().union(*(load.alerting for load in loads))
        await until(lambda: wanted <= self._watch.seen.keys(), f"alert rows for all of {len(wanted):,} listings")

    def _listing_rows(self) -> int:
        return int(self._rows.query("SELECT count() FROM listings")[0][0])


class BarePath:
    """The broker alone: the same pages to a topic of the same shape, read by a plain consumer."""

    def __init__(self, sender: Sender, topic: str, consumer: AIOKafkaConsumer) -> None:
        self._sender = sender
        self._topic = topic
        self._consumer = consumer

    async def paced(self, loads: Sequence[Load], pages_per_second: float) -> list[float]:
        """Seconds from sending to receiving, one for each page."""
        receiving = asyncio.create_task(self._receive(len(loads)))
        sent = await _send_paced(self._sender, self._topic, loads, pages_per_second)
        received = await receiving
        return [received[_key(number)] - at for number, at in enumerate(sent)]

    async def burst(self, loads: Sequence[Load]) -> float:
        """Seconds from the first page sent to the last received."""
        receiving = asyncio.create_task(self._receive(len(loads)))
        start = time.monotonic()
        await _send_all(self._sender, self._topic, loads)
        await receiving
        return time.monotonic() - start

    async def _receive(self, count: int) -> dict[bytes, float]:
        received: dict[bytes, float] = {}
        while len(received) < count:
            message = await self._consumer.getone()
            received[message.key] = time.monotonic()
        return received


@asynccontextmanager
async def both_paths(connections: Connections) -> AsyncIterator[tuple[ServicePath, BarePath]]:
    """Through the service, whose servers these are, and through the same broker alone."""
    kafka = connections.kafka
    topics = await create_topics(kafka)
    bare_topics = await create_topics(replace(kafka, topic_prefix=f"{kafka.topic_prefix}bare-"))
    async with AsyncExitStack() as stack:
        sender = await stack.enter_async_context(Sender(kafka))
        consumer = await stack.enter_async_context(consuming(kafka, bare_topics.listings, kafka.listings_partitions))
        rows = stack.enter_context(Connection(connections.clickhouse))
        watch = stack.enter_context(AlertWatch(connections.clickhouse))
        yield ServicePath(sender, topics.listings, watch, rows), BarePath(sender, bare_topics.listings, consumer)


async def _send_paced(sender: Sender, topic: str, loads: Sequence[Load], pages_per_second: float) -> list[float]:
    """Send at fixed times, whether or not earlier pages are through; the monotonic second of each."""
    start, sent, sending = time.monotonic(), [], []
    for number, load in enumerate(loads):
        await asyncio.sleep(max(0.0, start + number / pages_per_second - time.monotonic()))
        sent.append(time.monotonic())
        sending.append(asyncio.create_task(sender.send(Message(topic, _key(number), load.body))))
    await asyncio.gather(*sending)
    return sent


async def _send_all(sender: Sender, topic: str, loads: Sequence[Load]) -> None:
    await asyncio.gather(*(sender.send(Message(topic, _key(n), load.body)) for n, load in enumerate(loads)))


def _key(number: int) -> bytes:
    """Spreads the pages over the partitions."""
    return str(number).encode()
