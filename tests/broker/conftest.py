"""Each test of the contract runs on Apache Kafka and on the embedded broker."""

from __future__ import annotations

import uuid

import pytest
import pytest_asyncio

from streams.broker.topics import create_topics
from streams.configuration.sections import KafkaSettings
from tests.broker.brokers import EMBEDDED, KAFKA, SESSION_SECONDS, Broker


@pytest.fixture(params=["kafka", "embedded"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """A broker without the service's topics."""
    if request.param == "kafka":
        return Broker(kafka_settings(request.getfixturevalue("kafka_server").bootstrap), KAFKA)
    return Broker(kafka_settings(f"127.0.0.1:{request.getfixturevalue('stack').kafka_port}"), EMBEDDED)


@pytest_asyncio.fixture
async def ready(broker: Broker) -> Broker:
    """A broker with the service's topics."""
    await create_topics(broker.kafka)
    return broker


def kafka_settings(bootstrap: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap=bootstrap,
        topic_prefix=f"t{uuid.uuid4().hex[:10]}.",
        session_timeout_seconds=SESSION_SECONDS,
        fetch_wait_seconds=0.025,
    )
