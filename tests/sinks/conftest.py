"""Stores of a test's own in the session's real servers, and makers of records."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from detectors.records import Alert, Reason, alert_id, group_id, timestamp_text
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.embedded import Endpoints
from tools.servers.postgresql import PostgreSQLServer

START = datetime(2026, 11, 21, 10, tzinfo=UTC)
MakeAlert = Callable[..., Alert]


@pytest.fixture
def empty_clickhouse(stack: Endpoints) -> Iterator[ClickHouseSettings]:
    """A database name that nobody has used; the database itself is not there yet."""
    settings = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database=f"test_{uuid.uuid4().hex}",
    )
    yield settings
    with Connection(settings, database="default") as connection:
        connection.command(f"DROP DATABASE IF EXISTS {settings.database}")


@pytest.fixture
def clickhouse(empty_clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    """A database with the schema and no rows."""
    migrate(empty_clickhouse)
    return empty_clickhouse


@pytest.fixture
def connection(clickhouse: ClickHouseSettings) -> Iterator[Connection]:
    with Connection(clickhouse) as connection:
        yield connection


@pytest.fixture
def writer(clickhouse: ClickHouseSettings) -> Iterator[TableWriter]:
    with TableWriter(clickhouse) as writer:
        yield writer


@pytest.fixture
def reader(clickhouse: ClickHouseSettings) -> Iterator[AlertReader]:
    with AlertReader(clickhouse) as reader:
        yield reader


@pytest.fixture(params=["valkey", "redis"])
def redis_settings(request: pytest.FixtureRequest) -> RedisSettings:
    """Keys that nobody else uses, in the embedded server and in Debian's."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_server").url
    else:
        stack: Endpoints = request.getfixturevalue("stack")
        url = f"redis://:{stack.redis_password}@127.0.0.1:{stack.redis_port}/0"
    return RedisSettings(url, f"test:{uuid.uuid4().hex}:")


@pytest.fixture(params=["sqlite", "postgresql"])
def operational(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OperationalSettings]:
    """An operational database with nothing in it, of either kind."""
    if request.param == "sqlite":
        yield OperationalSettings.sqlite(tmp_path / "operational.db")
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield OperationalSettings(url)


@pytest.fixture
def rights(operational: OperationalSettings) -> Iterator[RightsStore]:
    store = RightsStore(operational)
    yield store
    store.close()


@pytest.fixture(scope="session")
def make_alert() -> MakeAlert:
    """Makes an alert of a fresh listing unless one is given; its ids follow from listing, subject and detector."""
    numbers = itertools.count()

    def make(*, after_ms: int = 0, listing_id: str | None = None, salt: str = "", **changes: Any) -> Alert:
        listing_id = listing_id or f"listing-{salt}{next(numbers)}"
        subject = changes.get("subject", "CN-TM-1")
        detector = changes.get("detector", "mark")
        digest = hashlib.sha256(listing_id.encode("utf-8", "replace")).hexdigest()
        plain = Alert(
            alert_id=alert_id("taobao", listing_id, digest, detector, subject),
            group_id=group_id("taobao", listing_id, subject),
            platform="taobao",
            listing_id=listing_id,
            url="https://shop.example/1",
            title="N1KE running shoes",
            seller={"id": "s1", "name": "Example shop"},
            subject=subject,
            right_id=subject,
            kind="trademark",
            detector=detector,
            score=0.93,
            tier="high",
            reasons=(Reason(field="title", matched="NIKE", how="confusable", start=0, end=4, text="N1KE"),),
            signals={"disguise": 0.6},
            listed_at="2026-11-21T09:59:59Z",
            observed_at=timestamp_text(START + timedelta(milliseconds=after_ms)),
            revision=7,
            versions={"detector": "1", "rules": "1"},
            page=hashlib.sha256(b"page").hexdigest(),
            listing_digest=digest,
        )
        return plain._replace(**changes)

    return make
