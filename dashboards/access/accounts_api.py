"""`/api/v1/accounts`: accounts and their keys, for administrators; one's own keys for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.credentials import SESSION
from dashboards.access.granting import GrantRefused, granted, scoped
from dashboards.access.granting import shown as shown_grants
from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.access.session_api import accounts_of
from dashboards.keys import ACCESS_POOL, CLOCK, PASSWORD_POOL
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from detectors.records import timestamp_text
from sinks.operational.account_store import Grants
from sinks.operational.accounts import Account, ApiKey

GRANT_FIELDS = ("roles", "holders", "regions", "language", "disabled")
MOST_DAYS = 3650
KEY_DAYS = 365
KEY_ID = re.compile(r"[0-9a-f]{12}", re.ASCII)
Answer = TypeVar("Answer")


async def accounts(request: web.Request) -> web.Response:
    """All of them, by name."""
    store, now = accounts_of(request), request.app[CLOCK]()
    found = await request.app[ACCESS_POOL].blocking(lambda: store.accounts(now))
    return json_response({"accounts": [shown(one) for one in found]})


async def account(request: web.Request) -> web.Response:
    return json_response({"account": shown(await _asked_for(request))})


async def create(request: web.Request) -> web.Response:
    """A new account with a password for one use, which nobody can read again; `with_password` false: for a program."""
    store, now = accounts_of(request), request.app[CLOCK]()
    document = await json_object(request, ("name", "with_password", *GRANT_FIELDS))
    name, with_password = document.get("name"), document.get("with_password", True)
    if not isinstance(name, str):
        raise bad_field("name", "must be a text")
    if not isinstance(with_password, bool):
        raise bad_field("with_password", "must be true or false")
    grants = _grants(document)

    def make() -> tuple[Account, str | None]:
        made = store.create(name, grants, now=now)
        return made, store.reset_password(made.account_id, now=now) if with_password else None

    made, password = await request.app[PASSWORD_POOL].blocking(refusing(make))
    await audited(request, "account.create", made.account_id, {"name": made.name, **shown_grants(grants)})
    return json_response({"account": shown(made), "one_time_password": password})


async def change(request: web.Request) -> web.Response:
    """Other roles, limits and language, or disabled; what the body leaves out stays."""
    before = await _asked_for(request)
    document = await json_object(request, GRANT_FIELDS)
    kept = {
        "roles": list(before.roles),
        "holders": None if before.holders is None else list(before.holders),
        "regions": None if before.regions is None else list(before.regions),
        "language": before.language,
        "disabled": before.disabled,
    }
    grants = _grants({**kept, **document})
    store, now = accounts_of(request), request.app[CLOCK]()
    changed = await request.app[ACCESS_POOL].blocking(
        refusing(lambda: store.change(before.account_id, grants, now=now))
    )
    if changed is None:
        raise _not_found(before.account_id)
    await audited(request, "account.change", before.account_id, shown_grants(grants))
    return json_response({"account": shown(changed)})


async def unlock(request: web.Request) -> web.Response:
    """Forget the wrong passwords that somebody tried for its name."""
    found, store = await _asked_for(request), accounts_of(request)
    await request.app[ACCESS_POOL].blocking(lambda: store.unlock(found.account_id))
    await audited(request, "account.unlock", found.account_id)
    return json_response({"account": shown(await _asked_for(request))})


async def reset_password(request: web.Request) -> web.Response:
    """A password for one use, told this once; the account's sessions end."""
    found, store, now = await _asked_for(request), accounts_of(request), request.app[CLOCK]()
    password = await request.app[PASSWORD_POOL].blocking(lambda: store.reset_password(found.account_id, now=now))
    await audited(request, "account.password", found.account_id)
    return json_response({"one_time_password": password})


async def keys(request: web.Request) -> web.Response:
    """An account's API keys, the newest first, those that were revoked too."""
    found, store = await _own_or_managed(request), accounts_of(request)
    held = await request.app[ACCESS_POOL].blocking(lambda: store.keys.of(found.account_id))
    return json_response({"keys": [shown_key(key) for key in held]})


async def issue_key(request: web.Request) -> web.Response:
    """A new key, told this once."""
    found, store, now = await _own_or_managed(request), accounts_of(request), request.app[CLOCK]()
    _needs_session(request)
    document = await json_object(request, ("label", "scopes", "days"))
    label, days = document.get("label"), document.get("days", KEY_DAYS)
    if not isinstance(label, str):
        raise bad_field("label", "must be a text")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise bad_field("days", f"must be a whole number between 1 and {MOST_DAYS}")
    wanted = _texts(document, "scopes") or []
    scopes = _checked(lambda: scoped(wanted, found.roles))
    expires = now + timedelta(days=days)
    issue = refusing(
        lambda: store.keys.issue(found.account_id, label=label.strip(), scopes=scopes, now=now, expires=expires)
    )
    text, key = await request.app[ACCESS_POOL].blocking(issue)
    await audited(request, "key.issue", key.key_id, {"account": found.account_id, "scopes": list(key.scopes)})
    return json_response({"key": text, "record": shown_key(key)})


async def revoke_key(request: web.Request) -> web.Response:
    """The key stops at once."""
    found, store, now = await _own_or_managed(request), accounts_of(request), request.app[CLOCK]()
    _needs_session(request)
    key_id = request.match_info["key_id"]
    is_key = KEY_ID.fullmatch(key_id) is not None
    if not is_key or not await request.app[ACCESS_POOL].blocking(
        lambda: store.keys.revoke(found.account_id, key_id, now=now)
    ):
        raise Problem(404, "not_found", "key: the account has none with that id")
    await audited(request, "key.revoke", key_id, {"account": found.account_id})
    return json_response({"revoked": key_id})


def shown(one: Account) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "name": one.name,
        "roles": list(one.roles),
        "holders": None if one.holders is None else list(one.holders),
        "regions": None if one.regions is None else list(one.regions),
        "language": one.language,
        "disabled": one.disabled,
        "has_password": one.has_password,
        "must_change": one.must_change,
        "created": timestamp_text(one.created),
        "signed_in": None if one.signed_in is None else timestamp_text(one.signed_in),
        "failures": one.failures,
        "locked_until": None if one.locked_until is None else timestamp_text(one.locked_until),
    }


def shown_key(key: ApiKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "label": key.label,
        "scopes": list(key.scopes),
        "created": timestamp_text(key.created),
        "expires": None if key.expires is None else timestamp_text(key.expires),
        "used": None if key.used is None else timestamp_text(key.used),
        "revoked": None if key.revoked is None else timestamp_text(key.revoked),
    }


async def _asked_for(request: web.Request) -> Account:
    store, now, account_id = accounts_of(request), request.app[CLOCK](), request.match_info["account_id"]
    found = None
    if account_id.isascii() and account_id.isalnum() and len(account_id) <= 32:
        found = await request.app[ACCESS_POOL].blocking(lambda: store.account(account_id, now))
    if found is None:
        raise _not_found(account_id)
    return found


async def _own_or_managed(request: web.Request) -> Account:
    """Somebody else's account is not there for who does not manage accounts."""
    mine, account_id = principal_of(request), request.match_info["account_id"]
    if account_id != mine.account_id and not mine.may(Permission.MANAGE_ACCOUNTS):
        accounts_of(request)
        raise _not_found(account_id)
    if mine.must_change:
        raise Problem(403, "password_must_change", "password: somebody else set it; change it first")
    return await _asked_for(request)


def _needs_session(request: web.Request) -> None:
    if SESSION not in request:
        raise Problem(403, "needs_session", "an API key cannot make or revoke keys: sign in")


def _not_found(account_id: str) -> Problem:
    return Problem(404, "not_found", f"account {account_id[:40]}: there is none; GET /api/v1/accounts says which are")


def _grants(document: dict[str, Any]) -> Grants:
    disabled, language = document.get("disabled", False), document.get("language")
    if not isinstance(disabled, bool):
        raise bad_field("disabled", "must be true or false")
    if language is not None and not isinstance(language, str):
        raise bad_field("language", "must be a text or null")
    return _checked(
        lambda: granted(
            roles=_texts(document, "roles") or (),
            holders=_texts(document, "holders"),
            regions=_texts(document, "regions"),
            language=language,
            disabled=disabled,
        )
    )


def _checked(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except GrantRefused as refusal:
        raise bad_field(refusal.field, refusal.problem) from refusal


def _texts(document: dict[str, Any], field: str) -> Sequence[str] | None:
    values = document.get(field)
    if values is None:
        return None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise bad_field(field, "must be a list of texts, or null")
    return values
