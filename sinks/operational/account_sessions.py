"""Sessions: a random token in a cookie, of which only a digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from sinks.operational.account_tables import account, account_session
from sinks.operational.accounts import Account, account_of, milliseconds
from sinks.operational.database import Database

TOUCH_MS = 60_000  # when a session was last seen is kept to this accuracy, to spare writes
MOST_SESSIONS = 20  # of one account; the oldest ends
_row = account_session.c


class AccountSessions:
    """Part of an AccountStore; the same errors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account_id: str, *, address: str, now: datetime, lifetime: timedelta) -> str:
        """A new session's token: 256 random bits, told this once."""
        token, now_ms = secrets.token_urlsafe(32), milliseconds(now)
        with self._database.writing() as connection:
            mine = select(_row.token_digest).where(_row.account_id == account_id, _row.ended_ms.is_(None))
            open_ = connection.scalars(mine.where(_row.expires_ms > now_ms).order_by(_row.created_ms.desc())).all()
            oldest = update(account_session).where(_row.token_digest.in_(open_[MOST_SESSIONS - 1 :]))
            connection.execute(oldest.values(ended_ms=now_ms))
            values = {
                "token_digest": digest(token),
                "account_id": account_id,
                "address": address[:64],
                "created_ms": now_ms,
                "seen_ms": now_ms,
                "expires_ms": now_ms + round(lifetime.total_seconds() * 1000),
            }
            connection.execute(insert(account_session).values(values))
        return token

    def find(self, token: str, *, now: datetime, idle: timedelta) -> Account | None:
        """Whose session it is if it holds: not ended, too old, or unseen for `idle`, and its account not disabled."""
        now_ms = milliseconds(now)
        row = self._holding(token, now_ms, idle)
        if row is None:
            return None
        if row.seen_ms < now_ms - TOUCH_MS:
            with self._database.writing() as connection:
                touched = update(account_session).where(_row.token_digest == digest(token), _row.seen_ms < now_ms)
                connection.execute(touched.values(seen_ms=now_ms))
        return account_of(row)

    def holder(self, token: str, *, now: datetime, idle: timedelta) -> Account | None:
        """The same without counting as being seen."""
        row = self._holding(token, milliseconds(now), idle)
        return None if row is None else account_of(row)

    def end(self, token: str, *, now: datetime) -> None:
        with self._database.writing() as connection:
            mine = update(account_session).where(_row.token_digest == digest(token), _row.ended_ms.is_(None))
            connection.execute(mine.values(ended_ms=milliseconds(now)))

    def _holding(self, token: str, now_ms: int, idle: timedelta) -> Row[Any] | None:
        owner = account_session.c.account_id == account.c.account_id
        wanted = select(account, _row.seen_ms.label("seen_ms")).join(account_session, owner)
        holds = (
            _row.token_digest == digest(token),
            _row.ended_ms.is_(None),
            _row.expires_ms > now_ms,
            _row.seen_ms > now_ms - round(idle.total_seconds() * 1000),
            account.c.disabled.is_(False),
        )
        with self._database.reading() as connection:
            return connection.execute(wanted.where(*holds)).one_or_none()


def end_sessions(connection: Connection, account_id: str, now: datetime, *, spare: str = "") -> None:
    """End all of an account's, but the one whose token is `spare`."""
    mine = (_row.account_id == account_id, _row.ended_ms.is_(None), _row.token_digest != digest(spare))
    connection.execute(update(account_session).where(*mine).values(ended_ms=milliseconds(now)))


def digest(token: str) -> str:
    """What is kept of a secret of 256 random bits: there is nothing to guess, so a plain digest will do."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
