"""A broker that is killed and comes back: what it has kept, and how the service gets on without."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from prometheus_client import CollectorRegistry

from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.broker.batches import Message
from streams.broker.consumers import stop_consumer
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from streams.embedded import attach
from streams.embedded.ports import is_taken
from streams.metrics import WatchlistMetrics
from streams.watchlist_log.follower import WatchlistFollower
from streams.watchlist_log.publisher import WatchlistPublisher
from tests.broker.brokers import EMBEDDED, KAFKA, WAIT_SECONDS, Broker, member_of, read, until
from tests.broker.conftest import kafka_settings
from tests.embedded.test_stack import stack_processes
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True, slots=True)
class Killable:
    broker: Broker
    kill_and_start: Callable[[], None]


@pytest.fixture(scope="module")
def few_topics() -> Iterator[KafkaServer]:
    """Not the session's: a killed Kafka looks through every log before it comes back, and that one has hundreds."""
    with running(KafkaServer) as server:
        yield server


@pytest.fixture(params=["kafka", "embedded"])
def killable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Killable]:
    if request.param == "kafka":
        server = request.getfixturevalue("few_topics")

        def restart() -> None:
            server.kill()
            server.start()

        yield Killable(Broker(kafka_settings(server.bootstrap), KAFKA), restart)
        return
    with attach(tmp_path / "stack", ["kafka"]) as stack:
        port = stack.endpoints.kafka_port or 0

        def kill() -> None:
            """Its supervisor starts it again."""
            (pid,) = (pid for pid, command in stack_processes(tmp_path / "stack").items() if "tansu broker" in command)
            os.kill(pid, signal.SIGKILL)
            while pid in stack_processes(tmp_path / "stack") or not is_taken(port):
                pass

        yield Killable(Broker(kafka_settings(f"127.0.0.1:{port}"), EMBEDDED), kill)


async def test_kafka_keeps_pages_and_commits_and_the_embedded_broker_none(killable: Killable) -> None:
    broker = killable.broker
    topics = await create_topics(broker.kafka)
    async with Sender(broker.kafka) as sender:
        await sender.send_all([Message(topics.listings, None, b"%d" % number, 0) for number in range(10)])
        async with member_of(broker, topics.listings, "g") as member:
            await read(member, 10)
            await member.commit({TopicPartition(topics.listings, 0): 4})
        killable.kill_and_start()
        await create_topics(broker.kafka)
        await sender.send(Message(topics.listings, None, b"after", 0))
    async with member_of(broker, topics.listings, "g") as member:
        found = [record.value for record in await read(member, 7 if broker.differs.keeps_data else 1)]
    kept = [b"%d" % number for number in range(4, 10)] if broker.differs.keeps_data else []
    assert found == [*kept, b"after"]


async def test_a_consumer_can_be_stopped_while_it_is_away(few_topics: KafkaServer) -> None:
    """aiokafka's own `stop` breaks off then, by a CancelledError, with its connections open."""
    broker = Broker(kafka_settings(few_topics.bootstrap), KAFKA)
    topics = await create_topics(broker.kafka)
    async with Sender(broker.kafka) as sender:
        await sender.send(Message(topics.listings, None, b"page", 0))
    member = member_of(broker, topics.listings, "g")
    await member.start()
    await read(member, 1)  # its fetches go on from there
    few_topics.kill()
    try:
        await fetch_fails()
        await stop_consumer(member)
        assert tasks_of_clients() == []
    finally:
        few_topics.start()


async def test_every_right_is_in_force_after_it_whatever_was_kept(killable: Killable, tmp_path: Path) -> None:
    """An empty log is published anew, and whoever follows it reads the new one."""
    kafka = killable.broker.kafka
    await create_topics(kafka)
    follower = WatchlistFollower(kafka, WatchlistMetrics(CollectorRegistry()))
    following = asyncio.create_task(follower.run())
    with closing(RightsStore(OperationalSettings.sqlite(tmp_path / "rights.db"))) as store:
        store.apply([put("A"), put("B")])
        async with Sender(kafka) as sender, WatchlistPublisher(store, sender, kafka) as publisher:
            publishing = asyncio.create_task(publisher.run(0.1))
            await until(lambda: follower.state().rights == 2)
            killable.kill_and_start()
            store.apply([put("C")])
            await until(lambda: follower.state().rights == 3)
            publishing.cancel()
            await asyncio.wait([publishing])
        following.cancel()
        await asyncio.wait([following])
        newcomer = WatchlistFollower(kafka, WatchlistMetrics(CollectorRegistry()))
        following = asyncio.create_task(newcomer.run())
        await until(lambda: newcomer.state().rights == 3)
        following.cancel()
        await asyncio.wait([following])


async def fetch_fails() -> None:
    """Returns when a consumer could not fetch, at the moment from which it waits before it tries again."""
    failed = asyncio.Event()
    handler = logging.Handler()
    handler.emit = lambda record: failed.set()  # type: ignore[method-assign]
    logger = logging.getLogger("aiokafka.consumer.fetcher")
    logger.addHandler(handler)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await failed.wait()
    finally:
        logger.removeHandler(handler)


def tasks_of_clients() -> list[str]:
    names = (getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    return [name for name in names if name.startswith(("AIOKafka", "Fetcher", "Group"))]


def put(right_id: str) -> dict[str, object]:
    return {"op": "put", "right": {"right_id": right_id, "kind": "trademark", "marks": [f"MARK {right_id}"]}}
