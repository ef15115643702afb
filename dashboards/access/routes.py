"""Routes that say what they need: nobody can add one without deciding who may use it."""

from __future__ import annotations

from functools import wraps
from typing import Any

from aiohttp import hdrs, web

from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.guard import Handler
from dashboards.problems import Problem

PUBLIC = None
"""For what anybody may ask: health, the sign-in page, its scripts."""


def route(method: str, path: str, handler: Handler, needs: Permission | None, **options: Any) -> web.RouteDef:
    """A route whose handler runs only for a principal that may do what it `needs`."""
    return web.route(method, path, _requiring(handler, needs), **options)


def get(path: str, handler: Handler, needs: Permission | None, *, allow_head: bool = True) -> web.RouteDef:
    guarded = _requiring(handler, needs)
    return web.get(path, guarded, allow_head=allow_head)


def post(path: str, handler: Handler, needs: Permission | None) -> web.RouteDef:
    return route(hdrs.METH_POST, path, handler, needs)


def put(path: str, handler: Handler, needs: Permission | None) -> web.RouteDef:
    return route(hdrs.METH_PUT, path, handler, needs)


def delete(path: str, handler: Handler, needs: Permission | None) -> web.RouteDef:
    return route(hdrs.METH_DELETE, path, handler, needs)


def _requiring(handler: Handler, needs: Permission | None) -> Handler:
    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if needs is not None and not principal_of(request).may(needs):
            raise Problem(403, "forbidden", f"your roles do not include {needs}: ask an administrator", needs=needs)
        return await handler(request)

    guarded.needs = needs  # type: ignore[attr-defined]  # what the tests of every route with every role read
    return guarded
