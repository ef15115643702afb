"""The live stream on the wire: nothing is missed over a drop, a restart or a slow reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from dashboards.settings import WebSettings
from sinks.live import LiveStream
from sinks.operational.triage_store import TriageStore
from sinks.settings import OperationalSettings
from sinks.triage_policy import TriageSettings
from tests.dashboards.service import Stores, WebServer, ask, offer
from tests.sinks.triage_world import ANN, GUILTY, NOW, group

PATIENCE_SECONDS = 15.0
pytestmark = pytest.mark.asyncio


@dataclass
class Listener:
    """A client of the live stream, reading one event at a time."""

    content: aiohttp.StreamReader
    last_id: str | None = None
    comments: int = 0
    seen: list[str] = field(default_factory=list)

    async def event(self) -> tuple[str, Any]:
        name, data, has_data = "", b"", False
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line := await self.content.readline():
                key, _, value = line.rstrip(b"\n").partition(b": ")
                if key == b"event":
                    name = value.decode()
                elif key == b"id":
                    self.last_id = value.decode()
                elif key == b"data":
                    data, has_data = value, True
                elif line.startswith(b":"):
                    self.comments += 1
                elif not line.strip() and has_data:
                    return name, orjson.loads(data)
        raise ConnectionError("the stream ended")

    async def wait_for(self, wanted: str) -> Any:
        while True:
            name, data = await self.event()
            if name == "alerts":
                self.seen += [alert["alert_id"] for alert in data["alerts"]]
            if name == wanted:
                return data

    async def until_seen(self, count: int) -> list[str]:
        while len(self.seen) < count:
            await self.wait_for("alerts")
        return self.seen


@asynccontextmanager
async def listening(server: WebServer, last_id: str | None = None) -> AsyncIterator[Listener]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    url = f"{server.url}/api/v1/live"
    async with aiohttp.ClientSession(read_bufsize=2**24) as session, session.get(url, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        yield Listener(response.content)


async def seen(stores: Stores, first: int, count: int) -> list[str]:
    listings = [offer(number, f"replica Quillon pen {number}") for number in range(first, first + count)]
    return [alert.alert_id for alert in await asyncio.to_thread(stores.seen, *listings)]


async def test_alerts_arrive_with_the_names_of_their_rights(stores: Stores, server: WebServer) -> None:
    async with listening(server) as listener:
        await listener.wait_for("hello")
        expected = await seen(stores, 0, 3)
        data = await listener.wait_for("alerts")
        assert await listener.until_seen(len(expected)) == expected
        assert data["rights"]["CN-TM-1002"]["mark"] == "Quillon"


async def test_a_drop_is_resumed_without_loss_or_repeat(stores: Stores, server: WebServer) -> None:
    async with listening(server) as listener:
        await listener.wait_for("hello")
        expected = await seen(stores, 0, 2)
        await listener.until_seen(len(expected))
        place = listener.last_id
    missed = await seen(stores, 100, 700)  # more than one read of the stream returns
    async with listening(server, place) as listener:
        assert await listener.until_seen(len(missed)) == missed
        later = await seen(stores, 1000, 2)
        assert await listener.until_seen(len(missed + later)) == missed + later


async def test_a_restart_of_the_server_is_resumed(stores: Stores, server: WebServer) -> None:
    async with listening(server) as listener:
        await listener.wait_for("hello")
        await seen(stores, 0, 1)
        await listener.wait_for("alerts")
        place = listener.last_id
        await asyncio.to_thread(server.stop)
        with pytest.raises((ConnectionError, aiohttp.ClientError)):
            while True:
                await listener.event()
    missed = await seen(stores, 10, 4)
    await asyncio.to_thread(server.start)
    async with listening(server, place) as listener:
        assert await listener.until_seen(len(missed)) == missed


@pytest.mark.parametrize("place", ["1-1", "99999999999999-0", "no id", "0", "٣-٣", "1" * 3000])
async def test_a_place_that_is_gone_is_answered_with_a_gap(stores: Stores, server: WebServer, place: str) -> None:
    await seen(stores, 0, 2)
    path = f"/api/v1/live?after={place}"
    async with aiohttp.ClientSession() as session, session.get(server.url + path) as response:
        listener = Listener(response.content)
        await listener.wait_for("gap")
        expected = await seen(stores, 10, 2)
        assert await listener.until_seen(len(expected)) == expected


async def test_a_trimmed_stream_says_gap(stores: Stores, server: WebServer) -> None:
    async with listening(server) as listener:
        await listener.wait_for("hello")
        await seen(stores, 0, 1)
        await listener.wait_for("alerts")
        place = listener.last_id
    await asyncio.to_thread(server.stop)  # so that it has not read what is gone by then
    async with LiveStream(stores.redis, kept_entries=1) as live:
        await live.append([b'{"alert_id":"x"}'] * 500)
    await asyncio.to_thread(server.start)
    async with listening(server, place) as listener:
        await listener.wait_for("gap")


async def test_silence_is_broken_by_comments(stores: Stores) -> None:
    server = WebServer(stores, WebSettings(port=0, keep_alive_seconds=0.05, pulse_seconds=0.4))
    await asyncio.to_thread(server.start)
    try:
        async with listening(server) as listener:
            await listener.wait_for("pulse")
            await listener.wait_for("pulse")
            await listener.wait_for("pulse")
            assert listener.comments >= 2
    finally:
        await asyncio.to_thread(server.stop)


async def test_the_pulse_carries_the_workers_figures(stores: Stores, server: WebServer) -> None:
    async with listening(server) as listener:
        for total in (0, 500):
            state = {"listings_total": total, "lag_pages": 3, "lag_seconds": 0.2, "revision": 2, "rights": 2}
            await asyncio.to_thread(stores.beat, "w1", **state)
            while (pulse := await listener.wait_for("pulse"))["workers"] == 0:
                pass
        while not (pulse := await listener.wait_for("pulse"))["listings_per_second"]:
            pass
        assert pulse["live"] is True
        assert (pulse["lag_pages"], pulse["revision"], pulse["rights"], pulse["workers"]) == (3, 2, 2, 1)


async def test_a_client_that_stops_reading_is_dropped_and_the_others_go_on(stores: Stores) -> None:
    settings = WebSettings(port=0, keep_alive_seconds=1.0, live_queue_frames=2, live_interval_seconds=0.01)
    server = WebServer(stores, settings)
    await asyncio.to_thread(server.start)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
        writer.write(f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        await reader.readline()
        async with listening(server) as listener, LiveStream(stores.redis) as live:
            await listener.wait_for("hello")
            big = b'{"alert_id":"%d","title":"' + b"x" * 60_000 + b'"}'
            for batch in range(20):
                await live.append([big % (batch * 20 + number) for number in range(20)])
                await listener.until_seen((batch + 1) * 20)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (
                    b"rightswatch_web_live_clients 1.0" not in (await asyncio.to_thread(ask, server, "/metrics")).body
                ):
                    await listener.wait_for("pulse")
            metrics = (await asyncio.to_thread(ask, server, "/metrics")).body
            assert b"rightswatch_web_live_dropped_total 1.0" in metrics
        writer.close()
    finally:
        await asyncio.to_thread(server.stop)


async def test_too_many_live_streams_are_refused(stores: Stores) -> None:
    server = WebServer(stores, WebSettings(port=0, max_live_clients=1))
    await asyncio.to_thread(server.start)
    try:
        async with listening(server) as listener:
            await listener.wait_for("hello")
            refused = await asyncio.to_thread(ask, server, "/api/v1/live")
            assert (refused.status, refused.json["code"]) == (503, "too_many_clients")
    finally:
        await asyncio.to_thread(server.stop)


async def test_what_people_do_comes_between_the_alerts_and_is_resumed_like_them(
    stores: Stores, server: WebServer, tmp_path: Path
) -> None:
    with closing(TriageStore(OperationalSettings.sqlite(tmp_path / "o.db"), TriageSettings())) as judging:
        async with listening(server) as listener:
            await listener.wait_for("hello")
            first = await seen(stores, 0, 1)
            judging.claim([group(1)], ANN, NOW)
            await show(stores, judging)
            second = await seen(stores, 1, 1)
            assert await listener.until_seen(len(first)) == first
            place = listener.last_id
            (claimed,) = (await listener.wait_for("triage"))["changes"]
            assert (claimed["group_id"], claimed["claimed_by"]) == (group(1).group_id, "ann")
            assert await listener.until_seen(len(first + second)) == first + second
        judging.judge([group(1)], ANN, NOW, **GUILTY, may_be_reviewed=False)
        await show(stores, judging)
    async with listening(server, place) as listener:
        versions = [change["version"] for _ in range(2) for change in (await listener.wait_for("triage"))["changes"]]
        assert versions == [0, 1]
        assert listener.seen == second


async def show(stores: Stores, judging: TriageStore) -> None:
    """Send what the outbox has for the live stream."""
    entries = judging.outbox.to_show()
    async with LiveStream(stores.redis) as live:
        await live.append_triage([entry.text for entry in entries])
    judging.outbox.shown(entries, NOW)
