"""The lag is measured while partitions come and go."""

from __future__ import annotations

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.broker.lag import highwater


@pytest.mark.asyncio
async def test_a_partition_given_up_while_the_broker_was_asked_ends_nothing() -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
    try:
        assert highwater(consumer, TopicPartition("listings", 0)) == 0
    finally:
        await consumer.stop()
