"""Who may ask for what: a route's permission against what the principal may do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import web

from dashboards.access.identify import principal_for
from dashboards.access.principal import PRINCIPAL, Principal
from dashboards.access.roles import Permission, Role, permissions_of
from dashboards.guard import Handler
from sinks.operational.accounts import Account, ApiKey
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


@pytest.mark.parametrize(("role", "field"), [("rights_holder", "holders"), ("enforcement", "regions")])
def test_an_account_that_lacks_the_limit_of_its_role_sees_nothing_rather_than_everything(role: str, field: str) -> None:
    unlimited = Account(account_id="a1", name="mei", roles=(role,), created=datetime(2026, 11, 21, tzinfo=UTC))
    assert not getattr(principal_for(unlimited), field)
    assert getattr(principal_for(unlimited), field) is not None


def test_a_role_and_a_scope_that_a_newer_program_knows_give_nothing() -> None:
    made = datetime(2026, 11, 21, tzinfo=UTC)
    account = Account(account_id="a1", name="mei", roles=("emperor", "fair_team"), created=made)
    scopes = ("check", "empire.rule")
    key = ApiKey(key_id="k1", label="x", scopes=scopes, created=made, expires=None, used=None, revoked=None)
    assert principal_for(account).roles == FAIR
    assert principal_for(account, key).permissions == {Permission.CHECK}
