"""What becomes of messages that are sent together when the broker takes only some of them: seen from aiokafka."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder

from streams.broker.batches import MOST_BATCH_BYTES, Message, by_partition, send_in_batches

pytestmark = pytest.mark.asyncio
PLACE = TopicPartition("alerts", 0)


@dataclass
class Trouble:
    """A producer whose broker does not know some topics, does not answer from some batch on, and refuses others."""

    unknown: Collection[str] = ()
    takes: int = 100
    refuses: Collection[int] = ()
    counts: list[int] = field(default_factory=list)

    async def partitions_for(self, topic: str) -> set[int]:
        if topic in self.unknown:
            raise UnknownTopicOrPartitionError
        return {0, 1, 2}

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(MOST_BATCH_BYTES, 0)

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[Any]:
        number, outcome = len(self.counts), asyncio.get_running_loop().create_future()
        if number == self.takes:
            raise KafkaTimeoutError
        if number in self.refuses:
            outcome.set_exception(UnknownTopicOrPartitionError())
        else:
            outcome.set_result(SimpleNamespace(offset=sum(self.counts)))
        self.counts.append(batch.record_count())
        return outcome


def large(number: int) -> Message:
    return Message("alerts", b"%d" % number, bytes(200_000))


async def test_a_topic_that_the_broker_does_not_know_holds_back_no_other() -> None:
    known, unknown = Message("alerts", b"k", b"x"), Message("screened", b"k", b"x")
    groups, unplaced = await by_partition(Trouble(unknown={"screened"}), [unknown, known])
    assert list(groups.values()) == [[known]]
    assert [messages for _, messages in unplaced] == [[unknown]]


async def test_what_is_behind_a_batch_that_is_not_taken_is_unsent() -> None:
    messages = [large(number) for number in range(4)]
    sent = await send_in_batches(Trouble(takes=2), PLACE, messages)
    assert (sent.end, sent.unsent) == (2, messages[2:])
    assert [type(error) for error in sent.errors] == [KafkaTimeoutError]


async def test_of_batches_of_which_one_is_refused_its_own_messages_are_unsent() -> None:
    messages = [large(number) for number in range(3)]
    sent = await send_in_batches(Trouble(refuses={1}), PLACE, messages)
    assert (sent.end, sent.unsent) == (3, [messages[1]])
