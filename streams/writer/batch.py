"""Gathers records of a topic into batches: one at once after a pause, then no more often than every `linger_seconds`.

So what comes alone is stored without a wait, and a stream of records never becomes a stream of small inserts. After an
insert slower than that gathering takes longer, too, so that a store in trouble gets fewer and larger ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

IDLE_POLL_SECONDS = 0.5
MOST_LINGERS = 5  # so many times as long at most: after an outage of an hour nothing waits another hour


@dataclass(frozen=True, slots=True)
class Limits:
    rows: int
    payload_bytes: int
    linger_seconds: float  # at least, from one batch to the next, unless that is full before


@dataclass(slots=True)
class Batch:
    """Records and the offsets to commit once they are stored."""

    records: list[Any] = field(default_factory=list)
    offsets: dict[TopicPartition, int] = field(default_factory=dict)
    payload_bytes: int = 0

    def add(self, partition: TopicPartition, records: list[Any]) -> None:
        self.records += records
        self.offsets[partition] = records[-1].offset + 1
        self.payload_bytes += sum(len(record.value or b"") for record in records)

    def is_full(self, limits: Limits) -> bool:
        return len(self.records) >= limits.rows or self.payload_bytes >= limits.payload_bytes


class Batches:
    """The batches of one consumer."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        limits: Limits,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        took: Callable[[Sequence[Any]], None],
    ) -> None:
        """took: is told all records of the batch whenever some have come, before anybody else can run."""
        self._consumer = consumer
        self._took = took
        self._limits = limits
        self._monotonic = monotonic
        self._handed_over: float | None = None  # the last batch that had something in it, when
        self._due = monotonic()  # when the next one may go, full or not

    async def next(self) -> Batch:
        """Empty when nothing came within half a second."""
        if self._handed_over is not None:
            now, linger = self._monotonic(), self._limits.linger_seconds
            taken = now - self._handed_over
            self._due = self._handed_over + linger if taken <= linger else now + min(taken, MOST_LINGERS * linger)
        batch = await self._gathered()
        self._handed_over = self._monotonic() if batch.records else None
        return batch

    async def _gathered(self) -> Batch:
        batch = Batch()
        while not batch.is_full(self._limits):
            wait = self._due - self._monotonic() if batch.records else IDLE_POLL_SECONDS
            if wait <= 0:
                break
            room = self._limits.rows - len(batch.records)
            found = await self._consumer.getmany(timeout_ms=ceil(wait * 1000), max_records=room)
            for partition, records in found.items():
                batch.add(partition, records)
            if found:
                self._took(batch.records)
            if not batch.records:
                break
        return batch
