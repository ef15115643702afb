"""Accounts, sessions and keys as records, and how a row becomes one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Row

from sinks.errors import StoreRefused

MOST_NAME = 64
RESERVED = frozenset({"local"})  # whoever sits at a machine without accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may use the web server, without what would let a reader in."""

    account_id: str
    name: str
    roles: tuple[str, ...]
    holders: tuple[str, ...] | None = None  # only rights of these holders; None: all
    regions: tuple[str, ...] | None = None  # only alerts about sellers of these regions; None: all
    language: str | None = None
    disabled: bool = False
    has_password: bool = False
    must_change: bool = False  # the password was set by somebody else: nothing else may be done before
    created: datetime
    signed_in: datetime | None = None
    locked_until: datetime | None = None
    failures: int = 0  # tries in a row that failed


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of an account, without its secret."""

    key_id: str
    label: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    used: datetime | None
    revoked: datetime | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of a try: the account, or that it was wrong, and until when no other try is looked at."""

    account: Account | None
    locked_until: datetime | None = None
    was_looked_at: bool = True  # no: refused without a look at the password, since it was locked


def account_name(text: str) -> str:
    """The name as it is kept.

    Raises:
        StoreRefused: it cannot be one.
    """
    name = unicodedata.normalize("NFKC", text.strip())
    if not 0 < len(name) <= MOST_NAME or any(not (letter.isalnum() or letter in "._-@") for letter in name):
        raise StoreRefused(f"name: must have 1 to {MOST_NAME} letters, digits, dots, dashes, underscores or @")
    if name_key(name) in RESERVED:
        raise StoreRefused(f"name: {name} is kept for servers without accounts; take another")
    return name


def name_key(name: str) -> str:
    """The same for names that nobody could tell apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())[:200]


def account_of(row: Row[Any], failure: Row[Any] | None = None, now_ms: int = 0) -> Account:
    locked = failure.locked_until_ms if failure is not None else None
    return Account(
        account_id=row.account_id,
        name=row.name,
        roles=tuple(orjson.loads(row.roles)),
        holders=texts_or_none(row.holders),
        regions=texts_or_none(row.regions),
        language=row.language,
        disabled=row.disabled,
        has_password=row.password_hash is not None,
        must_change=row.must_change,
        created=moment(row.created_ms),
        signed_in=moment_or_none(row.signed_in_ms),
        locked_until=moment(locked) if locked and locked > now_ms else None,
        failures=failure.failures if failure is not None else 0,
    )


def key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        label=row.label,
        scopes=tuple(orjson.loads(row.scopes)),
        created=moment(row.created_ms),
        expires=moment_or_none(row.expires_ms),
        used=moment_or_none(row.used_ms),
        revoked=moment_or_none(row.revoked_ms),
    )


def milliseconds(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def moment(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def moment_or_none(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def texts(values: Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()


def texts_or_none(kept: str | None) -> tuple[str, ...] | None:
    return None if kept is None else tuple(orjson.loads(kept))
