"""How far one lane of the writer is: what Prometheus and the watchdog are told about it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.broker.lag import EndsOfTopics, GroupLag
from streams.metrics import WriterMetrics
from streams.processes.watchdog import PATIENCE, ProgressWatch, Watchdog
from streams.worker.screener import Clock, observed_at

logger = logging.getLogger(__name__)
REPORT_SECONDS = 2.0


class LaneProgress:
    """The lane says what it is about to do; `report` says how much waits for it."""

    def __init__(
        self, stage: str, *, ends: EndsOfTopics, metrics: WriterMetrics, watchdog: Watchdog, clock: Clock
    ) -> None:
        self._part = f"lane {stage}"
        self._watchdog = watchdog
        self._clock = clock
        self._lag = GroupLag(ends)
        self._waiting = ProgressWatch(watchdog, f"records that wait for {self._part}")
        self._lag_records = metrics.lag_records.labels(stage)
        self._oldest = metrics.oldest.labels(stage)
        self._paused = metrics.paused.labels(stage)
        self._consumer: AIOKafkaConsumer | None = None
        self._in_hand_ms: int | None = None  # the broker's timestamp of the oldest record in hand
        self._stored_ms: int | None = None  # ... of the last one that is stored
        self._steps = 0

    def asks_the_broker(self) -> None:
        """Something that waits for the broker begins, or for what another lane stores."""
        self._watchdog.alive(self._part, PATIENCE * self._watchdog.stall_seconds)

    def reads(self, consumer: AIOKafkaConsumer) -> None:
        self._watchdog.alive(self._part)
        if consumer is not self._consumer:
            self._lag.begin()
            self._consumer = consumer

    def took(self, records: Sequence[Any]) -> None:
        """These records, one at least, are in hand until they are committed."""
        self._steps += 1
        self._in_hand_ms = min(record.timestamp for record in records)

    def inserts(self, within_seconds: float) -> None:
        """One insert of a try; the connection gives it up within this time. From any thread."""
        self._steps += 1
        self._watchdog.alive(self._part, within_seconds + self._watchdog.stall_seconds)

    def failed(self) -> None:
        """The try failed since ClickHouse is away; nothing more is read until it takes what is in hand."""
        self._paused.set(1)

    def stored(self) -> None:
        self._paused.set(0)

    def committed(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._steps += 1
        self._lag.committed(offsets)
        self._in_hand_ms, self._stored_ms = None, self._in_hand_ms

    def stopped(self) -> None:
        """The consumer is gone, and what was in hand is read again by whoever comes next."""
        self._consumer = self._in_hand_ms = None

    async def report(self) -> None:
        """While the consumer is away, what was measured last stands: nobody has stored what waited."""
        waiting = await self._lag.measure(self._consumer, is_idle=self._is_reading)
        messages = waiting.messages if self._is_reading() else 0
        self._waiting.observe(self._steps, messages, answered=waiting.answered)
        if self._consumer is None:
            return
        self._lag_records.set(waiting.messages)
        self._oldest.set(self._age_seconds() if waiting.messages else 0.0)

    def _is_reading(self) -> bool:
        """Otherwise it waits for a server, for which the lane asks for time."""
        return self._in_hand_ms is None

    def _age_seconds(self) -> float:
        oldest = self._in_hand_ms if self._in_hand_ms is not None else self._stored_ms
        return max(0.0, (self._clock() - observed_at(oldest)).total_seconds()) if oldest is not None else 0.0


async def report_all(lanes: Sequence[LaneProgress]) -> None:
    """Until cancelled. A report that fails ends no lane; if it goes on, the watchdog hears of no progress."""
    while True:
        for lane in lanes:
            try:
                await lane.report()
            except Exception:
                logger.exception("writer: how much waits cannot be reported; trying again")
        await asyncio.sleep(REPORT_SECONDS)
