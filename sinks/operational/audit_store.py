"""The audit log: append-only, and a chain, so that what somebody changes behind our back shows.

The hash of an entry is the SHA-256 of the hash before it (64 zeros before the first), a line break and the entry as
canonical JSON. The database itself refuses to update or delete an entry. Who may change the schema can still rewrite
all of it: note the last hash somewhere else now and then, as `rightswatch doctor` prints it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, insert, select, update

from sinks.errors import StoreRefused
from sinks.operational.audit_tables import audit_log, audit_state
from sinks.operational.database import Database
from sinks.operational.schema import prepare
from sinks.settings import OperationalSettings
from sinks.text import json_text, storable

FIRST = "0" * 64  # what the first entry's hash is over
MOST_ROWS = 500
MOST_DETAIL_BYTES = 4_000
_CHUNK = 1_000
_ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)+", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_row, _state = audit_log.c, audit_state.c
_FIELDS = (_row.sequence, _row.at_ms, _row.by_id, _row.by_name, _row.action, _row.subject, _row.detail, _row.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act as the log has it."""

    sequence: int
    at: datetime
    by_id: str
    by_name: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries, newest first. None: any. `action` also finds what begins with it and a dot."""

    by: str | None = None  # an account's id, or its name as it was
    action: str | None = None
    subject: str | None = None
    after: datetime | None = None  # inclusive
    before: datetime | None = None  # exclusive
    before_sequence: int | None = None  # for the next page
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found. `broken` is the first entry that is not as it was written, and `why`."""

    entries: int
    head: str
    broken: int | None = None
    why: str = ""


class AuditStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def append(
        self, *, by_id: str, by_name: str, action: str, subject: str, detail: Mapping[str, Any], now: datetime
    ) -> int:
        """Add one act; its number."""
        if not _ACTION.fullmatch(action):
            raise StoreRefused(f"action {action[:40]!r}: write dotted words, such as right.put")
        values: dict[str, Any] = {
            "at_ms": (now - _EPOCH) // _MILLISECOND,
            "by_id": _kept(by_id, 200),
            "by_name": _kept(by_name, 200),
            "action": _kept(action, 100),
            "subject": _kept(subject, 600),
            "detail": _canonical(detail),
        }
        if len(values["detail"].encode()) > MOST_DETAIL_BYTES:
            raise StoreRefused(f"detail: longer than {MOST_DETAIL_BYTES:,} bytes as JSON; name things by their ids")
        with self._database.writing() as connection:
            last = connection.execute(select(_state.sequence, _state.hash).with_for_update()).one()
            values["sequence"] = last.sequence + 1
            values["hash"] = _hash(last.hash, values)
            connection.execute(insert(audit_log).values(values))
            connection.execute(update(audit_state).values(sequence=values["sequence"], hash=values["hash"]))
        return int(values["sequence"])

    def page(self, query: AuditQuery) -> list[AuditEntry]:
        """The entries that fit, newest first, at most `limit` (1 to 500)."""
        if not 1 <= query.limit <= MOST_ROWS:
            raise StoreRefused(f"limit: must be between 1 and {MOST_ROWS}")
        wanted = select(*_FIELDS).where(*_conditions(query)).order_by(_row.sequence.desc()).limit(query.limit)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(wanted).all()]

    def verify(self) -> Verified:
        """Read all of the log and work out every hash again, as far as the chain reached when this began."""
        with self._database.reading() as connection:
            end = connection.execute(select(_state.sequence, _state.hash)).one()
        head, last = FIRST, 0
        while last < end.sequence:
            with self._database.reading() as connection:
                rows = _after(connection, last, end.sequence)
            for row in rows or [None]:
                if row is None or row.sequence != last + 1:
                    return Verified(last, head, last + 1, "it is missing")
                if row.hash != _hash(head, row._mapping):  # noqa: SLF001 - public by its documentation
                    return Verified(last, head, row.sequence, "it is not what its hash was made of")
                head, last = row.hash, row.sequence
        if head != end.hash:
            return Verified(last, head, last, "it is not the one that was written last")
        return Verified(last, head)

    def close(self) -> None:
        self._database.close()


def _after(connection: Connection, last: int, end: int) -> Sequence[Any]:
    wanted = select(*_FIELDS).where(_row.sequence > last, _row.sequence <= end).order_by(_row.sequence).limit(_CHUNK)
    return connection.execute(wanted).all()


def _conditions(query: AuditQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.by is not None:
        by = _kept(query.by, 200)
        found.append((_row.by_id == by) | (_row.by_name == by))
    if query.action is not None:
        action = _kept(query.action, 100)
        found.append((_row.action == action) | _row.action.startswith(f"{action}.", autoescape=True))
    if query.subject is not None:
        found.append(_row.subject == _kept(query.subject, 600))
    if query.after is not None:
        found.append(_row.at_ms >= (query.after - _EPOCH) // _MILLISECOND)
    if query.before is not None:
        found.append(_row.at_ms < (query.before - _EPOCH) // _MILLISECOND)
    if query.before_sequence is not None:
        found.append(_row.sequence < query.before_sequence)
    return found


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        sequence=row.sequence,
        at=_EPOCH + row.at_ms * _MILLISECOND,
        by_id=row.by_id,
        by_name=row.by_name,
        action=row.action,
        subject=row.subject,
        detail=orjson.loads(row.detail),
        hash=row.hash,
    )


def _hash(before: str, values: Mapping[str, Any]) -> str:
    entry = {name: value for name, value in values.items() if name != "hash"}
    return hashlib.sha256(f"{before}\n{_canonical(entry)}".encode()).hexdigest()


def _canonical(document: Mapping[str, Any]) -> str:
    """Keys in order, no spaces."""
    try:
        return orjson.dumps(orjson.loads(json_text(document)), option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreRefused(f"detail: has no JSON form: {error}") from error


def _kept(text: str, limit: int) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return storable(text[:limit]).replace("\0", "\ufffd")
