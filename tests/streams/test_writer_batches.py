"""When the writer hands over a batch: at once after a pause, else when it is full or the time between two is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from streams.writer.batch import Batch, Batches, Limits

PLACE = TopicPartition("alerts", 0)
LINGER = 0.2


@dataclass
class Arrivals:
    """A consumer and its clock: a record of 10 bytes at each of these seconds; waiting is what makes time pass."""

    seconds: Sequence[float]
    now: float = 0.0
    taken: int = 0

    def monotonic(self) -> float:
        return self.now

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Any]]:
        ahead = self.seconds[self.taken :]
        if not ahead or ahead[0] > self.now + timeout_ms / 1000:
            self.now += timeout_ms / 1000
            return {}
        self.now = max(self.now, ahead[0])
        first = self.taken
        self.taken += min(max_records, sum(second <= self.now for second in ahead))
        return {PLACE: [SimpleNamespace(offset=n, value=b"x" * 10) for n in range(first, self.taken)]}


def handed_over(seconds: Sequence[float], limits: Limits, insert_seconds: float = 0.0) -> list[tuple[float, int]]:
    """When each batch was handed over and how many records it has, until all are; an insert takes so long."""
    arrivals = Arrivals(seconds)
    batches = Batches(arrivals, limits, arrivals.monotonic, took=lambda _: None)
    found: list[tuple[float, int]] = []
    while sum(count for _, count in found) < len(seconds):
        batch = asyncio.run(batches.next())
        if batch.records:
            found.append((round(arrivals.now, 2), len(batch.records)))
            arrivals.now += insert_seconds
    return found


ROOMY = Limits(1_000, 1_000_000, LINGER)


def test_what_has_come_is_told_before_the_batch_is_whole() -> None:
    arrivals, told = Arrivals([1.0, 1.1, 1.15]), list[int]()
    batches = Batches(arrivals, ROOMY, arrivals.monotonic, took=lambda records: told.append(len(records)))
    for _ in range(3):
        asyncio.run(batches.next())
    assert told == [1, 1, 2]


def test_a_record_after_a_pause_waits_for_nothing() -> None:
    assert handed_over([1.0, 3.0], ROOMY) == [(1.0, 1), (3.0, 1)]


def test_what_follows_closely_is_gathered_until_the_time_between_two_batches_is_over() -> None:
    assert handed_over([1.0, 1.05, 1.15, 1.19], ROOMY) == [(1.0, 1), (1.2, 3)]


def test_an_insert_counts_as_time_between_two_batches() -> None:
    assert handed_over([1.0, 1.05, 1.19], ROOMY, insert_seconds=0.15) == [(1.0, 1), (1.2, 2)]


def test_after_a_slow_insert_gathering_takes_as_long_as_that_took() -> None:
    assert handed_over([1.0, 1.05, 1.9, 2.1], ROOMY, insert_seconds=0.5) == [(1.0, 1), (2.0, 2), (3.0, 1)]


def test_after_an_outage_nothing_waits_as_long_again() -> None:
    assert handed_over([1.0, 61.0, 61.5], ROOMY, insert_seconds=60.0)[:2] == [(1.0, 1), (62.0, 2)]


def test_a_record_after_a_slow_insert_and_a_pause_waits_for_nothing() -> None:
    assert handed_over([1.0, 4.0], ROOMY, insert_seconds=0.5) == [(1.0, 1), (4.0, 1)]


def test_a_full_batch_does_not_wait() -> None:
    assert handed_over([1.0, *[1.01] * 4], Limits(2, 1_000_000, LINGER)) == [(1.0, 1), (1.01, 2), (1.01, 2)]


def test_a_batch_of_many_bytes_does_not_wait() -> None:
    assert handed_over([1.0, 1.01, 1.02, 1.03], Limits(1_000, 20, LINGER)) == [(1.0, 1), (1.02, 2), (1.22, 1)]


def test_a_stream_without_pauses_is_stored_in_as_many_inserts_as_there_are_such_times() -> None:
    stored = handed_over([n / 100 for n in range(100, 300)], ROOMY)
    assert len(stored) == 10 + 1  # of two seconds, and the first record's
    assert {round(later - earlier, 2) for (earlier, _), (later, _) in pairwise(stored)} == {LINGER}


def test_nothing_at_all_is_an_empty_batch_after_half_a_second() -> None:
    arrivals = Arrivals([])
    assert asyncio.run(Batches(arrivals, ROOMY, arrivals.monotonic, took=lambda _: None).next()) == Batch()
    assert arrivals.now == 0.5
