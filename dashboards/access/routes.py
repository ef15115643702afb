"""Routes that say what they need: nobody can add one without deciding who may use it."""

from __future__ import annotations

from enum import Enum
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from aiohttp import hdrs, web

from dashboards.access.principal import Principal, principal_of
from dashboards.access.roles import Permission
from dashboards.guard import Handler
from dashboards.problems import Problem


class Standing(Enum):
    """What a route may need beside a permission."""

    SIGNED_IN = "signed in"  # any account: its own name, password and keys


PUBLIC = None
"""For what anybody may ask: health, the sign-in page, its scripts."""
SIGNED_IN = Standing.SIGNED_IN
Needs = Permission | Standing | None


def route(method: str, path: str, handler: Handler, needs: Needs, **options: Any) -> web.RouteDef:
    """A route whose handler runs only for a principal that may do what it `needs`."""
    return web.route(method, path, _requiring(handler, needs), **options)


def get(path: str, handler: Handler, needs: Needs, *, allow_head: bool = True) -> web.RouteDef:
    guarded = _requiring(handler, needs)
    return web.get(path, guarded, allow_head=allow_head)


def post(path: str, handler: Handler, needs: Needs) -> web.RouteDef:
    return route(hdrs.METH_POST, path, handler, needs)


def put(path: str, handler: Handler, needs: Needs) -> web.RouteDef:
    return route(hdrs.METH_PUT, path, handler, needs)


def delete(path: str, handler: Handler, needs: Needs) -> web.RouteDef:
    return route(hdrs.METH_DELETE, path, handler, needs)


def needs_of(request: web.Request) -> Needs:
    """What the route of this request needs; PUBLIC where there is none."""
    needs: Needs = getattr(request.match_info.handler, "needs", PUBLIC)
    return needs


def _requiring(handler: Handler, needs: Needs) -> Handler:
    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        _check(request, principal_of(request), needs)
        return await handler(request)

    guarded.needs = needs  # type: ignore[attr-defined]  # what the tests of every route with every role read
    return guarded


def _check(request: web.Request, principal: Principal, needs: Needs) -> None:
    if needs is PUBLIC:
        return
    if not principal.is_known:
        if _is_page(request):
            raise web.HTTPSeeOther(f"/sign-in?{urlencode({'next': request.path_qs})}")
        raise Problem(401, "not_signed_in", "sign in, or send an API key: Authorization: Bearer rwk_...")
    if isinstance(needs, Standing):
        return
    if principal.must_change:
        if _is_page(request):
            raise web.HTTPSeeOther("/account")
        raise Problem(
            403, "password_must_change", "password: somebody else set it; change it first, on the page /account"
        )
    if not principal.may(needs):
        raise Problem(403, "forbidden", f"your roles do not include {needs}: ask an administrator", needs=needs)


def _is_page(request: web.Request) -> bool:
    return not request.path.startswith("/api/") and request.path != "/metrics"
