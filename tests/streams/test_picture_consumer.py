"""Messages of the topic `pictures` in hand: several at once, committed in order, none twice and none lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaTimeoutError
from prometheus_client import CollectorRegistry

from streams.broker.producer import Sender
from streams.broker.topics import client_options, create_topics, topic_names
from streams.configuration.sections import KafkaSettings
from streams.metrics import PictureMetrics
from streams.pictures import consuming as consuming_module
from streams.pictures.consuming import InHand, PictureConsumer
from streams.processes.watchdog import Watchdog
from tests.streams.world import WAIT_SECONDS, World


class Desk:
    """A consumer whose messages take as long as the test wants."""

    def __init__(self, world: World, most: int) -> None:
        self.world = world
        self.begun: list[bytes] = []
        self.gates: dict[bytes, asyncio.Event] = {}
        self.news = asyncio.Event()
        self.registry = CollectorRegistry()
        self.stop = asyncio.Event()
        self.consumer = PictureConsumer(
            kafka=world.settings.kafka,
            topics=world.topics,
            handle=self._handle,
            most=most,
            metrics=PictureMetrics(self.registry),
            clock=lambda: datetime.now(UTC),
            stop=self.stop,
        )

    async def _handle(self, body: bytes, timestamp_ms: int, place: tuple[str, int, int]) -> None:
        self.begun.append(body)
        self.news.set()
        await self.gate(body).wait()

    def gate(self, body: bytes) -> asyncio.Event:
        return self.gates.setdefault(body, asyncio.Event())

    async def until_begun(self, count: int) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while len(self.begun) < count:
                self.news.clear()
                await self.news.wait()

    async def committed(self, partition: int = 0) -> int:
        """The next offset that the group will read of a partition."""
        admin = AIOKafkaAdminClient(**client_options(self.world.settings.kafka))
        await admin.start()
        try:
            place = TopicPartition(self.world.topics.pictures, partition)
            read = await admin.list_consumer_group_offsets(self.world.topics.pictures_group, partitions=[place])
        finally:
            await admin.close()
        return max(0, read[place].offset) if place in read else 0

    async def until_committed(self, offset: int, partition: int = 0) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while await self.committed(partition) != offset:  # noqa: ASYNC110 - the broker is no event of ours
                await asyncio.sleep(0.05)


@asynccontextmanager
async def consuming(world: World, most: int) -> AsyncIterator[Desk]:
    desk = Desk(world, most)
    task = asyncio.create_task(desk.consumer.run())
    try:
        yield desk
    finally:
        desk.stop.set()
        for gate in desk.gates.values():
            gate.set()
        await task


async def send(world: World, *bodies: bytes, partition: int = 0) -> None:
    await create_topics(world.settings.kafka)
    async with Sender(world.settings.kafka) as sender:
        producer = sender._producer
        assert producer is not None
        for body in bodies:
            await producer.send_and_wait(world.topics.pictures, body, partition=partition)


@pytest.mark.asyncio
async def test_one_that_is_slow_holds_back_the_commit_but_not_the_work_behind_it(world: World) -> None:
    await send(world, *(str(n).encode() for n in range(4)))
    async with consuming(world, most=2) as desk:
        await desk.until_begun(2)
        assert desk.begun == [b"0", b"1"]
        desk.gate(b"1").set()
        await desk.until_begun(3)
        assert await desk.committed() == 0
        desk.gate(b"0").set()
        await desk.until_committed(2)


@pytest.mark.asyncio
async def test_what_was_not_done_at_a_stop_is_done_by_the_next_and_nothing_else(world: World) -> None:
    await send(world, b"0", b"1", b"2")
    async with consuming(world, most=1) as desk:
        await desk.until_begun(1)
        desk.gate(b"0").set()
        await desk.until_committed(1)
        await desk.until_begun(2)
        for task in [one.task for one in desk.consumer._all()]:
            task.cancel()
    async with consuming(world, most=3) as after:
        await after.until_begun(2)
        assert after.begun == [b"1", b"2"]


@pytest.mark.asyncio
async def test_the_age_of_the_queue_is_that_of_the_oldest_message_in_hand(world: World) -> None:
    await send(world, b"0")
    async with consuming(world, most=1) as desk:
        await desk.until_begun(1)
        assert 0.0 <= desk.consumer.queue_age_seconds() < WAIT_SECONDS
        await send(world, b"1")
        desk.gate(b"0").set()
        await desk.until_begun(2)
        desk.gate(b"1").set()
        await desk.until_committed(2)
        assert desk.consumer.queue_age_seconds() == 0.0


@pytest.mark.asyncio
async def test_a_second_process_takes_a_share_and_what_was_in_hand_is_done_by_either(world: World) -> None:
    for partition in range(4):
        await send(world, str(partition).encode(), partition=partition)
    async with consuming(world, most=4) as first:
        await first.until_begun(4)
        async with consuming(world, most=4) as second:
            await second.until_begun(1)  # its share, which the first has had in hand
            for desk in (first, second):
                for partition in range(4):
                    desk.gate(str(partition).encode()).set()
            for partition in range(4):
                await second.until_committed(1, partition)


class Deaf:
    """A consumer whose broker does not answer."""

    async def commit(self, offsets: object) -> None:
        raise KafkaTimeoutError


@pytest.mark.asyncio
async def test_a_commit_that_fails_at_a_rebalance_leaves_nothing_of_the_partitions_in_hand(world: World) -> None:
    desk = Desk(world, most=2)
    place = TopicPartition(world.topics.pictures, 0)
    done, waiting = asyncio.ensure_future(asyncio.sleep(0)), asyncio.ensure_future(asyncio.sleep(WAIT_SECONDS))
    await done
    desk.consumer._consumer = Deaf()
    desk.consumer._hand[place] = deque([InHand(0, 0, done), InHand(1, 0, waiting)])
    with pytest.raises(KafkaTimeoutError):
        await desk.consumer.on_partitions_revoked([place])
    assert waiting.cancelled()
    assert list(desk.consumer._all()) == []


@pytest.mark.asyncio
async def test_each_try_to_reach_a_broker_that_is_away_is_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watchdog that hears none for ten minutes starts the process again, which brings no broker back."""
    minutes = iter(range(0, 10_000, 500))
    now = [0.0]
    watchdog = Watchdog(60.0, end=lambda code: None, monotonic=lambda: now[0])
    verdicts: list[str | None] = []
    kafka = KafkaSettings(bootstrap="127.0.0.1:1")
    consumer = PictureConsumer(
        kafka=kafka,
        topics=topic_names(kafka.topic_prefix),
        handle=lambda *_: asyncio.sleep(0),
        most=1,
        metrics=PictureMetrics(CollectorRegistry()),
        clock=lambda: datetime.now(UTC),
        stop=asyncio.Event(),
        watchdog=watchdog,
    )

    async def away() -> None:
        now[0] = next(minutes)
        verdicts.append(watchdog.verdict())
        if len(verdicts) == 4:
            consumer.stop.set()
        raise KafkaTimeoutError

    monkeypatch.setattr(consuming_module, "RECONNECT_SECONDS", 0.0)
    monkeypatch.setattr(consumer, "_consume", away)
    watchdog.alive(consuming_module.PART, 600.0)
    await consumer._consume_until_stop()
    assert verdicts == [None] * 4
