"""Fixtures that every area may use."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.embedded import Endpoints, attach
from tools.servers.kafka import KafkaServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.redis import RedisServer
from tools.servers.running import running

LONGEST = Path(__file__).parent / "e2e"


def pytest_configure() -> None:
    """A shell that starts the tests in the background has Ctrl-C ignored, and what they start would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first, so that no process ends long before the others."""
    items.sort(key=lambda item: not item.path.is_relative_to(LONGEST))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A running ClickHouse, Redis and Kafka of this test session's own; use names of your own in them."""
    with attach(tmp_path_factory.mktemp("stack")) as attachment:
        yield attachment.endpoints


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[KafkaServer]:
    """An Apache Kafka of this test session's own; use topics of your own in it, and leave it running."""
    with running(KafkaServer) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """A PostgreSQL of this test session's own; use databases of your own in it."""
    with running(PostgreSQLServer) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this test session's own; use keys of your own in it."""
    with running(RedisServer) as server:
        yield server
