"""Where a run stands on the broker: pages produced, screened and committed, read from outside the worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.broker.topics import client_options, topic_names
from streams.configuration.sections import KafkaSettings

Place = tuple[int, int]  # partition and offset of a page


@dataclass(slots=True)
class Offsets:
    """Follows the topic `screenings` and asks for the workers' committed offsets."""

    screenings: AIOKafkaConsumer
    group: AIOKafkaConsumer
    listings: list[TopicPartition]
    screened: list[Place] = field(default_factory=list)  # in the order of the proofs; a page again when screened again

    async def follow(self) -> None:
        """Take what is new in `screenings`."""
        for records in (await self.screenings.getmany(timeout_ms=20)).values():
            for record in records:
                proof = orjson.loads(record.value)
                self.screened.append((proof["partition"], proof["offset"]))

    async def follow_until_quiet(self) -> None:
        known = -1
        while known < len(self.screened):
            known = len(self.screened)
            for _ in range(10):
                await self.follow()

    async def committed(self) -> dict[int, int]:
        """The next offset of each partition that a new worker would start at."""
        return {log.partition: await self.group.committed(log) or 0 for log in self.listings}

    async def produced(self) -> int:
        """Pages on `listings`. From a fetch: the embedded broker's own answer about the end is wrong."""
        marks = [await self._mark(log) for log in self.listings]
        return sum(marks)

    async def _mark(self, log: TopicPartition) -> int:
        await self.group.seek_to_beginning(log)
        await self.group.getmany(log, timeout_ms=2000, max_records=1)
        return self.group.highwater(log) or 0


@asynccontextmanager
async def offsets_of(kafka: KafkaSettings) -> AsyncIterator[Offsets]:
    """Topics must exist. Neither consumer joins a group."""
    names = topic_names(kafka.topic_prefix)
    options = {**client_options(kafka), "enable_auto_commit": False, "auto_offset_reset": "earliest"}
    async with (
        AIOKafkaConsumer(**options, group_id=None, fetch_max_wait_ms=10) as screenings,
        AIOKafkaConsumer(**options, group_id=names.worker_group) as group,
    ):
        assign(screenings, names.screenings, kafka.listings_partitions)
        yield Offsets(screenings, group, assign(group, names.listings, kafka.listings_partitions))


def assign(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> list[TopicPartition]:
    logs = [TopicPartition(topic, partition) for partition in range(partitions)]
    consumer.assign(logs)
    return logs
