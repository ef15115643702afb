"""Groups: who reads what, from where, and what a kill or a newcomer changes."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from streams.broker.batches import Message
from streams.broker.ends import unread
from streams.broker.producer import Sender
from tests.broker.brokers import Broker, admin_of, member_of, places_of, read, until

pytestmark = pytest.mark.asyncio
PARTITIONS = 4
MEMBER = Path(__file__).with_name("member.py")
Place = tuple[int, int]  # partition and offset


async def send(broker: Broker, count: int, topic: str) -> None:
    async with Sender(broker.kafka) as sender:
        sent = await sender.send_all([Message(topic, None, b"x", number % PARTITIONS) for number in range(count)])
    assert sent.unsent == []


async def test_without_a_commit_a_group_begins_at_the_start_and_with_one_behind_it(ready: Broker) -> None:
    topic = ready.topics.listings
    await send(ready, 40, topic)
    async with member_of(ready, topic, "g") as first:
        assert len(await read(first, 40)) == 40
        await first.commit(dict.fromkeys(places_of(topic, PARTITIONS), 7))
    async with member_of(ready, topic, "g") as second:
        found = await read(second, 12)
    assert sorted((record.partition, record.offset) for record in found) == [
        (partition, offset) for partition in range(PARTITIONS) for offset in (7, 8, 9)
    ]


async def test_two_groups_know_nothing_of_each_other(ready: Broker) -> None:
    topic = ready.topics.listings
    await send(ready, 20, topic)
    async with member_of(ready, topic, "a") as ours:
        await read(ours, 20)
        await ours.commit()
    async with member_of(ready, topic, "b") as theirs:
        assert len(await read(theirs, 20)) == 20


async def test_how_far_a_group_is_can_be_asked_from_outside(ready: Broker) -> None:
    topic, group = ready.topics.listings, f"{ready.kafka.topic_prefix}g"
    await send(ready, 40, topic)
    async with member_of(ready, topic, "g") as member:
        await read(member, 40)
        assert await unread(ready.kafka, topic, group) == dict.fromkeys(places_of(topic, PARTITIONS), 10)
        await member.commit({TopicPartition(topic, 0): 10, TopicPartition(topic, 1): 9})
        behind = await unread(ready.kafka, topic, group)
        async with admin_of(ready) as admin:
            offsets = await admin.list_consumer_group_offsets(group, partitions=places_of(topic, PARTITIONS))
    assert sorted(place.partition for place in behind) == [1, 2, 3]
    assert [offsets[place].offset for place in places_of(topic, PARTITIONS)] == [10, 9, -1, -1]


async def test_a_killed_member_loses_nothing(ready: Broker) -> None:
    topic = ready.topics.listings
    await send(ready, 40, topic)
    async with member_of(ready, topic, "g") as first:
        await read(first, 40)
        await first.commit(dict.fromkeys(places_of(topic, PARTITIONS), 5))
    with member_process(ready, topic, "g") as killed:
        assert killed.stdout is not None
        lines = [await asyncio.to_thread(killed.stdout.readline) for _ in range(6)]
        assert lines[0] == "joined\n"
        assert int(lines[1].split()[1]) == 5
        killed.kill()
        async with member_of(ready, topic, "g") as heir:
            found = await read(heir, 20)
    assert {(record.partition, record.offset) for record in found} == {
        (partition, offset) for partition in range(PARTITIONS) for offset in range(5, 10)
    }


@pytest.mark.parametrize("others", [1, 2])
async def test_members_that_come_and_go_read_everything(ready: Broker, others: int) -> None:
    """Two or three workers: each has its share, and what one leaves the others take."""
    topic = ready.topics.listings
    seen: set[Place] = set()
    async with AsyncExitStack() as stack:
        await send(ready, 40, topic)
        first = await stack.enter_async_context(working(ready, topic, seen))
        await until(lambda: len(seen) == 40)
        async with AsyncExitStack() as leaving:
            added = [await leaving.enter_async_context(working(ready, topic, seen)) for _ in range(others)]
            await until(lambda: all(shares := [len(one.assignment()) for one in (first, *added)]) and sum(shares) == 4)
            await send(ready, 40, topic)
            await until(lambda: len(seen) == 80)
        await until(lambda: len(first.assignment()) == PARTITIONS)
        await send(ready, 40, topic)
        await until(lambda: len(seen) == 120)
    assert seen == {(partition, offset) for partition in range(PARTITIONS) for offset in range(30)}
    async with member_of(ready, topic, "g") as after:
        assert not await after.getmany(timeout_ms=500)


@asynccontextmanager
async def working(broker: Broker, topic: str, seen: set[Place]) -> AsyncIterator[AIOKafkaConsumer]:
    """A member that reads and commits, as a lane does: a commit that comes too late is left to the next owner."""
    async with member_of(broker, topic, "g") as member:
        work = asyncio.create_task(_work(member, seen))
        try:
            yield member
        finally:
            work.cancel()
            await asyncio.wait([work])


async def _work(member: AIOKafkaConsumer, seen: set[Place]) -> None:
    while True:
        found = await member.getmany(timeout_ms=200)
        seen.update((place.partition, record.offset) for place, records in found.items() for record in records)
        with contextlib.suppress(CommitFailedError, IllegalStateError):
            await member.commit({place: records[-1].offset + 1 for place, records in found.items()} or None)


@contextmanager
def member_process(broker: Broker, topic: str, group: str) -> Iterator[subprocess.Popen[str]]:
    kafka = broker.kafka
    arguments = [kafka.bootstrap, topic, kafka.topic_prefix + group, str(kafka.session_timeout_seconds)]
    with subprocess.Popen([sys.executable, str(MEMBER), *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
