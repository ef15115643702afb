"""A web process over the session's real ClickHouse and Redis, under names of each test's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectors.watchlist.builder import WatchlistBuilder
from sinks.clickhouse.migrate import migrate
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.embedded import Endpoints
from tests.dashboards.service import RIGHTS, Stores, WebServer


@pytest.fixture
def stores(stack: Endpoints, tmp_path: Path) -> Iterator[Stores]:
    name = f"web_{uuid.uuid4().hex[:12]}"
    clickhouse = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database=name,
    )
    redis = RedisSettings(f"redis://:{stack.redis_password}@127.0.0.1:{stack.redis_port}/0", key_prefix=f"{name}:")
    operational = OperationalSettings.sqlite(tmp_path / "rights.db")
    migrate(clickhouse)
    rights = RightsStore(operational)
    builder = WatchlistBuilder()
    for number, right in enumerate(RIGHTS, 1):
        rights.apply([{"op": "put", "right": right}])
        builder.apply({"revision": number, "op": "put", "right": right})
    rights.close()
    yield Stores(clickhouse, redis, operational, builder.build())


@pytest.fixture
def server(stores: Stores) -> Iterator[WebServer]:
    server = WebServer(stores)
    server.start()
    yield server
    server.stop()
