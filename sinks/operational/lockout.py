"""Tries to sign in, counted before the password is looked at, so that many tries at once count as many.

A name that nobody has is counted and locked as any other: a lock does not say that there is such an account.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from sinks.operational.account_tables import sign_in_failure
from sinks.operational.database import Database

NAME_FORGET_MS, ADDRESS_FORGET_MS = 86_400_000, 3_600_000
_row = sign_in_failure.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """How many tries may fail before a pause, and how the pauses grow: each failure afterwards doubles them."""

    free: int
    first_ms: int = 30_000
    most_ms: int = 3_600_000
    forget_ms: int  # no failure for so long: begun anew

    def pause_ms(self, failures: int) -> int:
        return 0 if failures < self.free else min(self.first_ms << min(failures - self.free, 20), self.most_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockoutPolicy:
    name: Lock = Lock(free=5, forget_ms=NAME_FORGET_MS)
    address: Lock = Lock(free=30, forget_ms=ADDRESS_FORGET_MS)  # an office may share one

    @property
    def forget_ms(self) -> int:
        return max(self.name.forget_ms, self.address.forget_ms)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the name's key and the address that it came from."""

    name_key: str
    address: str

    def subjects(self, policy: LockoutPolicy) -> tuple[tuple[str, Lock], ...]:
        return (name_subject(self.name_key), policy.name), (address_subject(self.address), policy.address)


def name_subject(name_key: str) -> str:
    return f"name:{hashlib.sha256(name_key.encode('utf-8', 'replace')).hexdigest()}"


def address_subject(address: str) -> str:
    """Of IPv6 the network: whoever has one address has all of a /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"address:{address[:60]}"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return f"address:{ipaddress.ip_network((int(parsed) >> 64 << 64, 64))}"
    return f"address:{getattr(parsed, 'ipv4_mapped', None) or parsed}"


def take_attempt(
    database: Database, connection: Connection, attempt: Attempt, policy: LockoutPolicy, now_ms: int
) -> int | None:
    """Count the try as one that failed. None: it may go on; else nothing was counted, and it is locked until then."""
    subjects = attempt.subjects(policy)
    fresh = {"failures": 0, "last_ms": now_ms, "locked_until_ms": None}
    counted: list[tuple[str, int, int]] = []
    for subject, lock in subjects:
        database.insert_missing(connection, sign_in_failure, [{"subject": subject, **fresh}])
        row = connection.execute(select(sign_in_failure).where(_row.subject == subject).with_for_update()).one()
        if (row.locked_until_ms or 0) > now_ms:
            return int(row.locked_until_ms)
        failures = 1 + (row.failures if now_ms - row.last_ms < lock.forget_ms else 0)
        counted.append((subject, failures, lock.pause_ms(failures)))
    for subject, failures, pause_ms in counted:
        locked_until = now_ms + pause_ms if pause_ms else None
        change = update(sign_in_failure).where(_row.subject == subject)
        connection.execute(change.values(failures=failures, last_ms=now_ms, locked_until_ms=locked_until))
    return None


def locked_until(connection: Connection, attempt: Attempt, policy: LockoutPolicy, now_ms: int) -> int | None:
    """Until when the next such try is refused."""
    subjects = [subject for subject, _ in attempt.subjects(policy)]
    kept = connection.scalars(select(_row.locked_until_ms).where(_row.subject.in_(subjects))).all()
    return max((until for until in kept if until and until > now_ms), default=None)


def forgive(connection: Connection, attempt: Attempt) -> None:
    """The try passed: the name begins anew; of its address only this try is taken back, others may have failed."""
    connection.execute(delete(sign_in_failure).where(_row.subject == name_subject(attempt.name_key)))
    of_address = update(sign_in_failure).where(_row.subject == address_subject(attempt.address), _row.failures > 0)
    connection.execute(of_address.values(failures=_row.failures - 1, locked_until_ms=None))


def unlock(connection: Connection, name_key: str) -> None:
    connection.execute(delete(sign_in_failure).where(_row.subject == name_subject(name_key)))


def forget(connection: Connection, policy: LockoutPolicy, now_ms: int) -> None:
    connection.execute(delete(sign_in_failure).where(_row.last_ms < now_ms - policy.forget_ms))
