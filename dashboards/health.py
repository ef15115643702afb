"""What a supervisor and Prometheus ask."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboards.keys import READINESS, REGISTRY
from dashboards.problems import Problem, json_response


async def livez(request: web.Request) -> web.Response:
    """The process answers."""
    return json_response({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """The watchlist is loaded, so a check can be answered; else 503 with the reason."""
    readiness = request.app[READINESS]()
    state = {
        "loaded": readiness.loaded,
        "revision": readiness.revision,
        "rights": readiness.rights,
        "age_seconds": round(readiness.age_seconds, 3),
    }
    if not readiness.loaded:
        raise Problem(503, "not_ready", readiness.detail or "watchlist: not loaded yet", **state)
    return json_response({"status": "ready", **state, "detail": readiness.detail})


async def metrics(request: web.Request) -> web.Response:
    """Prometheus text."""
    body = generate_latest(request.app[REGISTRY])
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
