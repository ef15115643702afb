"""The brokers that the service runs on, what each of them does differently, and clients as the service makes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.broker.topics import Topics, client_options, topic_names
from streams.configuration.sections import KafkaSettings

SESSION_SECONDS = 1.5  # short, since a test waits for it; production has 30
WAIT_SECONDS = 60.0  # the machine may be busy with other things


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Where the brokers differ in what the service relies on. Each test asserts what its broker does, so a difference
    that goes away fails a test. How the service copes is said beside each, for the broker that cannot.
    """

    keeps_data: bool  # over a restart; else topics are created again, the log published again, pages fed again
    refuses_large: bool  # over max.message.bytes; else only our own Sender does, at the same limit
    says_ends: bool  # ListOffsets(latest); else it is too low after a batch, and a fetch's high-water mark is asked too
    stamps: bool  # LogAppendTime; else a page is observed by the clock of the feed that sent it
    compacts: bool  # else the watchlist log grows by every change until the broker is started again
    expires: bool  # by retention.ms; else everything stays in memory until the broker is started again
    creates_when_asked: bool  # topics that a client asks about; Kafka is told not to


KAFKA = Differences(
    keeps_data=True,
    refuses_large=True,
    says_ends=True,
    stamps=True,
    compacts=True,
    expires=True,
    creates_when_asked=False,
)
EMBEDDED = Differences(
    keeps_data=False,
    refuses_large=False,
    says_ends=False,
    stamps=False,
    compacts=False,
    expires=False,
    creates_when_asked=True,
)


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker, with settings whose topics and groups nobody else uses."""

    kafka: KafkaSettings
    differs: Differences

    @property
    def topics(self) -> Topics:
        return topic_names(self.kafka.topic_prefix)


@asynccontextmanager
async def admin_of(broker: Broker) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**client_options(broker.kafka))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def reader_of(broker: Broker, topic: str, partitions: int = 1) -> AsyncIterator[AIOKafkaConsumer]:
    """Without a group, at the beginning, as the watchlist's follower reads."""
    async with AIOKafkaConsumer(
        **client_options(broker.kafka),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        fetch_max_wait_ms=100,
        max_partition_fetch_bytes=8_000_000,
    ) as consumer:
        places = places_of(topic, partitions)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        yield consumer


def member_of(broker: Broker, topic: str, group: str) -> AIOKafkaConsumer:
    """A member of a group, as a lane of the writer is. Start it and stop it."""
    milliseconds = round(broker.kafka.session_timeout_seconds * 1000)
    return AIOKafkaConsumer(
        topic,
        **client_options(broker.kafka),
        group_id=broker.kafka.topic_prefix + group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=round(broker.kafka.fetch_wait_seconds * 1000),
        max_partition_fetch_bytes=4_000_000,
        session_timeout_ms=milliseconds,
        rebalance_timeout_ms=milliseconds,
        heartbeat_interval_ms=milliseconds // 6,
    )


def places_of(topic: str, partitions: int) -> list[TopicPartition]:
    return [TopicPartition(topic, partition) for partition in range(partitions)]


async def read(consumer: AIOKafkaConsumer, count: int) -> list[Any]:
    """At least so many records, in the order in which they came."""
    records: list[Any] = []
    async with asyncio.timeout(WAIT_SECONDS):
        while len(records) < count:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                records += batch
    return records


async def read_to_end(consumer: AIOKafkaConsumer, place: TopicPartition) -> list[Any]:
    """Everything up to the high-water mark."""
    records: list[Any] = []
    async with asyncio.timeout(WAIT_SECONDS):
        while consumer.highwater(place) is None or await consumer.position(place) < consumer.highwater(place):
            records += (await consumer.getmany(timeout_ms=200)).get(place, [])
    return records


async def settings_of(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    """The topic's settings by name. A broker that was just told to create it may not know it for a moment."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            ((error, _, _, _, settings),) = response.resources
            if not error:
                return {name: value for name, value, *_ in settings}
            await asyncio.sleep(0.05)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():  # noqa: ASYNC110 - a broker has no event to give
            await asyncio.sleep(0.05)
