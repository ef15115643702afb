"""What is sent together, as one batch for each partition.

The results of a page are many small messages. Handed to aiokafka one by one, each costs a task, a look at the metadata
and two wakings of the event loop; as a batch, all of them cost that once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

MOST_BATCH_BYTES = 262_144  # well below the least that a topic may take; a larger message is a batch of its own


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    key: bytes | None
    value: bytes
    partition: int | None = None  # None: by the key


@dataclass(slots=True)
class Batch:
    """Messages of one partition, in order."""

    place: TopicPartition
    builder: Any  # aiokafka's
    messages: list[Message] = field(default_factory=list)

    def takes(self, message: Message) -> bool:
        """Whether it has room for the message, which then is in it; an empty one has room for any."""
        added = self.builder.append(key=message.key, value=message.value, timestamp=None) is not None
        if added:
            self.messages.append(message)
        return added

    async def hand_over(self, producer: AIOKafkaProducer) -> asyncio.Future[Any]:
        """What becomes of it: the RecordMetadata of its first message.

        Raises:
            KafkaError: the producer does not take it, mostly since earlier ones have waited too long for the broker.
        """
        self.builder.close()
        return await producer.send_batch(  # type: ignore[no-any-return]
            self.builder, self.place.topic, partition=self.place.partition
        )


async def in_batches(producer: AIOKafkaProducer, messages: Iterable[Message]) -> list[Batch]:
    """All of the messages, those of a partition in the order given.

    Raises:
        KafkaError: the broker does not say which partitions a topic has.
    """
    partitions: dict[str, list[int]] = {}
    of_place: dict[TopicPartition, list[Message]] = {}
    for message in messages:
        if message.topic not in partitions:
            partitions[message.topic] = sorted(await producer.partitions_for(message.topic))
        place = _place_of(message, partitions[message.topic])
        of_place.setdefault(place, []).append(message)
    return [batch for place, some in of_place.items() for batch in _filled(producer, place, some)]


def _place_of(message: Message, partitions: list[int]) -> TopicPartition:
    """Where aiokafka itself would send it."""
    partition = message.partition
    if partition is None:
        partition = DefaultPartitioner()(message.key, partitions, partitions)
    return TopicPartition(message.topic, partition)


def _filled(producer: AIOKafkaProducer, place: TopicPartition, messages: Iterable[Message]) -> Iterator[Batch]:
    batch = Batch(place, producer.create_batch())
    for message in messages:
        if not batch.takes(message):
            yield batch
            batch = Batch(place, producer.create_batch())
            batch.takes(message)
    yield batch
