"""How many messages wait for a plain consumer in its partitions: what is there, less what is committed.

The broker is asked through a client of its own too: a consumer that stalls stops learning of new messages, and would
report no lag for ever. The embedded broker's end offset is too low after a batch, so the higher of both is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.broker.consumers import stop_consumer
from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings

LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Waiting:
    messages: int = 0
    answered: bool = True  # False: the broker did not say, and this is what the consumer itself knows


class GroupLag:
    """Of one consumer at a time; tell it every commit."""

    def __init__(self, ends: EndsOfTopics) -> None:
        self._ends = ends
        self._done: dict[TopicPartition, int] = {}

    def begin(self) -> None:
        """A new consumer: what the last one committed may be old by now."""
        self._done.clear()

    def committed(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._done |= offsets

    async def measure(
        self, consumer: AIOKafkaConsumer | None, *, is_idle: Callable[[], bool] = lambda: False
    ) -> Waiting:
        """`is_idle`: whether the consumer has nothing in hand, so that whatever it has read past is done, though nobody
        commits it: the records by which transactions end are never handed over. Asked when the broker has answered:
        what came meanwhile is in hand, and would never wait again if it were taken for done."""
        assigned = set(consumer.assignment()) if consumer is not None else set()
        self._done = {place: done for place, done in self._done.items() if place in assigned}
        if consumer is None or not assigned:
            return Waiting()
        ends = await self._ends.of(assigned)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                for place in assigned - self._done.keys():
                    begin = await consumer.committed(place)
                    self._done.setdefault(place, await self._ends.beginning(place) if begin is None else begin)
        except (KafkaError, OSError):  # a timeout is an OSError
            ends = None
        if is_idle():
            self._done = {place: max(done, position(consumer, place)) for place, done in self._done.items()}
        known = ends or {}
        waiting = sum(
            max(0, max(highwater(consumer, place), known.get(place, 0)) - done) for place, done in self._done.items()
        )
        return Waiting(waiting, answered=ends is not None)


class EndsOfTopics:
    """A client without a group; keep it inside `async with`. While the broker is away, it answers nothing."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._client: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> EndsOfTopics:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await stop_consumer(self._client)

    async def of(self, places: Collection[TopicPartition]) -> Mapping[TopicPartition, int] | None:
        """Where these partitions end; None when the broker does not say."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                client = await self._connected()
                return {place: int(end) for place, end in (await client.end_offsets(list(places))).items()}
        except (KafkaError, OSError):
            return None

    async def beginning(self, place: TopicPartition) -> int:
        """Raises KafkaError, OSError: the broker does not say."""
        client = await self._connected()
        return int((await client.beginning_offsets([place]))[place])

    async def _connected(self) -> AIOKafkaConsumer:
        if self._client is None:
            client = AIOKafkaConsumer(**client_options(self._kafka), group_id=None)
            try:
                await client.start()
            except BaseException:
                await stop_consumer(client)
                raise
            self._client = client
        return self._client


def position(consumer: Any, partition: TopicPartition) -> int:
    """Where a consumer reads on, without waiting for the broker; 0 while that is open or the partition given up."""
    try:
        state = consumer._subscription.subscription.assignment.state_value(partition)  # noqa: SLF001
        return int(state.position) if state.has_valid_position else 0
    except (AttributeError, KeyError):
        return 0


def highwater(consumer: Any, partition: TopicPartition) -> int:
    """What a consumer has heard of; 0 for a partition that was given up while the broker was asked."""
    try:
        return int(consumer.highwater(partition) or 0)
    except (AssertionError, AttributeError, KeyError):  # aiokafka asserts that the partition is assigned
        return 0
