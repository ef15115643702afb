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
    ends = await _ends(kafka, topic)
    admin = AIOKafkaAdminClient(**client_options(kafka))
    await admin.start()
    try:
        # Named one by one: the embedded broker's answer about all of a group's partitions cannot be read.
        read = await admin.list_consumer_group_offsets(group, partitions=list(ends))
    finally:
        await admin.close()
    return {place: end for place, end in ends.items() if end and (place not in read or read[place].offset < end)}


async def _ends(kafka: KafkaSettings, topic: str) -> dict[TopicPartition, int]:
    """The embedded broker's answer about the end is too low after a batch; what a fetch says is right."""
    consumer = AIOKafkaConsumer(**client_options(kafka), group_id=None)
    await consumer.start()
    try:
        await consumer.topics()  # learns the partitions
        places = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic) or ()]
        if not places:
            return {}
        ends = {place: int(end) for place, end in (await consumer.end_offsets(places)).items()}
        consumer.assign(places)
        for place, end in ends.items():
            consumer.seek(place, end)
        await consumer.getmany(timeout_ms=FETCH_MILLISECONDS)
        return {place: max(end, consumer.highwater(place) or 0) for place, end in ends.items()}
    finally:
        await consumer.stop()
