"""Who comes back is caught up from the frames of late: hundreds at once do not ask Redis hundreds of times."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry

from dashboards.live_frames import Frame, event
from dashboards.live_hub import LiveHub
from dashboards.live_recent import RecentFrames
from dashboards.metrics import WebMetrics
from dashboards.right_names import RightNames
from dashboards.settings import WebSettings
from sinks.live import LiveRead, LiveStream
from sinks.settings import RedisSettings
from tests.dashboards.service import Stores

PATIENCE_SECONDS = 15.0
HERD = 50


class CountedStream(LiveStream):
    """Counts how often it is asked for what somebody missed; the hub itself waits for what comes."""

    def __init__(self, settings: RedisSettings) -> None:
        super().__init__(settings)
        self.look_ups = 0

    async def read(self, after: str, block_ms: int) -> LiveRead:
        self.look_ups += block_ms == 0
        return await super().read(after, block_ms)


class NoNames(RightNames):
    def __init__(self) -> None:
        """No database behind it."""

    async def of(self, alerts: Iterable[Mapping[str, Any]], patience_seconds: float | None = None) -> dict[str, Any]:
        return {}


@asynccontextmanager
async def counted(stores: Stores) -> AsyncIterator[CountedStream]:
    live = CountedStream(stores.redis)
    try:
        yield live
    finally:
        await live.close()


@asynccontextmanager
async def following(live: CountedStream) -> AsyncIterator[LiveHub]:
    """A hub that stands at the end of the stream."""
    metrics = WebMetrics(CollectorRegistry())
    settings = WebSettings(live_interval_seconds=0.01)
    hub = LiveHub(live, NoNames(), settings=settings, metrics=metrics, clock=lambda: datetime.now(UTC))
    await hub.start()
    try:
        await reached(hub, await live.last_id())
        yield hub
    finally:
        await hub.close()


async def reached(hub: LiveHub, place: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while hub.position != place:  # noqa: ASYNC110 - it is the hub's own business when it moves
            await asyncio.sleep(0.01)


async def appended(live: LiveStream, numbers: range) -> list[str]:
    ids = [f"alert {number}" for number in numbers]
    await live.append([orjson.dumps({"alert_id": alert_id}) for alert_id in ids])
    return ids


async def caught_up(hub: LiveHub, place: str) -> tuple[list[str], str]:
    """The alerts that a client which stood there gets, and where it stands then."""
    alerts = []
    async for frame in hub.catch_up(place):
        alerts += [alert["alert_id"] for alert in orjson.loads(frame.payload.split(b"data: ")[1])["alerts"]]
        place = frame.position or place
    return alerts, place


@pytest.mark.asyncio
async def test_a_crowd_that_was_cut_a_moment_ago_comes_back_without_asking_redis(stores: Stores) -> None:
    async with counted(stores) as live:
        await appended(live, range(1))
        place = await live.last_id()
        async with following(live) as hub:
            missed = await appended(live, range(1, 500))
            await reached(hub, await live.last_id())
            results = await asyncio.gather(*(caught_up(hub, place) for _ in range(HERD)))
            assert results == [(missed, hub.position)] * HERD
            assert live.look_ups == 0


@pytest.mark.asyncio
async def test_a_crowd_that_comes_back_to_a_new_process_asks_redis_once(stores: Stores) -> None:
    async with counted(stores) as live:
        await appended(live, range(1))
        place = await live.last_id()
        missed = await appended(live, range(1, 100))
        async with following(live) as hub:
            missed += await appended(live, range(100, 300))
            await reached(hub, await live.last_id())
            results = await asyncio.gather(*(caught_up(hub, place) for _ in range(HERD)))
            assert results == [(missed, hub.position)] * HERD
            assert live.look_ups == 1


def alerts_frame(after: str, position: str, size: int) -> Frame:
    return replace(event("alerts", {"alerts": [], "filler": "x" * size}, position), after=after)


def test_frames_of_late_lead_from_one_to_the_next_and_the_oldest_go() -> None:
    recent = RecentFrames(capacity=2_500)
    frames = [alerts_frame(f"{number}-0", f"{number + 1}-0", 1_000) for number in range(3)]
    for frame in frames:
        recent.keep(frame)
    assert recent.after("0-0") is None
    assert [recent.after("1-0"), recent.after("2-0")] == frames[1:]
