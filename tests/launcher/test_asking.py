"""A process is given up as soon as its /livez has said no, or nothing, for too long."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry

from dashboards import keys
from dashboards.guard import guard_middleware
from dashboards.health import livez
from dashboards.settings import WebSettings
from streams.configuration.sections import WatchSettings
from streams.embedded.ports import free_port
from streams.processes import asking
from streams.processes.asking import until_silent
from streams.worker.health import Readiness, health_server

SHORT = WatchSettings(ask_seconds=0.05, silent_seconds=0.2, start_seconds=0.2)
PATIENT = WatchSettings(ask_seconds=0.05, silent_seconds=0.2, start_seconds=60)


class Monotonic:
    """Half a second goes by between two looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


@pytest.mark.asyncio
async def test_a_process_that_says_that_it_has_stalled_is_given_up_and_the_reason_is_told() -> None:
    stalled: list[str] = []
    asked = asyncio.Event()

    def problem() -> str | None:
        asked.set()
        return stalled[0] if stalled else None

    server = health_server("127.0.0.1", 0, CollectorRegistry(), lambda: Readiness(False, {}), problem)
    async with server as url:
        asking = asyncio.create_task(until_silent("127.0.0.1", int(url.rpartition(":")[2]), PATIENT))
        await asked.wait()
        stalled.append("lane alerts: no progress for 61 s")
        async with asyncio.timeout(60):
            assert "lane alerts: no progress for 61 s" in await asking


@pytest.mark.asyncio
async def test_a_process_that_never_answers_is_given_up() -> None:
    async with asyncio.timeout(60):
        assert "no connection" in await until_silent("127.0.0.1", free_port(), SHORT)


@pytest.mark.asyncio
async def test_a_process_that_is_not_ready_is_left_alone() -> None:
    """Not ready means that it waits for something; a new start would wait for the same."""
    asked = asyncio.Event()

    def is_live() -> None:
        asked.set()

    clock = Monotonic()
    server = health_server("127.0.0.1", 0, CollectorRegistry(), lambda: Readiness(False, {}), is_live)
    async with server as url:
        asking = asyncio.create_task(until_silent("127.0.0.1", int(url.rpartition(":")[2]), SHORT, clock))
        async with asyncio.timeout(60):
            while clock.now < 10:
                asked.clear()
                await asked.wait()
        assert not asking.done()
        asking.cancel()


@pytest.mark.asyncio
async def test_a_single_bad_answer_after_a_long_time_may_be_our_own_freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["", "we were frozen", "", "frozen", "still frozen"])

    async def answer(*_: object) -> str:
        return next(answers)

    monkeypatch.setattr(asking, "_ask", answer)
    assert await until_silent("127.0.0.1", 1, SHORT, Monotonic()) == "still frozen"


@pytest.mark.asyncio
async def test_the_watch_floor_knows_who_asks_and_is_left_alone() -> None:
    """It answers to the names that a browser would say, and to no other."""
    asked = asyncio.Event()

    async def noted(request: web.Request) -> web.Response:
        asked.set()
        return await livez(request)

    app = web.Application(middlewares=[guard_middleware])
    app[keys.SETTINGS] = WebSettings()
    app.router.add_get("/livez", noted)
    async with TestServer(app) as server:
        assert server.port
        waiting = asyncio.create_task(until_silent("127.0.0.1", server.port, SHORT))
        await asyncio.wait([waiting, asyncio.create_task(asked.wait())], return_when=asyncio.FIRST_COMPLETED)
        assert not waiting.done()
        waiting.cancel()
