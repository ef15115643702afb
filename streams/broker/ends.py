"""Where topics begin and end and how far a group is, asked once and not followed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker.consumers import started
from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings

FETCH_MILLISECONDS = 200
HIGH_WATER_SECONDS = 20.0
Bounds = Mapping[TopicPartition, tuple[int, int]]
"""The offset of the oldest message that is kept, and the one behind the newest."""


async def unread(kafka: KafkaSettings, topic: str, group: str) -> dict[TopicPartition, int]:
    """Partitions of the topic that the group has not committed to the end, and that end.

    Raises:
        KafkaError, TimeoutError: the broker does not say.
    """
    admin = AIOKafkaAdminClient(**client_options(kafka))
    await admin.start()
    try:
        ends = await _ends(kafka, await _places(admin, topic))
        # Named one by one: the embedded broker's answer about all of a group's partitions cannot be read.
        read = await admin.list_consumer_group_offsets(group, partitions=list(ends)) if ends else {}
    finally:
        await admin.close()
    return {place: end for place, end in ends.items() if end and (place not in read or read[place].offset < end)}


async def partition_count(kafka: KafkaSettings, topic: str) -> int:
    """How many partitions the topic has.

    Raises:
        KafkaError, TimeoutError: the broker does not say.
    """
    admin = AIOKafkaAdminClient(**client_options(kafka))
    await admin.start()
    try:
        return len(await _places(admin, topic))
    finally:
        await admin.close()


async def bounds(kafka: KafkaSettings, places: Collection[TopicPartition]) -> Bounds:
    """How far the logs go; (0, 0) of one that is not there.

    Raises:
        KafkaError, TimeoutError: the broker does not say.
    """
    admin = AIOKafkaAdminClient(**client_options(kafka))
    await admin.start()
    try:
        there = {place for topic in {place.topic for place in places} for place in await _places(admin, topic)}
    finally:
        await admin.close()
    asked = sorted(there.intersection(places))
    found = await _bounds(kafka, asked) if asked else {}
    return {place: found.get(place, (0, 0)) for place in places}


async def _bounds(kafka: KafkaSettings, places: list[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
    """Ends only as a fetch says: whoever believes one that is too low takes what is there for lost."""
    options = client_options(kafka)
    async with started(AIOKafkaConsumer(**options, group_id=None, fetch_max_wait_ms=FETCH_MILLISECONDS)) as client:
        starts = await client.beginning_offsets(places)
        ends = await client.end_offsets(places)
        client.assign(places)
        for place in places:
            client.seek(place, max(starts[place], ends[place]))
        async with asyncio.timeout(HIGH_WATER_SECONDS):
            while any(client.highwater(place) is None for place in places):
                await client.getmany(timeout_ms=FETCH_MILLISECONDS)
        return {place: (int(starts[place]), max(int(ends[place]), int(client.highwater(place)))) for place in places}


async def _places(admin: AIOKafkaAdminClient, topic: str) -> list[TopicPartition]:
    """Asked for by name: Kafka tells a consumer without a subscription nothing of any topic's partitions."""
    (described,) = await admin.describe_topics([topic])
    return [TopicPartition(topic, partition["partition"]) for partition in described["partitions"]]


async def _ends(kafka: KafkaSettings, places: list[TopicPartition]) -> dict[TopicPartition, int]:
    """The embedded broker's answer about the end is too low after a batch; what a fetch says is right."""
    if not places:
        return {}
    async with started(AIOKafkaConsumer(**client_options(kafka), group_id=None)) as consumer:
        ends = {place: int(end) for place, end in (await consumer.end_offsets(places)).items()}
        consumer.assign(places)
        for place, end in ends.items():
            consumer.seek(place, end)
        await consumer.getmany(timeout_ms=FETCH_MILLISECONDS)
        return {place: max(end, consumer.highwater(place) or 0) for place, end in ends.items()}
