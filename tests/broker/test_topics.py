"""Topics as the service creates them."""

from __future__ import annotations

import asyncio

import pytest

from streams.broker.topics import create_topics
from streams.doctor.servers import check_topics
from tests.broker.brokers import Broker, admin_of, settings_of

pytestmark = pytest.mark.asyncio


async def test_topics_have_the_partitions_that_the_settings_say(ready: Broker) -> None:
    topics = ready.topics
    async with admin_of(ready) as admin:
        described = await admin.describe_topics([topics.listings, topics.screenings, topics.watchlist, topics.dead])
    partitions = {topic["topic"]: len(topic["partitions"]) for topic in described}
    assert partitions == {topics.listings: 4, topics.screenings: 4, topics.watchlist: 1, topics.dead: 1}


async def test_topics_keep_what_is_needed_for_as_long_as_it_is(ready: Broker) -> None:
    async with admin_of(ready) as admin:
        listings = await settings_of(admin, ready.topics.listings)
        watchlist = await settings_of(admin, ready.topics.watchlist)
    assert listings["max.message.bytes"] == watchlist["max.message.bytes"] == "1000000"
    assert listings.get("cleanup.policy", "delete") == "delete"
    assert (watchlist["cleanup.policy"], watchlist["retention.ms"]) == ("compact", "-1")
    assert listings["message.timestamp.type"] == "LogAppendTime"


async def test_the_doctor_says_how_many_workers_can_share_the_listings(ready: Broker) -> None:
    """Kafka tells a consumer without a subscription nothing of a topic's partitions."""
    async with asyncio.timeout(20):  # a new topic is made a moment before every broker tells of it
        while "none yet" in (check := await check_topics(ready.kafka)).detail:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.1)
    assert check.detail.endswith(f"all there, {ready.topics.listings} has 4 partitions")


async def test_processes_that_start_at_once_create_the_topics_together(broker: Broker) -> None:
    assert await asyncio.gather(*(create_topics(broker.kafka) for _ in range(4))) == [broker.topics] * 4
    assert await create_topics(broker.kafka) == broker.topics


async def test_a_client_that_asks_for_a_missing_topic_does_not_create_it_on_kafka(broker: Broker) -> None:
    """It has to be told so (auto.create.topics.enable): such a topic has the broker's partitions and none of our
    settings. The embedded broker cannot be told, and makes 4 partitions."""
    async with admin_of(broker) as admin:
        await admin.describe_topics([broker.topics.listings])
        assert (broker.topics.listings in await admin.list_topics()) is broker.differs.creates_when_asked
