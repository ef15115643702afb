"""Who may ask for what: a route's permission against what the principal may do."""

from __future__ import annotations

from aiohttp import web

from dashboards.access.principal import PRINCIPAL, Principal
from dashboards.access.roles import Role, permissions_of
from dashboards.guard import Handler
from tests.dashboards.service import Stores, WebServer, ask

FAIR = frozenset({Role.FAIR_TEAM})
FAIR_TEAM = Principal(account_id="a1", name="Ming", roles=FAIR, permissions=permissions_of(FAIR))


@web.middleware
async def as_fair_team(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[PRINCIPAL] = FAIR_TEAM
    return await handler(request)


def test_a_role_gets_what_it_is_there_for_and_is_told_what_else_would_need(stores: Stores) -> None:
    server = WebServer(stores, identify=as_fair_team)
    server.start()
    try:
        assert ask(server, "/api/v1/alerts").status == 200
        refused = ask(server, "/api/v1/dead")
        assert (refused.status, refused.json["code"], refused.json["needs"]) == (403, "forbidden", "dead.read")
    finally:
        server.stop()
