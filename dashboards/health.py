"""What a supervisor and Prometheus ask."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.keys import READINESS, REGISTRY
from dashboards.problems import Problem, json_response


async def livez(request: web.Request) -> web.Response:
    """The process answers."""
    return json_response({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """The watchlist is loaded, so a check can be answered; else 503 with the reason.

    How many rights are watched is told to whom metrics are told: this route asks nobody who he is.
    """
    readiness = request.app[READINESS]()
    state = {
        "loaded": readiness.loaded,
        "revision": readiness.revision,
        "age_seconds": round(readiness.age_seconds, 3),
    }
    if principal_of(request).may(Permission.READ_METRICS):
        state["rights"] = readiness.rights
    if not readiness.loaded:
        raise Problem(503, "not_ready", readiness.detail or "watchlist: not loaded yet", **state)
    return json_response({"status": "ready", **state, "detail": readiness.detail})


async def metrics(request: web.Request) -> web.Response:
    """Prometheus text."""
    body = generate_latest(request.app[REGISTRY])
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
