"""/livez, /readyz and /metrics of a process of ours, on loopback unless the settings say otherwise.

/livez says no only when a new start would help: a part of the process has stalled. A server that is away makes it not
ready, and is waited for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streams.errors import SettingsError
from streams.processes.registry import report_ready


@dataclass(frozen=True, slots=True)
class Readiness:
    ready: bool
    detail: dict[str, Any]


@asynccontextmanager
async def health_server(
    host: str,
    port: int,
    registry: CollectorRegistry,
    readiness: Callable[[], Readiness],
    stalled: Callable[[], str | None] = lambda: None,
) -> AsyncIterator[str]:
    """Serve while the block runs; yields the base URL. `stalled`: what is, which a new start would cure.

    Raises:
        SettingsError: the port is taken.
    """
    app = web.Application()
    app.router.add_get("/livez", _livez(stalled))
    app.router.add_get("/readyz", _readyz(readiness))
    app.router.add_get("/metrics", _metrics(registry))
    report_ready(registry, lambda: readiness().ready)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(
                f"health_port: cannot listen on {host}:{port} ({error.strerror}); choose another, or 0"
            ) from error
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


def _livez(stalled: Callable[[], str | None]) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        problem = stalled()
        return web.json_response({"live": problem is None, "stalled": problem}, status=503 if problem else 200)

    return answer


def _readyz(readiness: Callable[[], Readiness]) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        state = readiness()
        return web.json_response({"ready": state.ready, **state.detail}, status=200 if state.ready else 503)

    return answer


def _metrics(registry: CollectorRegistry) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return answer
