"""Several messages in hand at once, so that a slow host holds up its own alone; committed in order, once done."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from streams.broker.consumers import own_cancellations_are_faults, stop_consumer
from streams.broker.lag import EndsOfTopics, GroupLag
from streams.broker.topics import Topics, client_options
from streams.configuration.sections import KafkaSettings
from streams.metrics import PictureMetrics
from streams.processes.shutdown import end_now
from streams.processes.watchdog import PATIENCE, ProgressWatch, Watchdog
from streams.worker.screener import Clock, observed_at

logger = logging.getLogger(__name__)
Handle = Callable[[bytes, int, tuple[str, int, int]], Awaitable[None]]
POLL_SECONDS = 0.25
REPORT_SECONDS = 2.0
PART = "consumer of pictures"
RECONNECT_SECONDS = 1.0
STOP_SECONDS = 8.0  # messages in hand may take so long at a stop; others are read again by whoever comes next
MAX_POLL_SECONDS = 86_400  # an outage of ClickHouse must not cost the process its place in the group
FETCH_BYTES_PER_PARTITION = 2_000_000


@dataclass(frozen=True, slots=True)
class InHand:
    offset: int
    timestamp_ms: int
    task: asyncio.Task[None]

    @property
    def is_done(self) -> bool:
        return self.task.done() and not self.task.cancelled()


@dataclass(kw_only=True)
class PictureConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka's class has no types
    """Run `run` as a task; it ends once `stop` is set. `handle` must not raise."""

    kafka: KafkaSettings
    topics: Topics
    handle: Handle
    most: int  # messages in hand
    metrics: PictureMetrics
    clock: Clock
    stop: asyncio.Event
    watchdog: Watchdog = field(default_factory=lambda: Watchdog(math.inf, end_now))
    is_consuming: bool = field(default=False, init=False)
    _hand: dict[TopicPartition, deque[InHand]] = field(default_factory=dict, init=False)
    _consumer: AIOKafkaConsumer | None = field(default=None, init=False)
    _lag: GroupLag = field(init=False)
    _begun: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._ends = EndsOfTopics(self.kafka)
        self._lag = GroupLag(self._ends)

    def queue_age_seconds(self) -> float:
        """How long the oldest message in hand has waited since it was sent; 0 when there is none."""
        times = [observed_at(one.timestamp_ms) for one in self._all() if not one.task.done()]
        return max(0.0, (self.clock() - min(times)).total_seconds()) if times else 0.0

    async def run(self) -> None:
        async with self._ends:
            reporting = asyncio.create_task(self._report_again_and_again(), name="pictures-report")
            try:
                await self._consume_until_stop()
            finally:
                reporting.cancel()
                await asyncio.wait([reporting])

    async def _consume_until_stop(self) -> None:
        while not self.stop.is_set():
            self._waits_for_the_broker()
            try:
                with own_cancellations_are_faults():
                    await self._consume()
            except (KafkaError, OSError) as error:
                logger.warning("pictures: the broker failed (%s); trying again", error)
                await asyncio.sleep(RECONNECT_SECONDS)

    def _waits_for_the_broker(self) -> None:
        """Each try that fails is a sign of life: while the broker is away, a new start helps nothing."""
        self.watchdog.alive(PART, PATIENCE * self.watchdog.stall_seconds)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """What is done is committed; the rest is another's, who begins it anew."""
        try:
            await self._commit()
        finally:  # a failure, which the client logs, must not leave us with another's messages in hand
            for partition in revoked:
                await self._drop(self._hand.pop(partition, deque()))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing to do: reading begins at what is committed."""

    async def _consume(self) -> None:
        session_ms = round(self.kafka.session_timeout_seconds * 1000)
        self._consumer = consumer = AIOKafkaConsumer(
            **client_options(self.kafka),
            group_id=self.topics.pictures_group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=round(self.kafka.fetch_wait_seconds * 1000),
            max_partition_fetch_bytes=FETCH_BYTES_PER_PARTITION,
            max_poll_interval_ms=MAX_POLL_SECONDS * 1000,
            session_timeout_ms=session_ms,
            rebalance_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 6,
        )
        consumer.subscribe([self.topics.pictures], listener=self)
        self._lag.begin()
        try:
            await consumer.start()
            self.is_consuming = True
            while not self.stop.is_set():
                await self._step(consumer)
            await self._finish()
        finally:
            self.is_consuming = False
            for queue in self._hand.values():
                await self._drop(queue)
            self._hand.clear()
            await stop_consumer(consumer)

    async def _step(self, consumer: AIOKafkaConsumer) -> None:
        """Take what there is room for, or wait until there is; commit what is done."""
        self._waits_for_the_broker()  # a commit does
        under_way = [one.task for one in self._all() if not one.task.done()]
        if len(under_way) < self.most:
            wait = round(POLL_SECONDS * 1000)
            found = await consumer.getmany(timeout_ms=wait, max_records=self.most - len(under_way))
            for partition, records in found.items():
                for record in records:
                    self._begin(partition, record)
        else:
            await asyncio.wait(under_way, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        await self._commit()
        self._report()

    def _begin(self, partition: TopicPartition, record: Any) -> None:
        place = partition.topic, partition.partition, record.offset
        self._begun += 1
        task = asyncio.ensure_future(self.handle(record.value or b"", record.timestamp, place))
        self._hand.setdefault(partition, deque()).append(InHand(record.offset, record.timestamp, task))

    async def _commit(self) -> None:
        """Of each partition, as far as everything is done: a message behind one that is slow waits to be committed.

        Raises:
            KafkaError: it failed, and not for a rebalance, after which others handle the messages again.
        """
        offsets: dict[TopicPartition, int] = {}
        for partition, queue in self._hand.items():
            while queue and queue[0].is_done:
                offsets[partition] = queue.popleft().offset + 1
        if offsets and self._consumer is not None:
            try:
                await self._consumer.commit(offsets)
                self._lag.committed(offsets)
            except (CommitFailedError, IllegalStateError) as error:
                logger.warning("pictures: commit failed (%s); its messages are handled again", error)

    async def _finish(self) -> None:
        tasks = [one.task for one in self._all()]
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        await self._commit()

    async def _drop(self, queue: Iterable[InHand]) -> None:
        tasks = [one.task for one in queue if not one.task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _report(self) -> None:
        self.metrics.queue_age.set(self.queue_age_seconds())
        self.metrics.in_hand.set(sum(not one.task.done() for one in self._all()))

    async def _report_again_and_again(self) -> None:
        watch = ProgressWatch(self.watchdog, "messages that wait for their pictures")
        while True:
            try:
                await self._report_lag(watch)
            except Exception:
                logger.exception("pictures: how much waits cannot be reported; trying again")
            await asyncio.sleep(REPORT_SECONDS)

    async def _report_lag(self, watch: ProgressWatch) -> None:
        waiting = await self._lag.measure(self._consumer if self.is_consuming else None, is_idle=self._is_idle)
        watch.observe(self._begun, waiting.messages if self._is_idle() else 0, answered=waiting.answered)
        if self.is_consuming:  # else what was measured last stands
            self.metrics.lag_messages.set(waiting.messages)

    def _is_idle(self) -> bool:
        return not any(self._hand.values())  # what is in hand takes as long as shops' servers take

    def _all(self) -> Iterable[InHand]:
        return (one for queue in self._hand.values() for one in queue)
