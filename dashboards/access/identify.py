"""The middleware that finds out who asks."""

from __future__ import annotations

from aiohttp import web

from dashboards.access.principal import LOCAL, PRINCIPAL
from dashboards.guard import Handler


@web.middleware
async def identify_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[PRINCIPAL] = LOCAL
    return await handler(request)
