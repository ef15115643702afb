"""/livez, /readyz and /metrics of a worker or writer, on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streams.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Readiness:
    ready: bool
    detail: dict[str, Any]


@asynccontextmanager
async def health_server(
    host: str, port: int, registry: CollectorRegistry, readiness: Callable[[], Readiness]
) -> AsyncIterator[str]:
    """Serve while the block runs; yields the base URL.

    Raises:
        SettingsError: the port is taken.
    """
    app = web.Application()
    app.router.add_get("/livez", _livez)
    app.router.add_get("/readyz", _readyz(readiness))
    app.router.add_get("/metrics", _metrics(registry))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(
                f"[worker] health_port: cannot listen on {host}:{port} ({error.strerror}); choose another, or 0"
            ) from error
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


async def _livez(_: web.Request) -> web.Response:
    return web.json_response({"live": True})


def _readyz(readiness: Callable[[], Readiness]) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        state = readiness()
        return web.json_response({"ready": state.ready, **state.detail}, status=200 if state.ready else 503)

    return answer


def _metrics(registry: CollectorRegistry) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return answer
