"""One message of a topic by its place, as long as the topic has it."""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.broker.consumers import stop_consumer
from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings

PATIENCE_SECONDS = 5.0  # also where the topic was made anew and does not reach the offset: nothing comes then
FETCH_BYTES = 4_000_000


async def read_record(kafka: KafkaSettings, topic: str, partition: int, offset: int) -> bytes | None:
    """The message's bytes; None where it is gone, was never there, or the broker does not say."""
    if partition < 0 or offset < 0:
        return None
    options = client_options(kafka)
    consumer = AIOKafkaConsumer(**options, auto_offset_reset="none", max_partition_fetch_bytes=FETCH_BYTES)
    place = TopicPartition(topic, partition)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await consumer.start()
            consumer.assign([place])
            consumer.seek(place, offset)
            record = await consumer.getone(place)
    except (KafkaError, OSError, TimeoutError):
        return None
    else:
        return record.value if record.offset == offset else None
    finally:
        await stop_consumer(consumer)
