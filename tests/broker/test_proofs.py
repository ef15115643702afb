"""How far a lane has stored, asked of the broker: what proofs of screening wait for."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from streams.broker.batches import Message
from streams.broker.ends import bounds
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from streams.writer.proofs import Ends, ResultsNotStored, StoredEnds
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


async def lost(broker: Broker, admin: AIOKafkaAdminClient, place: TopicPartition, end: int) -> Ends:
    """What is given up, once the rest is stored. Raises ResultsNotStored."""
    groups = {place.topic: broker.kafka.topic_prefix + GROUP}
    stored = StoredEnds(admin, groups, partial(bounds, broker.kafka), patience_seconds=0.1)
    found = await stored.wait_for({place: end}, asyncio.Event())
    assert found is not None
    return found


async def test_a_proof_may_be_stored_once_the_lane_of_its_results_has_committed(ready: Broker) -> None:
    place = TopicPartition(ready.topics.alerts, 0)
    await store(ready, place, 5, commit=3)
    async with admin_of(ready) as admin:
        assert await lost(ready, admin, place, 3) == {}
        for end in (4, 5):
            with pytest.raises(ResultsNotStored):
                await lost(ready, admin, place, end)


async def test_what_a_proof_speaks_of_behind_the_end_of_its_topic_is_lost(ready: Broker) -> None:
    place, nowhere = TopicPartition(ready.topics.alerts, 0), TopicPartition(ready.topics.alerts, 999)
    await store(ready, place, 5, commit=5)
    async with admin_of(ready) as admin:
        assert await lost(ready, admin, place, 6) == {place: 5}
        assert await lost(ready, admin, nowhere, 1) == {nowhere: 0}


async def test_after_a_topic_is_made_anew_older_proofs_are_lost_until_it_is_as_long_as_the_old_one(
    ready: Broker,
) -> None:
    """From then on nobody can tell them from newer ones. The commits of the deleted topic go with it."""
    place = TopicPartition(ready.topics.alerts, 0)
    await store(ready, place, 5, commit=5)
    async with admin_of(ready) as admin:
        await admin.delete_topics([place.topic])
        while place.topic in await admin.list_topics():
            pass
        await create_topics(ready.kafka)
        assert await lost(ready, admin, place, 5) == {place: 0}
        await store(ready, place, 2, commit=1)
        assert await lost(ready, admin, place, 5) == {place: 2}
        await store(ready, place, 3, commit=5)
        assert await lost(ready, admin, place, 5) == {}


async def test_results_that_have_expired_are_not_waited_for(ready: Broker) -> None:
    """The embedded broker deletes nothing, so there they are waited for."""
    place = TopicPartition(ready.topics.alerts, 0)
    await store(ready, place, 5, commit=1)
    async with admin_of(ready) as admin:
        if ready.differs.expires:
            await admin.delete_records({place: RecordsToDelete(before_offset=4)})
            assert await lost(ready, admin, place, 4) == {}
        for end in (5,) if ready.differs.expires else (4, 5):
            with pytest.raises(ResultsNotStored):
                await lost(ready, admin, place, end)
