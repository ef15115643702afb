"""The middleware that finds out who asks: by the cookie of a session, or by an API key."""

from __future__ import annotations

import math

from aiohttp import web

from dashboards.access.client import Client, client_of
from dashboards.access.credentials import CSRF_HEADER, SESSION, UNATTENDED_HEADER, cookie_name, is_csrf_word
from dashboards.access.principal import LOCAL, NOBODY, PRINCIPAL, Principal, principal_of
from dashboards.access.roles import Permission, Role, permissions_of
from dashboards.access.routes import PUBLIC, needs_of
from dashboards.guard import Handler
from dashboards.keys import ACCESS, ACCESS_POOL, ACCESS_SETTINGS, BUCKETS, CLOCK, METRICS
from dashboards.problems import Problem
from sinks.operational.account_store import AccountStore
from sinks.operational.accounts import Account, ApiKey

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SCHEME = "bearer "
ASSETS = "/static/"  # the same for everybody
LIVE = "/api/v1/live"  # which a browser opens again by itself
SCRAPER = Principal(
    account_id="local", name="local", roles=frozenset(), permissions=frozenset({Permission.READ_METRICS})
)
"""What runs on this machine may read the metrics, as a Prometheus beside us."""


@web.middleware
async def identify_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    accounts = request.app[ACCESS].accounts
    if accounts is None or request.path.startswith(ASSETS):
        request[PRINCIPAL] = LOCAL if accounts is None else NOBODY
        return await handler(request)
    client = client_of(request)
    principal = await _proved(request, client, accounts)
    request[PRINCIPAL] = principal
    if request.path.startswith("/api/"):
        _limit(request, principal.limited_as if principal.is_known else f"address {client.address}")
    if SESSION in request and request.method not in SAFE_METHODS and needs_of(request) is not PUBLIC:
        _check_csrf(request)
    return await handler(request)


async def is_still(request: web.Request) -> bool:
    """Whether what the request proved still holds, unchanged: asked of an answer that goes on and on."""
    accounts = request.app[ACCESS].accounts
    if accounts is None:
        return True
    now, settings = request.app[CLOCK](), request.app[ACCESS_SETTINGS]
    token, mine = request.get(SESSION), principal_of(request)
    if token is None:
        return await _by_key(request, accounts) == mine
    holds = await request.app[ACCESS_POOL].blocking(
        lambda: accounts.sessions.holder(token, now=now, idle=settings.idle)
    )
    return holds is not None and principal_for(holds) == mine


def principal_for(account: Account, key: ApiKey | None = None) -> Principal:
    """Who that is. An account that lacks the limit its roles need sees nothing rather than everything."""
    roles = frozenset(Role(role) for role in account.roles if role in frozenset(Role))
    permissions = permissions_of(roles)
    if key is not None:
        permissions &= frozenset(Permission(scope) for scope in key.scopes if scope in frozenset(Permission))
    holders, regions = account.holders, account.regions
    if Role.RIGHTS_HOLDER in roles and holders is None:
        holders = ()
    if Role.ENFORCEMENT in roles and regions is None:
        regions = ()
    return Principal(
        account_id=account.account_id,
        name=account.name,
        roles=roles,
        permissions=permissions,
        holders=None if holders is None else frozenset(holders),
        regions=regions,
        key_id=None if key is None else key.key_id,
        must_change=account.must_change and key is None,
    )


async def _proved(request: web.Request, client: Client, accounts: AccountStore) -> Principal:
    if request.headers.get("Authorization", "").lower().startswith(SCHEME):
        found = await _by_key(request, accounts)
        if found is None:
            request.app[METRICS].sign_ins.labels("bad_key").inc()
            _limit(request, f"address {client.address}")
            raise Problem(401, "bad_key", "Authorization: this key does not hold: it is wrong, revoked or has run out")
        return found
    token = request.cookies.get(cookie_name(client))
    if token:
        now, idle = request.app[CLOCK](), request.app[ACCESS_SETTINGS].idle
        is_page_alone = UNATTENDED_HEADER in request.headers or request.path == LIVE
        look = accounts.sessions.holder if is_page_alone else accounts.sessions.find
        account = await request.app[ACCESS_POOL].blocking(lambda: look(token, now=now, idle=idle))
        if account is not None:
            request[SESSION] = token
            return principal_for(account)
    return SCRAPER if request.path == "/metrics" and client.is_local else NOBODY


async def _by_key(request: web.Request, accounts: AccountStore) -> Principal | None:
    text, now = request.headers["Authorization"][len(SCHEME) :].strip(), request.app[CLOCK]()
    found = await request.app[ACCESS_POOL].blocking(lambda: accounts.keys.find(text, now=now))
    return None if found is None else principal_for(*found)


def _limit(request: web.Request, who: str) -> None:
    wait = request.app[BUCKETS].take(who, request.app[CLOCK]().timestamp())
    if wait:
        request.app[METRICS].limited.inc()
        seconds = math.ceil(wait)
        raise Problem(429, "too_many_requests", f"too many requests: go on in {seconds} s", retry_after=seconds)


def _check_csrf(request: web.Request) -> None:
    if not is_csrf_word(request[SESSION], request.headers.get(CSRF_HEADER, "")):
        raise Problem(
            403,
            "csrf",
            f"{CSRF_HEADER}: missing or not of this session; GET /api/v1/session tells it",
            field=CSRF_HEADER,
        )
