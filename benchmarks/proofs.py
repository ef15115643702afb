"""How many pages are screened, by the proofs on the broker: what is measured is not asked, since to answer costs it.

A look at a worker's own /metrics takes it about as long as a page of a hundred listings.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import TopicPartition

from benchmarks.arrivals import POLL_SECONDS
from benchmarks.records import BenchmarkError
from streams.broker.lag import EndsOfTopics
from streams.broker.topics import create_topics
from streams.configuration.sections import KafkaSettings


@dataclass(frozen=True, slots=True)
class Proofs:
    """Of all workers together, since the topic was made."""

    _ends: EndsOfTopics
    _places: tuple[TopicPartition, ...]

    async def count(self) -> int:
        """Raises BenchmarkError: the broker does not say."""
        ends = await self._ends.of(self._places)
        if ends is None:
            raise BenchmarkError("the broker does not say how many pages are screened")
        return sum(ends.values())

    async def reach(self, wanted: int, timeout_seconds: float) -> None:
        """Raises BenchmarkError: they do not in time."""
        deadline = time.monotonic() + timeout_seconds
        while (count := await self.count()) < wanted:
            if time.monotonic() > deadline:
                raise BenchmarkError(f"{wanted - count} of {wanted} pages were not screened in {timeout_seconds:g} s")
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def counting_proofs(kafka: KafkaSettings) -> AsyncIterator[Proofs]:
    """Of the workers on these topics, which are made if they are missing."""
    topics = await create_topics(kafka)
    async with EndsOfTopics(kafka) as ends:
        yield Proofs(ends, tuple(TopicPartition(topics.screenings, n) for n in range(kafka.listings_partitions)))
