"""API keys, as `rwk_<id>_<secret>`: the id may be shown and names the key, of the secret only a digest is kept."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import Connection, insert, or_, select, update

from sinks.errors import StoreRefused
from sinks.operational.account_sessions import TOUCH_MS, digest
from sinks.operational.account_tables import account, account_key
from sinks.operational.accounts import Account, ApiKey, account_of, key_of, milliseconds, texts
from sinks.operational.database import Database

MOST_KEYS = 50  # of one account that are not revoked
MOST_LABEL = 100
_FORM = re.compile(r"rwk_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)
_row = account_key.c


class AccountKeys:
    """Part of an AccountStore; the same errors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(
        self, account_id: str, *, label: str, scopes: Sequence[str], now: datetime, expires: datetime | None = None
    ) -> tuple[str, ApiKey]:
        """A new key, told this once, and its record."""
        if not 0 < len(label) <= MOST_LABEL or not label.isprintable():
            raise StoreRefused(f"label: say in at most {MOST_LABEL} characters what the key is for")
        if not scopes:
            raise StoreRefused("scopes: name at least one permission")
        if expires is not None and expires <= now:
            raise StoreRefused("expires: must lie ahead")
        key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
        values = {
            "key_id": key_id,
            "secret_digest": digest(secret),
            "account_id": account_id,
            "label": label,
            "scopes": texts(scopes),
            "created_ms": milliseconds(now),
            "expires_ms": None if expires is None else milliseconds(expires),
        }
        with self._database.writing() as connection:
            live = select(_row.key_id).where(_row.account_id == account_id, _row.revoked_ms.is_(None))
            if len(connection.scalars(live).all()) >= MOST_KEYS:
                raise StoreRefused(f"keys: the account has {MOST_KEYS} already; revoke one first")
            connection.execute(insert(account_key).values(values))
            made = connection.execute(select(account_key).where(_row.key_id == key_id)).one()
        return f"rwk_{key_id}_{secret}", key_of(made)

    def of(self, account_id: str) -> list[ApiKey]:
        """An account's keys, the newest first, those that were revoked too."""
        mine = select(account_key).where(_row.account_id == account_id).order_by(_row.created_ms.desc(), _row.key_id)
        with self._database.reading() as connection:
            return [key_of(row) for row in connection.execute(mine).all()]

    def find(self, text: str, *, now: datetime) -> tuple[Account, ApiKey] | None:
        """Whose key it is, if it holds: neither revoked nor run out, its account not disabled."""
        form = _FORM.fullmatch(text)
        if form is None:
            return None
        now_ms = milliseconds(now)
        holds = (
            _row.key_id == form[1],
            _row.revoked_ms.is_(None),
            or_(_row.expires_ms.is_(None), _row.expires_ms > now_ms),
        )
        with self._database.reading() as connection:
            key = connection.execute(select(account_key).where(*holds)).one_or_none()
            if key is None or not compare_digest(key.secret_digest, digest(form[2])):
                return None
            owner = select(account).where(account.c.account_id == key.account_id, account.c.disabled.is_(False))
            row = connection.execute(owner).one_or_none()
        if row is None:
            return None
        if (key.used_ms or 0) < now_ms - TOUCH_MS:
            with self._database.writing() as connection:
                connection.execute(update(account_key).where(_row.key_id == form[1]).values(used_ms=now_ms))
        return account_of(row), key_of(key)

    def revoke(self, account_id: str, key_id: str, *, now: datetime) -> bool:
        """False: the account has no such key."""
        mine = update(account_key).where(_row.account_id == account_id, _row.key_id == key_id)
        with self._database.writing() as connection:
            known = select(_row.key_id).where(_row.account_id == account_id, _row.key_id == key_id)
            if connection.scalar(known) is None:
                return False
            connection.execute(mine.where(_row.revoked_ms.is_(None)).values(revoked_ms=milliseconds(now)))
        return True


def revoke_all(connection: Connection, account_id: str, now: datetime) -> None:
    """No key of the account holds any longer."""
    live = update(account_key).where(_row.account_id == account_id, _row.revoked_ms.is_(None))
    connection.execute(live.values(revoked_ms=milliseconds(now)))
