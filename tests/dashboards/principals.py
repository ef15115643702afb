"""Somebody of each kind who asks the web process, and the middleware that says it is them."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Middleware

from dashboards.access.principal import PRINCIPAL, Principal
from dashboards.access.roles import Role, permissions_of
from dashboards.guard import Handler


def principal(*roles: Role, holders: frozenset[str] | None = None, regions: tuple[str, ...] | None = None) -> Principal:
    """An account with these roles."""
    held = frozenset(roles)
    name = "-".join(sorted(held))
    return Principal(
        account_id=name, name=name, roles=held, permissions=permissions_of(held), holders=holders, regions=regions
    )


def acting_as(who: Principal) -> Middleware:
    """Every request is theirs: for `WebServer(stores, identify=...)`."""

    @web.middleware
    async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[PRINCIPAL] = who
        return await handler(request)

    return identify
