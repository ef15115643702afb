"""`GET /api/v1/live`: the alerts of this moment as server-sent events that resume exactly where a browser stopped."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress

from aiohttp import web

from dashboards.access.identify import is_still
from dashboards.access.principal import Principal, principal_of
from dashboards.access.sights import Sights
from dashboards.keys import ACCESS_SETTINGS, HUB, METRICS, SETTINGS, SIGHTS
from dashboards.live_frames import KEEP_ALIVE, RETRY_HINT, Frame, event, parse_id
from dashboards.live_hub import LiveClient, LiveHub
from dashboards.metrics import WebMetrics
from dashboards.problems import Problem
from sinks.errors import LiveUnavailable
from sinks.visible import Visible

log = logging.getLogger(__name__)
SEND_BUFFER_BYTES = 256 << 10  # of the kernel, which takes it twice; a second of a hundred alerts a second
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}


async def live(request: web.Request) -> web.StreamResponse:
    """Events: `hello` (where the stream stands), `alerts`, `triage`, `pulse`, `gap` (read the history, then go on)."""
    hub, metrics, settings = request.app[HUB], request.app[METRICS], request.app[SETTINGS]
    audience = Audience(request.app[SIGHTS], principal_of(request))
    await audience.look()
    asked = request.headers.get("Last-Event-ID") or request.query.get("after")
    with hub.subscribe() as client:
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        _bound_what_waits(request)
        watch = asyncio.create_task(_end_with_session(request, client))
        try:
            await _Session(hub, client, response, metrics, settings.keep_alive_seconds, audience).run(asked)
        except ConnectionError:
            pass  # the browser left
        except Problem as problem:
            log.warning("a live stream ends: %s", problem.detail)  # nobody can say what its reader may see
        except TimeoutError:
            if not client.dropped:  # the hub has not counted it
                metrics.live_dropped.inc()
            if request.transport is not None:
                request.transport.abort()  # it stopped reading; what is queued for it would never leave
        finally:
            watch.cancel()
    return response


async def _end_with_session(request: web.Request, client: LiveClient) -> None:
    """End the stream soon after whoever opened it has signed out, or may see other things than then."""
    while True:
        await asyncio.sleep(request.app[ACCESS_SETTINGS].recheck_seconds)
        with suppress(Problem):  # the database is away: nobody can change an account meanwhile either
            if not await is_still(request):
                client.end()
                return


def _bound_what_waits(request: web.Request) -> None:
    """For a client that does not read the kernel would keep megabytes, and notice it late: so much it keeps at most."""
    connection = request.transport.get_extra_info("socket") if request.transport is not None else None
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


class Audience:
    """Who reads a stream, and what of each frame is there for them."""

    def __init__(self, sights: Sights, principal: Principal) -> None:
        self._sights = sights
        self._principal = principal

    async def look(self, revision: int = 0) -> Visible:
        """Raises Problem: nobody can say now what may be seen."""
        return await self._sights.of(self._principal, revision)

    async def sees(self, frame: Frame) -> Frame:
        """Raises Problem: nobody can say now what may be seen."""
        return frame if self._principal.sees_everything else frame.seen_by(await self.look(frame.revision))


class _Session:
    """One client's place in the stream. `pending` is set while it still has to be caught up from Redis."""

    def __init__(
        self,
        hub: LiveHub,
        client: LiveClient,
        response: web.StreamResponse,
        metrics: WebMetrics,
        patience: float,
        audience: Audience,
    ) -> None:
        self._hub = hub
        self._client = client
        self._response = response
        self._metrics = metrics
        self._patience = patience  # seconds until silence is broken, or a stuck write is given up
        self._audience = audience
        self._position = client.start
        self._pending = False

    async def run(self, asked: str | None) -> None:
        await self._write(RETRY_HINT)
        if asked:
            self._position, self._pending = asked, True
        else:
            await self._send(event("hello", {}, self._position))
        while True:
            if self._pending and self._hub.reachable:
                await self._catch_up()
            frame = await self._next()
            if frame is None:
                return
            await self._deliver(frame)

    async def _catch_up(self) -> None:
        try:
            async for frame in self._hub.catch_up(self._position or ""):
                await self._send(frame)
        except LiveUnavailable:
            return
        self._pending = False

    async def _next(self) -> Frame | None:
        while True:
            if not self._client.queue.empty():
                return self._client.queue.get_nowait()
            try:
                async with asyncio.timeout(self._patience):
                    return await self._client.queue.get()
            except TimeoutError:
                await self._write(KEEP_ALIVE)

    async def _deliver(self, frame: Frame) -> None:
        """Pass a frame on when it follows what was sent last; what only overlaps is read from Redis instead."""
        if frame.after is None or self._position in (None, frame.after):
            await self._send(frame)
        elif not self._is_behind(frame.position):
            self._pending = True

    def _is_behind(self, position: str | None) -> bool:
        """Whether catching up has brought it already."""
        mine, its = parse_id(self._position), parse_id(position)
        return mine is not None and its is not None and its <= mine

    async def _send(self, frame: Frame) -> None:
        frame = await self._audience.sees(frame)
        await self._write(frame.payload)
        if frame.position is not None:
            self._position = frame.position
        self._metrics.live_alerts.inc(frame.alerts)

    async def _write(self, payload: bytes) -> None:
        async with asyncio.timeout(self._patience):
            await self._response.write(payload)
