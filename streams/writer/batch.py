"""Gathers records of a topic into a batch: until it is large enough or its oldest record has waited long enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

IDLE_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    rows: int
    payload_bytes: int
    linger_seconds: float


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


async def gather_batch(
    consumer: AIOKafkaConsumer, limits: Limits, monotonic: Callable[[], float] = time.monotonic
) -> Batch:
    """The next batch; empty when nothing came within half a second."""
    batch = Batch()
    deadline: float | None = None
    while not batch.is_full(limits):
        wait = IDLE_POLL_SECONDS if deadline is None else deadline - monotonic()
        if wait <= 0:
            break
        found = await consumer.getmany(timeout_ms=round(wait * 1000), max_records=limits.rows - len(batch.records))
        for partition, records in found.items():
            batch.add(partition, records)
        if not found and deadline is None:
            break
        deadline = deadline or monotonic() + limits.linger_seconds
    return batch
