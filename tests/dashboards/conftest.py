"""A web process over the session's real ClickHouse and Redis, under names of each test's own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from detectors.watchlist.builder import WatchlistBuilder
from sinks.clickhouse.migrate import migrate
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.embedded import Endpoints
from tests.dashboards.browser import chromium
from tests.dashboards.service import RIGHTS, Stores, WebServer

REFUSED = re.compile(r"the server responded with a status of (400|409|422|503) ")


def make_stores(stack: Endpoints, folder: Path) -> Stores:
    name = f"web_{uuid.uuid4().hex[:12]}"
    clickhouse = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database=name,
    )
    redis = RedisSettings(f"redis://:{stack.redis_password}@127.0.0.1:{stack.redis_port}/0", key_prefix=f"{name}:")
    operational = OperationalSettings.sqlite(folder / "rights.db")
    migrate(clickhouse)
    rights = RightsStore(operational)
    builder = WatchlistBuilder()
    for number, right in enumerate(RIGHTS, 1):
        rights.apply([{"op": "put", "right": right}])
        builder.apply({"revision": number, "op": "put", "right": right})
    rights.close()
    return Stores(clickhouse, redis, operational, builder.build())


@pytest.fixture(scope="session")
def kept_stores(stack: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Made once: a new schema takes longer than most tests."""
    return make_stores(stack, tmp_path_factory.mktemp("stores"))


@pytest.fixture
def stores(kept_stores: Stores) -> Stores:
    """Empty ones, with the rights on the watchlist. The rights stay the same for all tests: change none."""
    return kept_stores.emptied()


@pytest.fixture
def own_rights(stores: Stores, tmp_path: Path) -> Stores:
    """The stores with rights of the test's own, which it may change."""
    operational = OperationalSettings.sqlite(tmp_path / "rights.db")
    rights = RightsStore(operational)
    rights.apply([{"op": "put", "right": right} for right in RIGHTS])
    rights.close()
    return replace(stores, operational=operational)


@pytest.fixture
def server(stores: Stores) -> Iterator[WebServer]:
    """A web process over `stores`."""
    server = WebServer(stores)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_server(stack: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """A web process for all tests that change nothing in it."""
    server = WebServer(make_stores(stack, tmp_path_factory.mktemp("web")))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: while it is open, no asyncio test can run in this thread."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, server: WebServer) -> Iterator[Page]:
    """A new page in a session of its own, not yet at any address. A script error or blocked content fails the test."""
    context = browser.new_context(base_url=server.url, locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: _note(errors, message))
    yield page
    context.close()
    assert errors == []


def _note(errors: list[str], message: ConsoleMessage) -> None:
    """A dropped connection and a refusal are part of the tests; anything else a browser complains about is not."""
    if message.type == "error" and "ERR_" not in message.text and not REFUSED.search(message.text):
        errors.append(message.text)
