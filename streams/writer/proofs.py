"""A proof of screening is stored last: after its page, its alerts, its sample and its dead letters.

So one row in `screenings` says that everything about a page is kept, and whoever waits for it (a feed's cursor, a
count on the floor, a test) need not ask further. A topic is stored as far as its lane has committed, in whichever
process that lane runs, so the broker is asked.

What a proof speaks of may be gone: its topic was made anew, or its records expired before they were stored. A place
that the topic does not reach will never be stored, so nobody waits for it; the proof is not stored either.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import orjson
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from detectors.errors import RightswatchError
from streams.broker.ends import Bounds, bounds
from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings

FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 60.0


class ResultsNotStored(RightswatchError):
    """What some proofs speak of is still not stored: leave them uncommitted and read them again."""


Ends = Mapping[TopicPartition, int]
AskBounds = Callable[[Collection[TopicPartition]], Awaitable[Bounds]]
NOTHING_LOST: Ends = {}


def ends_of(records: Sequence[Any]) -> dict[TopicPartition, int]:
    """How far each topic must be stored before these records of `screenings` may be. Misfits wait for nothing."""
    ends: dict[TopicPartition, int] = {}
    for record in records:
        for place, end in _ends_of_one(record.value):
            ends[place] = max(ends.get(place, 0), end)
    return ends


def is_lost(record: Any, lost: Ends) -> bool:
    """Whether a proof speaks of results that are gone; `lost` as `StoredEnds.wait_for` gives it."""
    return any(end > lost.get(place, end) for place, end in _ends_of_one(record.value))


def _ends_of_one(value: bytes | None) -> list[tuple[TopicPartition, int]]:
    try:
        proof = orjson.loads(value or b"")
        page = (TopicPartition(proof["topic"], proof["partition"]), int(proof["offset"]) + 1)
        results = [(TopicPartition(topic, partition), int(end)) for topic, partition, end in proof.get("results", ())]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return []  # the lane makes a dead letter of it
    return [page, *results]


class StoredEnds:
    """How far the lanes of other topics have stored, as their groups have committed."""

    def __init__(
        self,
        admin: AIOKafkaAdminClient,
        groups: Mapping[str, str],
        ask_bounds: AskBounds,
        *,
        patience_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`groups` names the writer's group of each topic; topics without one are not waited for."""
        self._ask_bounds = ask_bounds
        self._admin = admin
        self._groups = groups
        self._patience_seconds = patience_seconds
        self._monotonic = monotonic

    async def wait_for(self, ends: Ends, stop: asyncio.Event) -> Ends | None:
        """Until all of it is stored; None when the writer stops before that.

        After the patience places whose topic ends before they do are given back with that end: what was to stand
        behind it is lost. What has expired is not waited for.

        Raises:
            ResultsNotStored: not within the patience, and nothing is lost. ClickHouse may be slow or away.
            KafkaError, TimeoutError: the broker does not say.
        """
        deadline = self._monotonic() + self._patience_seconds
        pause = FIRST_PAUSE_SECONDS
        while missing := await self._missing(ends):
            if stop.is_set():
                return None
            if self._monotonic() > deadline:
                return await self._lost(missing)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            ends = missing
        return NOTHING_LOST

    async def reaches(self, ends: Ends) -> bool:
        """Whether the logs go as far as that; raises as `wait_for`."""
        logs = await self._ask_bounds(ends)
        return all(end <= logs[place][1] for place, end in ends.items())

    async def _lost(self, missing: Ends) -> Ends:
        logs = await self._ask_bounds(missing)
        lost = {place: logs[place][1] for place, end in missing.items() if end > logs[place][1]}
        waiting = {place: end for place, end in missing.items() if end > logs[place][0]}  # what is older has expired
        if waiting and not lost:
            places = ", ".join(f"{place.topic}/{place.partition}@{end}" for place, end in waiting.items())
            raise ResultsNotStored(f"results are not stored yet, so their proofs wait: {places}")
        return lost

    async def _missing(self, ends: Ends) -> dict[TopicPartition, int]:
        missing: dict[TopicPartition, int] = {}
        for topic, group in self._groups.items():
            wanted = {place: end for place, end in ends.items() if place.topic == topic}
            if wanted:
                # Named one by one: the embedded broker's answer about all of a group's partitions cannot be read.
                stored = await self._admin.list_consumer_group_offsets(group, partitions=list(wanted))
                missing |= {
                    place: end for place, end in wanted.items() if place not in stored or stored[place].offset < end
                }
        return missing


@asynccontextmanager
async def stored_ends(kafka: KafkaSettings, groups: Mapping[str, str]) -> AsyncIterator[StoredEnds]:
    admin = AIOKafkaAdminClient(**client_options(kafka))
    await admin.start()
    try:
        yield StoredEnds(admin, groups, partial(bounds, kafka), patience_seconds=PATIENCE_SECONDS)
    finally:
        await admin.close()
