"""`/api/v1/session`: signing in and out, who one is, and one's own password."""

from __future__ import annotations

import math
from typing import Any

from aiohttp import web

from dashboards.access.audit import audit_as, audited
from dashboards.access.client import client_of
from dashboards.access.credentials import SESSION, cookie_name, csrf_word, give_cookie, take_cookie
from dashboards.access.identify import principal_for
from dashboards.access.principal import NOBODY, Principal, principal_of
from dashboards.catalogue import COOKIE, ONE_YEAR_SECONDS
from dashboards.keys import ACCESS, ACCESS_POOL, ACCESS_SETTINGS, CLOCK, METRICS, PASSWORD_POOL
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from detectors.records import timestamp_text
from sinks.operational.account_store import AccountStore
from sinks.operational.accounts import Account, SignIn

MOST_BODY = 16_384  # bytes: nobody has signed in yet
MOST_TYPED = 1000  # characters of a name or password that are looked at


async def who(request: web.Request) -> web.Response:
    """Who asks, what that account may do, and the word that a page sends with each change."""
    return json_response(_shown(request, principal_of(request), request.get(SESSION)))


async def sign_in(request: web.Request) -> web.Response:
    """Begin a session. A session that the same browser had ends."""
    accounts = accounts_of(request)
    document = await json_object(request, ("name", "password"), most_bytes=MOST_BODY)
    name, password = _typed(document, "name"), _typed(document, "password")
    account = await _let_in(request, accounts, name, password)
    now, client, settings = request.app[CLOCK](), client_of(request), request.app[ACCESS_SETTINGS]
    before = request.cookies.get(cookie_name(client))

    def begin() -> str:
        if before:
            accounts.sessions.end(before, now=now)
        return accounts.sessions.begin(account.account_id, address=client.address, now=now, lifetime=settings.lifetime)

    token = await request.app[ACCESS_POOL].blocking(begin)
    principal = principal_for(account)
    await audit_as(request, principal, "session.begin", account.account_id, {"address": client.address})
    response = json_response(_shown(request, principal, token))
    give_cookie(response, client, token)
    if account.language is not None and request.cookies.get(COOKIE) is None:
        response.set_cookie(COOKIE, account.language, max_age=ONE_YEAR_SECONDS, samesite="Strict", path="/")
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End the session."""
    accounts, token = accounts_of(request), _session(request)
    now = request.app[CLOCK]()
    await request.app[ACCESS_POOL].blocking(lambda: accounts.sessions.end(token, now=now))
    await audited(request, "session.end", principal_of(request).account_id)
    response = json_response({"signed_out": True})
    take_cookie(response, client_of(request))
    return response


async def change_password(request: web.Request) -> web.Response:
    """One's own, with the present one; every other session of the account ends."""
    accounts, token = accounts_of(request), _session(request)
    document = await json_object(request, ("present", "new"))
    present, new = _typed(document, "present"), _typed(document, "new")
    if present == new:
        raise bad_field("new", "must be another one than the present")
    mine, now = principal_of(request), request.app[CLOCK]()
    await _let_in(request, accounts, mine.name, present, field="present")
    change = refusing(lambda: accounts.set_password(mine.account_id, new, now=now, spare=token))
    await request.app[PASSWORD_POOL].blocking(change)
    await audited(request, "session.password", mine.account_id)
    return json_response({"changed": True})


def accounts_of(request: web.Request) -> AccountStore:
    """Raises Problem: 409, this server has no accounts."""
    accounts = request.app[ACCESS].accounts
    if accounts is None:
        raise Problem(409, "no_accounts", "this server has no accounts: set [web] accounts = true and start it again")
    return accounts


async def _let_in(
    request: web.Request, accounts: AccountStore, name: str, password: str, *, field: str | None = None
) -> Account:
    """The account, when the password is its own. The answer is the same whether there is such an account or not."""
    address, now = client_of(request).address, request.app[CLOCK]()
    tried = await request.app[PASSWORD_POOL].blocking(
        lambda: accounts.sign_in(name, password, address=address, now=now)
    )
    outcome = "signed_in" if tried.account else "locked" if tried.locked_until else "wrong"
    request.app[METRICS].sign_ins.labels(outcome).inc()
    if tried.account is not None:
        return tried.account
    if tried.locked_until is None:
        extra = {} if field is None else {"field": field}
        status = 401 if field is None else 400
        raise Problem(status, "wrong_credentials", "name or password: wrong, or the account is disabled", **extra)
    if tried.was_looked_at:
        await audit_as(request, NOBODY, "session.locked", await _known(request, accounts, name), {"address": address})
    raise _locked(request, tried)


async def _known(request: web.Request, accounts: AccountStore, name: str) -> str:
    """The id of the account, which the audit log may hold; what was typed may be a password."""
    now = request.app[CLOCK]()
    found = await request.app[ACCESS_POOL].blocking(lambda: accounts.named(name, now))
    return found.account_id if found is not None else "unknown name"


def _locked(request: web.Request, tried: SignIn) -> Problem:
    until = tried.locked_until or request.app[CLOCK]()
    seconds = max(1, math.ceil((until - request.app[CLOCK]()).total_seconds()))
    detail = f"too many wrong passwords: try again in {seconds} s, or ask an administrator"
    return Problem(429, "locked", detail, retry_after=seconds, locked_until=timestamp_text(until))


def _shown(request: web.Request, principal: Principal, token: str | None) -> dict[str, Any]:
    return {
        "account_id": principal.account_id,
        "name": principal.name,
        "roles": sorted(principal.roles),
        "permissions": sorted(principal.permissions),
        "holders": None if principal.holders is None else sorted(principal.holders),
        "regions": None if principal.regions is None else sorted(principal.regions),
        "accounts": request.app[ACCESS].accounts is not None,
        "must_change": principal.must_change,
        "csrf": None if token is None else csrf_word(token),
    }


def _session(request: web.Request) -> str:
    token: str | None = request.get(SESSION)
    if token is None:
        raise Problem(403, "needs_session", "an API key cannot do that: sign in")
    return token


def _typed(document: dict[str, Any], field: str) -> str:
    value = document.get(field)
    if not isinstance(value, str) or not value or len(value) > MOST_TYPED or "\0" in value:
        raise bad_field(field, f"must be a text of 1 to {MOST_TYPED} characters without NUL")
    return value
