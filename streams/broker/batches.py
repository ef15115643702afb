"""What is sent together, in batches for each partition.

The results of a page are many small messages. Handed to aiokafka one by one, each costs a task, a look at the metadata
and two wakings of the event loop; in a batch, all of them cost that once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

MOST_BATCH_BYTES = 262_144  # well below the least that a topic may take; a larger message is a batch of its own


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    key: bytes | None
    value: bytes
    partition: int | None = None  # None: by the key


@dataclass(slots=True)
class SentToPartition:
    """What came of messages to one partition. end: behind the last acknowledged one, 0 for none."""

    end: int = 0
    unsent: list[Message] = field(default_factory=list)
    errors: list[KafkaError] = field(default_factory=list)


Unplaced = list[tuple[KafkaError, list[Message]]]


async def by_partition(
    producer: AIOKafkaProducer, messages: Iterable[Message]
) -> tuple[Mapping[TopicPartition, Sequence[Message]], Unplaced]:
    """The messages of each partition in order, and those of topics of which the broker does not say what they have."""
    of_topic: dict[str, list[Message]] = {}
    for message in messages:
        of_topic.setdefault(message.topic, []).append(message)
    groups: dict[TopicPartition, list[Message]] = {}
    unplaced: Unplaced = []
    for topic, group in of_topic.items():
        try:
            partitions = sorted(await producer.partitions_for(topic))
        except KafkaError as error:
            unplaced.append((error, group))
            continue
        for message in group:
            groups.setdefault(TopicPartition(topic, _partition_of(message, partitions)), []).append(message)
    return groups, unplaced


async def send_in_batches(
    producer: AIOKafkaProducer, place: TopicPartition, messages: Sequence[Message]
) -> SentToPartition:
    """Send messages of one partition. One that the producer does not take in time leaves those behind it unsent."""
    batches = list(_batches(producer, messages))
    taken: list[asyncio.Future[Any]] = []
    sent = SentToPartition()
    try:
        for builder, _ in batches:
            builder.close()
            taken.append(await producer.send_batch(builder, place.topic, partition=place.partition))
    except KafkaError as error:
        sent.errors.append(error)
    except BaseException:
        for future in taken:
            future.cancel()  # nobody will ask what became of them
        raise
    outcomes = await asyncio.gather(*taken, return_exceptions=True)
    for (_, some), outcome in zip(batches, outcomes, strict=False):
        if isinstance(outcome, KafkaError):
            sent.errors.append(outcome)
            sent.unsent += some
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            sent.end = max(sent.end, outcome.offset + len(some))
    sent.unsent += [message for _, some in batches[len(taken) :] for message in some]
    return sent


def _partition_of(message: Message, partitions: list[int]) -> int:
    """Where aiokafka itself would send it."""
    if message.partition is not None:
        return message.partition
    return int(DefaultPartitioner()(message.key, partitions, partitions))


def _batches(producer: AIOKafkaProducer, messages: Iterable[Message]) -> Iterator[tuple[Any, list[Message]]]:
    """aiokafka's builders, each with the messages that are in it; an empty one takes a message of any size."""
    builder, some = producer.create_batch(), list[Message]()
    for message in messages:
        if builder.append(key=message.key, value=message.value, timestamp=None) is None:
            yield builder, some
            builder, some = producer.create_batch(), []
            builder.append(key=message.key, value=message.value, timestamp=None)
        some.append(message)
    if some:
        yield builder, some
