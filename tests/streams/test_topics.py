from __future__ import annotations

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker.topics import client_options, create_topics, topic_names
from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerError
from tests.streams.world import World


@pytest.mark.asyncio
async def test_topics_are_created_once_with_their_partitions(world: World) -> None:
    assert await create_topics(world.settings.kafka) == await create_topics(world.settings.kafka) == world.topics
    admin = AIOKafkaAdminClient(**client_options(world.settings.kafka))
    await admin.start()
    try:
        described = await admin.describe_topics([world.topics.listings, world.topics.watchlist, world.topics.dead])
    finally:
        await admin.close()
    partitions = {topic["topic"]: len(topic["partitions"]) for topic in described}
    assert partitions == {world.topics.listings: 4, world.topics.watchlist: 1, world.topics.dead: 1}


@pytest.mark.asyncio
async def test_a_broker_that_is_away_is_named() -> None:
    nowhere = KafkaSettings(bootstrap="127.0.0.1:1")
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:1 .* is the broker up"):
        await create_topics(nowhere, timeout_seconds=0.3)


def test_services_on_one_broker_share_no_name() -> None:
    ours, theirs = topic_names("ours."), topic_names()
    names = [getattr(topics, field) for topics in (ours, theirs) for field in topics.__slots__]
    assert len(set(names)) == len(names)
