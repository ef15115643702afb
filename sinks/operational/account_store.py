"""Accounts in the operational database: made, changed, and let in by their password."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from sinks.errors import StoreRefused
from sinks.operational.account_keys import AccountKeys, revoke_all
from sinks.operational.account_sessions import AccountSessions, end_sessions
from sinks.operational.account_tables import account, account_session, sign_in_failure
from sinks.operational.accounts import (
    Account,
    SignIn,
    account_name,
    account_of,
    milliseconds,
    moment_or_none,
    name_key,
    texts,
)
from sinks.operational.database import Database
from sinks.operational.lockout import (
    Attempt,
    LockoutPolicy,
    forget,
    forgive,
    locked_until,
    name_subject,
    take_attempt,
    unlock,
)
from sinks.operational.passwords import Passwords, check_password
from sinks.operational.schema import prepare
from sinks.settings import OperationalSettings

ADMINISTRATOR = "administrator"  # the role that must never be without an account that can use it
MOST_ACCOUNTS = 10_000
ONE_TIME_DAYS = 3  # a password that somebody else set works so long
KEPT_DAYS = 90  # sessions that ended
_row = account.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What an account may do and see. The store takes the words as they are."""

    roles: Sequence[str]
    holders: Sequence[str] | None = None
    regions: Sequence[str] | None = None
    language: str | None = None
    disabled: bool = False

    def columns(self) -> dict[str, Any]:
        return {
            "roles": texts(self.roles),
            "holders": None if self.holders is None else texts(self.holders),
            "regions": None if self.regions is None else texts(self.regions),
            "language": self.language,
            "disabled": self.disabled,
        }


class AccountStore:
    """Usable from any thread. The tables are created on construction. Hashing takes a tenth of a second.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(
        self,
        settings: OperationalSettings,
        *,
        passwords: Passwords | None = None,
        policy: LockoutPolicy | None = None,
    ) -> None:
        self._database = Database(settings)
        prepare(self._database)
        self._passwords = passwords or Passwords()
        self._policy = policy or LockoutPolicy()
        self.sessions = AccountSessions(self._database)
        self.keys = AccountKeys(self._database)

    def close(self) -> None:
        self._database.close()

    def accounts(self, now: datetime) -> list[Account]:
        """All of them, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(account).order_by(_row.name_key)).all()
            failures = {row.subject: row for row in connection.execute(select(sign_in_failure)).all()}
        return [account_of(row, failures.get(name_subject(row.name_key)), milliseconds(now)) for row in rows]

    def account(self, account_id: str, now: datetime) -> Account | None:
        with self._database.reading() as connection:
            return self._account(connection, _row.account_id == account_id, now)

    def named(self, name: str, now: datetime) -> Account | None:
        with self._database.reading() as connection:
            return self._account(connection, _row.name_key == name_key(name), now)

    def create(self, name: str, grants: Grants, *, now: datetime, password: str | None = None) -> Account:
        """A new account whose owner chose the password; without one it can only hold keys until it is given one."""
        kept = account_name(name)
        if password is not None:
            check_password(password, kept)
        hashed = None if password is None else self._passwords.hash(password)
        account_id = uuid.uuid4().hex
        values = {
            "account_id": account_id,
            "name": kept,
            "name_key": name_key(kept),
            "password_hash": hashed,
            "must_change": False,
            "created_ms": milliseconds(now),
            **grants.columns(),
        }
        with self._database.writing() as connection:
            if connection.scalar(select(_row.account_id).where(_row.name_key == name_key(kept))) is not None:
                raise StoreRefused(f"name: there is an account {kept} already; take another name")
            if len(connection.execute(select(_row.account_id)).all()) >= MOST_ACCOUNTS:
                raise StoreRefused(f"there are {MOST_ACCOUNTS:,} accounts already")
            connection.execute(insert(account).values(values))
            return account_of(connection.execute(select(account).where(_row.account_id == account_id)).one())

    def change(self, account_id: str, grants: Grants, *, now: datetime) -> Account | None:
        """Put new roles and limits in the place of the present ones; None: no such account. Disabling ends sessions.

        Raises:
            StoreRefused: nobody would be left to administer.
        """
        with self._database.writing() as connection:
            administrators = self._administrators(connection)
            stays = ADMINISTRATOR in grants.roles and not grants.disabled
            if administrators == {account_id} and not stays:
                raise StoreRefused("roles: this is the last administrator; make another one first")
            change = update(account).where(_row.account_id == account_id)
            if connection.execute(change.values(grants.columns())).rowcount == 0:
                return None
            if grants.disabled:
                end_sessions(connection, account_id, now)
            return self._account(connection, _row.account_id == account_id, now)

    def unlock(self, account_id: str) -> None:
        """Forget the tries that failed."""
        with self._database.writing() as connection:
            kept = connection.scalar(select(_row.name_key).where(_row.account_id == account_id))
            if kept is not None:
                unlock(connection, kept)

    def set_password(self, account_id: str, password: str, *, now: datetime, spare: str = "") -> None:
        """The owner's own choice. Every other session ends; `spare` is the token of the one that stays."""
        with self._database.reading() as connection:
            name = connection.scalar(select(_row.name).where(_row.account_id == account_id))
        check_password(password, name or "")
        self._set(account_id, password, now, one_time=False, spare=spare)

    def reset_password(self, account_id: str, *, now: datetime) -> str:
        """A random password that its owner must change at once; it works for three days. Every session ends, and no key
        of the account holds any longer: whoever had the old password may have made one."""
        password = "-".join(secrets.token_hex(3) for _ in range(4))
        self._set(account_id, password, now, one_time=True)
        return password

    def sign_in(self, name: str, password: str, *, address: str, now: datetime) -> SignIn:
        """Let the owner of the password in. Takes as long, and counts and locks alike, for a name that nobody has."""
        attempt, now_ms = Attempt(name_key(name), address), milliseconds(now)
        with self._database.writing() as connection:
            until = take_attempt(self._database, connection, attempt, self._policy, now_ms)
        if until is not None:
            return SignIn(None, moment_or_none(until), was_looked_at=False)
        with self._database.reading() as connection:
            row = connection.execute(select(account).where(_row.name_key == attempt.name_key)).one_or_none()
        kept = row.password_hash if row is not None else None
        is_right = self._passwords.matches(kept, password)
        if row is None or kept is None or not is_right or row.disabled or (row.password_until_ms or now_ms) < now_ms:
            with self._database.reading() as connection:
                return SignIn(None, moment_or_none(locked_until(connection, attempt, self._policy, now_ms)))
        newer = self._passwords.hash(password) if self._passwords.is_outdated(kept) else kept
        with self._database.writing() as connection:
            forgive(connection, attempt)
            mine = update(account).where(_row.account_id == row.account_id, _row.password_hash == kept)
            if connection.execute(mine.values(signed_in_ms=now_ms, password_hash=newer)).rowcount == 0:
                return SignIn(None)  # the password was changed meanwhile
            return SignIn(self._account(connection, _row.account_id == row.account_id, now))

    def is_password(self, account_id: str, password: str) -> bool:
        """Whether it is the account's present one: asked again before it is changed."""
        with self._database.reading() as connection:
            kept = connection.scalar(select(_row.password_hash).where(_row.account_id == account_id))
        return self._passwords.matches(kept, password)

    def prune(self, now: datetime) -> None:
        """Forget old failures and sessions that ended long ago."""
        oldest = milliseconds(now - timedelta(days=KEPT_DAYS))
        with self._database.writing() as connection:
            forget(connection, self._policy, milliseconds(now))
            connection.execute(delete(account_session).where(account_session.c.expires_ms < oldest))

    def _set(self, account_id: str, password: str, now: datetime, *, one_time: bool, spare: str = "") -> None:
        hashed = self._passwords.hash(password)
        until = milliseconds(now + timedelta(days=ONE_TIME_DAYS)) if one_time else None
        with self._database.writing() as connection:
            kept = connection.scalar(select(_row.name_key).where(_row.account_id == account_id))
            if kept is None:
                raise StoreRefused("account: there is none with that id")
            mine = update(account).where(_row.account_id == account_id)
            connection.execute(mine.values(password_hash=hashed, must_change=one_time, password_until_ms=until))
            unlock(connection, kept)
            end_sessions(connection, account_id, now, spare=spare)
            if one_time:
                revoke_all(connection, account_id, now)

    def _account(self, connection: Connection, condition: Any, now: datetime) -> Account | None:
        row = connection.execute(select(account).where(condition)).one_or_none()
        if row is None:
            return None
        subject = name_subject(row.name_key)
        failed = select(sign_in_failure).where(sign_in_failure.c.subject == subject)
        return account_of(row, connection.execute(failed).one_or_none(), milliseconds(now))

    @staticmethod
    def _administrators(connection: Connection) -> set[str]:
        """Those that can sign in or hold a key, locked until the transaction ends."""
        enabled = select(account).where(_row.disabled.is_(False)).order_by(_row.account_id)
        rows = connection.execute(enabled.with_for_update()).all()
        return {row.account_id for row in rows if ADMINISTRATOR in account_of(row).roles}
