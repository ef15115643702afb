"""Publishes the watchlist from the operational database to its log on the broker.

Worker, web and `rights import` all run this; the database's publishing lock lets one of them work at a time. A log
that is empty, since a memory-only broker was started again, is filled anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from itertools import islice
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from sinks.errors import StoreError
from sinks.operational.rights_store import RightsStore
from streams.broker.batches import Message
from streams.broker.consumers import stop_consumer
from streams.broker.producer import Sender
from streams.broker.topics import client_options, create_topics, topic_names
from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerError
from streams.metrics import PublisherMetrics

logger = logging.getLogger(__name__)
ENTRIES_PER_SEND = 500
SEND_SECONDS = 60.0
LOOK_SECONDS = 5.0
EMPTY_CHECK_EVERY = 8  # polls; at 0.25 s, a log that lost its content is filled again within 2 s


class WatchlistPublisher:
    """Run `run` as a task, or call `publish` once; both inside `async with`."""

    def __init__(
        self, store: RightsStore, sender: Sender, kafka: KafkaSettings, metrics: PublisherMetrics | None = None
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._sender = sender
        self._kafka = kafka
        self._topic = topic_names(kafka.topic_prefix).watchlist
        self._looker: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> WatchlistPublisher:
        looker = AIOKafkaConsumer(**client_options(self._kafka), group_id=None)
        try:
            await looker.start()
        except BaseException:
            await stop_consumer(looker)
            raise
        self._looker = looker
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looker is not None:
            await stop_consumer(self._looker)

    async def run(self, poll_seconds: float) -> None:
        """Publish what is new until cancelled. Stores and brokers that are away are waited for."""
        polls, failing = 0, False
        while True:
            try:
                is_due = polls % EMPTY_CHECK_EVERY == 0 or failing
                if is_due or await asyncio.to_thread(self._has_news):
                    await self.publish()
                failing = False
            except (StoreError, BrokerError, KafkaError, OSError) as error:
                if not failing:
                    logger.warning("publishing the watchlist failed (%s); trying again", error)
                failing = True
            polls += 1
            await asyncio.sleep(poll_seconds)

    async def publish(self) -> int:
        """Publish what is new, or everything when the log is empty; how many entries were sent.

        Returns 0 when another process is publishing.

        Raises:
            BrokerError: the broker did not take everything; nothing counts as published.
            StoreError: the operational database is away.
        """
        is_empty = await self._log_is_empty()
        if not is_empty and not await asyncio.to_thread(self._has_news):
            return 0
        if is_empty:
            return await self._publish_everything()
        sent, began = await asyncio.to_thread(self._publish, asyncio.get_running_loop(), False)
        if began:  # it was lost while we looked: what is new alone would stand in it
            sent += await self._publish_everything()
        return sent

    async def _publish_everything(self) -> int:
        """Creates the topics first. The embedded broker, started again, takes messages for a topic that is not there,
        and nobody can read them."""
        await create_topics(self._kafka, LOOK_SECONDS)
        return (await asyncio.to_thread(self._publish, asyncio.get_running_loop(), True))[0]

    def _has_news(self) -> bool:
        unpublished = self._store.revision() - self._store.published_revision()
        if self._metrics is not None:
            self._metrics.looked(unpublished)
        return unpublished > 0

    async def _log_is_empty(self) -> bool:
        """The embedded broker's end offset is too low after a batch, but 0 only when there is nothing."""
        if self._looker is None:
            raise RuntimeError("a WatchlistPublisher works inside `async with`")
        log = TopicPartition(self._topic, 0)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                offsets: Mapping[TopicPartition, int] = await self._looker.end_offsets([log])
        except (KafkaError, TimeoutError):
            await create_topics(self._kafka, LOOK_SECONDS)  # it may have been lost with a memory-only broker
            raise BrokerError(f"topic {self._topic}: the broker does not say where it ends") from None
        return offsets[log] == 0

    def _publish(self, loop: asyncio.AbstractEventLoop, everything: bool) -> tuple[int, bool]:
        """How many entries were sent, and whether the log begins with them.

        Runs in a thread, since the store blocks; the sending happens in the event loop.
        """
        sent = 0
        with self._store.publishing(everything=everything) as publication:
            if not publication.held:
                return 0, False
            while chunk := list(islice(publication.entries, ENTRIES_PER_SEND)):
                self._send(loop, [_message(self._topic, entry) for entry in chunk])
                sent += len(chunk)
            checkpoint = {"op": "checkpoint", "revision": publication.revision, "log": publication.log}
            end = self._send(loop, [_message(self._topic, checkpoint)])
        return sent, end <= sent + 1

    def _send(self, loop: asyncio.AbstractEventLoop, messages: list[Message]) -> int:
        """Where the log ends then. Awaited chunk by chunk, so that the checkpoint comes last and nothing is out of
        order."""
        large = [message for message in messages if not self._sender.fits(message)]
        for message in large:
            size = len(message.value)
            logger.error("watchlist: an entry of %d bytes is over the broker's limit and left out; shorten it", size)
        fitting = [message for message in messages if self._sender.fits(message)]
        sending = asyncio.run_coroutine_threadsafe(self._sender.send_all(fitting), loop)
        try:
            sent = sending.result(SEND_SECONDS)
        except TimeoutError:
            sending.cancel()  # what it has not handed over yet must not come between what is sent next
            raise
        if sent.unsent:
            raise BrokerError(f"topic {self._topic}: {len(sent.unsent)} of {len(fitting)} entries not acknowledged")
        return max(sent.ends.values(), default=0)


def _message(topic: str, entry: Mapping[str, Any]) -> Message:
    """For the only partition that is followed: a broker that makes a missing topic by itself may give it several."""
    return Message(topic, entry_key(entry), orjson.dumps(entry), partition=0)


def entry_key(entry: Mapping[str, Any]) -> bytes:
    """Compaction keeps the newest entry of a key: each right, register and picture has one, as have the
    rules, the calibration and the checkpoint."""
    operation = entry["op"]
    if operation == "put":
        return str(entry["right"]["right_id"]).encode("utf-8", "replace")
    if operation == "withdraw":
        return str(entry["right_id"]).encode("utf-8", "replace")
    if operation == "register":
        return b"\x00register " + orjson.dumps(entry["register"], option=orjson.OPT_SORT_KEYS)
    if operation in ("allow", "disallow"):
        pdq = entry["allow"]["pdq"] if operation == "allow" else entry["pdq"]
        return b"\x00allow " + str(pdq).encode("utf-8", "replace")
    return {"rules": b"\x00rules", "calibrate": b"\x00calibration"}.get(operation, b"\x00checkpoint")
