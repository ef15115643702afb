"""Where the web process answers: its pages, and health and metrics on a port of their own."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from aiohttp import web
from prometheus_client import CollectorRegistry

from dashboards.ports import Readiness
from streams.errors import SettingsError
from streams.processes.registry import report_ready
from streams.processes.watchdog import Watchdog
from streams.settings import Settings
from streams.tls import Certificate
from streams.watchlist_log.follower import WatchlistFollower
from streams.worker import health

BACKLOG = 1024  # connections that wait to be accepted: with 128 a crowd that comes back is told to try in a second
CLOSE_SECONDS = 5.0  # requests in hand get so long at the end
FRESH_SECONDS = 3600.0  # the certificate is read again so often


async def answer_health(
    settings: Settings,
    registry: CollectorRegistry,
    follower: WatchlistFollower,
    watchdog: Watchdog,
    stack: AsyncExitStack,
) -> None:
    """On a port of its own, without sign-in or TLS: for Prometheus, probes, and whoever keeps this process running."""

    def readiness() -> health.Readiness:
        state = readiness_of(follower, settings.worker.watchlist_stale_seconds)
        return health.Readiness(state.loaded, {"revision": state.revision, "detail": state.detail})

    if not settings.web.health_port:
        report_ready(registry, lambda: readiness().ready)
        return
    host, port = settings.web.health_host, settings.web.health_port
    await stack.enter_async_context(health.health_server(host, port, registry, readiness, watchdog.verdict))


async def listen(
    app: web.Application,
    settings: Settings,
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    background: list[asyncio.Task[None]],
) -> str:
    """The address to open. What is done beside the answers is added to `background`.

    Raises:
        SettingsError: the port is taken, or the certificate cannot be used.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, port = settings.web.host, settings.web.port
    certificate = Certificate(settings.web) if settings.web.is_tls else None
    if certificate is not None:
        background.append(tasks.create_task(certificate.keep_fresh(FRESH_SECONDS), name="certificate"))
    try:
        tls = certificate.context if certificate else None
        await web.TCPSite(runner, host, port, ssl_context=tls, backlog=BACKLOG).start()
    except OSError as error:
        raise SettingsError(
            f"[web] port: cannot listen on {host}:{port} ({error.strerror}); choose another with --port or in the "
            "settings, or 0 for any free one"
        ) from error
    bound = runner.addresses[0]
    return settings.web.address(bound[0], bound[1])


def readiness_of(follower: WatchlistFollower, stale_seconds: float) -> Readiness:
    """Whether this process's watchlist is loaded, and fresh enough to be believed."""
    state = follower.state()
    is_fresh = state.age_seconds <= stale_seconds
    detail = "" if is_fresh else f"no contact with the watchlist log for over {stale_seconds:g} s: is the broker up?"
    if not state.loaded:
        detail = "the watchlist is still being loaded"
    return Readiness(
        loaded=state.loaded and is_fresh,
        revision=state.revision,
        rights=state.rights,
        age_seconds=min(state.age_seconds, 86_400.0),
        detail=detail,
    )
