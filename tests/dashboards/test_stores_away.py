"""ClickHouse or Redis away: the pages say so and go on living."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from functools import partial

import pytest

from dashboards.ports import AlertReader
from dashboards.readers import CLICKHOUSE, ReaderPool
from sinks.settings import RedisSettings
from streams.embedded.ports import free_port
from tests.dashboards.judging import GUILTY, post
from tests.dashboards.service import Stores, WebServer, ask, offer, post_check
from tests.dashboards.test_live_api import listening


def no_reader() -> AlertReader:
    raise AssertionError("nobody reads alerts here")


def test_without_clickhouse_alerts_are_503_and_checks_go_on(stores: Stores) -> None:
    away = replace(stores, clickhouse=replace(stores.clickhouse, port=free_port(), connect_timeout_seconds=1.0))
    server = WebServer(away)
    server.start()
    try:
        answer = ask(server, "/api/v1/alerts")
        assert (answer.status, answer.json["code"]) == (503, "store_unavailable")
        assert "rightswatch doctor" in answer.json["detail"]
        assert ask(server, "/api/v1/queue").status == ask(server, "/api/v1/verdicts/export").status == 503
        assert ask(server, "/").status == 200
        assert post_check(server, b'{"title":"replica ZEPHYRA"}').status == 200
    finally:
        server.stop()


@pytest.mark.asyncio
async def test_nobody_waits_behind_a_clickhouse_that_hangs_for_what_another_store_knows() -> None:
    answered = threading.Event()
    pool = ReaderPool(no_reader, threads=1, timeout_seconds=1.0)
    hanging = [asyncio.ensure_future(pool.blocking(answered.wait, CLICKHOUSE)) for _ in range(3)]
    try:
        await asyncio.sleep(0)  # they are on their way
        assert await pool.blocking(lambda: "signed in") == "signed in"
    finally:
        answered.set()
        await asyncio.gather(*hanging, return_exceptions=True)
        await pool.close()


@pytest.mark.asyncio
async def test_without_redis_the_pulse_says_so(stores: Stores) -> None:
    server = WebServer(replace(stores, redis=RedisSettings(f"redis://127.0.0.1:{free_port()}/0")))
    (alert,) = await asyncio.to_thread(stores.seen, offer(1, "ZEPHYRA shoes"), live=False)
    await asyncio.to_thread(server.start)
    try:
        async with listening(server) as listener:
            assert (await listener.wait_for("pulse"))["live"] is False
        assert (await asyncio.to_thread(ask, server, "/api/v1/alerts")).status == 200
        given = await asyncio.to_thread(partial(post, server, "verdicts", group_ids=[alert.group_id], **GUILTY))
        assert len(given.json["given"]) == 1, "what people decide waits for nobody"
    finally:
        await asyncio.to_thread(server.stop)
