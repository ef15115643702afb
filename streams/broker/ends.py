"""Where topics end and how far a group is, asked once and not followed."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings

FETCH_MILLISECONDS = 200


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


async def _places(admin: AIOKafkaAdminClient, topic: str) -> list[TopicPartition]:
    """Asked for by name: Kafka tells a consumer without a subscription nothing of any topic's partitions."""
    (described,) = await admin.describe_topics([topic])
    return [TopicPartition(topic, partition["partition"]) for partition in described["partitions"]]


async def _ends(kafka: KafkaSettings, places: list[TopicPartition]) -> dict[TopicPartition, int]:
    """The embedded broker's answer about the end is too low after a batch; what a fetch says is right."""
    if not places:
        return {}
    async with AIOKafkaConsumer(**client_options(kafka), group_id=None) as consumer:
        ends = {place: int(end) for place, end in (await consumer.end_offsets(places)).items()}
        consumer.assign(places)
        for place, end in ends.items():
            consumer.seek(place, end)
        await consumer.getmany(timeout_ms=FETCH_MILLISECONDS)
        return {place: max(end, consumer.highwater(place) or 0) for place, end in ends.items()}
