"""How far a lane has stored, asked of the broker: what proofs of screening wait for."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker.producer import Message, Sender
from streams.broker.topics import create_topics
from streams.writer.proofs import ResultsNotStored, StoredEnds
from tests.broker.brokers import Broker, admin_of, member_of, read

pytestmark = pytest.mark.asyncio
GROUP = "rightswatch-writer-alerts"


async def store(broker: Broker, place: TopicPartition, count: int, *, commit: int) -> None:
    """So many more alerts, and a lane that has stored up to `commit`."""
    async with Sender(broker.kafka) as sender:
        await sender.send_all([Message(place.topic, None, b"x", place.partition)] * count)
    async with member_of(broker, place.topic, GROUP) as lane:
        await read(lane, 1)
        await lane.commit({place: commit})


async def is_stored(broker: Broker, admin: AIOKafkaAdminClient, place: TopicPartition, end: int) -> bool:
    groups = {place.topic: broker.kafka.topic_prefix + GROUP}
    try:
        return await StoredEnds(admin, groups, patience_seconds=0.1).wait_for({place: end}, asyncio.Event())
    except ResultsNotStored:
        return False


async def test_a_proof_may_be_stored_once_the_lane_of_its_results_has_committed(ready: Broker) -> None:
    place = TopicPartition(ready.topics.alerts, 0)
    await store(ready, place, 5, commit=3)
    async with admin_of(ready) as admin:
        assert await is_stored(ready, admin, place, 3)
        assert not await is_stored(ready, admin, place, 4)


async def test_after_a_topic_is_made_anew_older_proofs_wait_until_it_is_as_long_as_the_old_one(ready: Broker) -> None:
    """A fault that is known: the alerts of such proofs are gone, so waiting for them is of no use, and it holds back
    every proof behind them. The commits of the deleted topic go with it."""
    place = TopicPartition(ready.topics.alerts, 0)
    await store(ready, place, 5, commit=5)
    async with admin_of(ready) as admin:
        await admin.delete_topics([place.topic])
        while place.topic in await admin.list_topics():
            pass
        await create_topics(ready.kafka)
        assert not await is_stored(ready, admin, place, 5)
        await store(ready, place, 2, commit=2)
        assert not await is_stored(ready, admin, place, 5)
        await store(ready, place, 3, commit=5)
        assert await is_stored(ready, admin, place, 5)
