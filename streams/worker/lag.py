"""How many pages wait in this worker's partitions.

The broker is asked through a client of its own too: a consumer that stalls stops learning of new pages, and would
report no lag for ever. The embedded broker's end offset is too low after a batch, so the higher of both is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import faust
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.broker.lag import LOOK_SECONDS, EndsOfTopics, highwater, position
from streams.configuration.sections import KafkaSettings
from streams.worker.faust_transport import aiokafka_consumer
from streams.worker.screener import Clock, Progress


@dataclass(frozen=True, slots=True)
class Lag:
    pages: int = 0
    seconds: float = 0.0  # age of the last page that is through; 0 when none waits
    partitions: int = 0
    answered: bool = True  # False: the broker did not say, and this is what the consumer knows


class LagProbe:
    """Measures; keep it inside `async with`."""

    def __init__(self, app: faust.App, kafka: KafkaSettings, progress: Progress, clock: Clock) -> None:
        self._app = app
        self._progress = progress
        self._clock = clock
        self._broker = EndsOfTopics(kafka)
        self._starts: dict[TopicPartition, int] = {}

    async def __aenter__(self) -> LagProbe:
        await self._broker.__aenter__()
        return self

    async def __aexit__(self, *details: object) -> None:
        await self._broker.__aexit__(*details)

    async def measure(self) -> Lag:
        """The lag now; without an answer from the broker, what the consumer itself knows."""
        consumer = aiokafka_consumer(self._app)
        assigned = set(consumer.assignment()) if consumer else set()
        self._forget_all_but(assigned)
        if not assigned or consumer is None:
            return Lag()
        ends = await self._ends(assigned)
        pages = sum(self._waiting(consumer, partition, ends) for partition in assigned)
        return Lag(pages, self._age_seconds() if pages else 0.0, len(assigned), answered=ends is not None)

    def _waiting(self, consumer: Any, partition: TopicPartition, ends: Mapping[TopicPartition, int] | None) -> int:
        end = max(highwater(consumer, partition), (ends or {}).get(partition, 0))
        done = self._progress.positions.get((partition.topic, partition.partition), self._starts.get(partition, 0))
        if not self._app.consumer.unacked:  # what ends a transaction was read past, and is never handed over
            done = max(done, position(consumer, partition))
        return max(0, end - done)

    def _forget_all_but(self, assigned: set[TopicPartition]) -> None:
        """A partition that was another worker's in between has moved on."""
        for place in [place for place in self._progress.positions if TopicPartition(*place) not in assigned]:
            del self._progress.positions[place]
        self._starts = {partition: start for partition, start in self._starts.items() if partition in assigned}

    async def _ends(self, assigned: set[TopicPartition]) -> Mapping[TopicPartition, int] | None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                for partition in assigned - self._starts.keys():
                    self._starts[partition] = await self._start(partition)
        except (KafkaError, OSError):  # a timeout is an OSError
            return None
        return await self._broker.of(assigned)

    async def _start(self, partition: TopicPartition) -> int:
        """Where this worker begins: at what the group had committed, else at the beginning of the log."""
        committed = self._app.consumer._committed_offset.get(partition)  # noqa: SLF001 - Faust offers no other way
        if committed is not None:
            return int(committed)
        return await self._broker.beginning(partition)

    def _age_seconds(self) -> float:
        last = self._progress.last_observed_at
        return max(0.0, (self._clock() - last).total_seconds()) if last else 0.0
