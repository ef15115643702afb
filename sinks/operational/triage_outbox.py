"""What judging still has to tell: states and verdicts to ClickHouse, states and claims to the live stream.

A row is written in the transaction of its act, so nothing that was decided can be forgotten, and nothing that was not
decided can be told. One process moves them (`moving`); what moves twice is harmless: readers go by version and id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, and_, delete, func, insert, select, update

from detectors.records import timestamp_text
from sinks.operational.database import Database
from sinks.operational.triage_records import State, from_ms, to_ms
from sinks.operational.triage_rows import Values, verdict_document
from sinks.operational.triage_tables import triage_outbox
from sinks.text import json_text

STATE, VERDICT, CLAIM = "state", "verdict", "claim"
BATCH = 500
MOST_PENDING = 2_000  # the newest; what else waits is left out of answers that show a state
_box = triage_outbox.c


@dataclass(frozen=True, slots=True)
class Entry:
    """One row that is to be moved. `kind`: state, verdict or claim; `text`: its JSON."""

    outbox_id: str
    kind: str
    text: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.text)
        return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows wait, and since when the oldest of them does."""

    rows: int
    oldest: datetime | None


class TriageOutbox:
    """Usable from any thread. Raises StoreUnavailable, StoreRefused."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def moving(self, lane: str) -> Iterator[bool]:
        """Whether this caller may move rows to the `store` or the `show`. Never waits; a holder that dies lets go."""
        with self._database.outbox_lock(lane) as held:
            yield held

    def to_store(self) -> list[Entry]:
        """States and verdicts that ClickHouse does not have yet, oldest first."""
        return self._waiting(_box.stored_at_ms.is_(None))

    def to_show(self) -> list[Entry]:
        """States and claims that the live stream does not have yet, oldest first."""
        return self._waiting(_box.shown_at_ms.is_(None))

    def stored(self, entries: Sequence[Entry], now: datetime) -> None:
        """ClickHouse has these."""
        self._mark(entries, "stored_at_ms", now)

    def shown(self, entries: Sequence[Entry], now: datetime) -> None:
        """The live stream has these."""
        self._mark(entries, "shown_at_ms", now)

    def pending(self) -> list[dict[str, Any]]:
        """States that ClickHouse may not have yet: what its answers are to be corrected by."""
        wanted = select(_box.document).where(_box.stored_at_ms.is_(None), _box.kind == STATE)
        newest = wanted.order_by(_box.at_ms.desc(), _box.version.desc()).limit(MOST_PENDING)
        with self._database.reading() as connection:
            return [orjson.loads(text) for text in connection.scalars(newest)]

    def waiting(self) -> Waiting:
        """What waits for ClickHouse; the live stream may be away for long without harm."""
        wanted = select(func.count(), func.min(_box.at_ms)).where(_box.stored_at_ms.is_(None))
        with self._database.reading() as connection:
            rows, oldest = connection.execute(wanted).one()
        return Waiting(rows, None if oldest is None else from_ms(oldest))

    def _waiting(self, condition: Any) -> list[Entry]:
        wanted = select(triage_outbox).where(condition).order_by(_box.at_ms, _box.version).limit(BATCH)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [Entry(row.outbox_id, row.kind, row.document) for row in rows]

    def _mark(self, entries: Sequence[Entry], column: str, now: datetime) -> None:
        chosen = _box.outbox_id.in_([entry.outbox_id for entry in entries])
        with self._database.writing() as connection:
            connection.execute(update(triage_outbox).where(chosen).values({column: to_ms(now)}))
            done = and_(chosen, _box.stored_at_ms.is_not(None), _box.shown_at_ms.is_not(None))
            connection.execute(delete(triage_outbox).where(done))


def announce(connection: Connection, kind: str, states: Sequence[State], now: datetime) -> None:
    """Let states be told that came of an act (`state`), or claims (`claim`, which ClickHouse need not know)."""
    _put(
        connection,
        [
            _row(kind, state.group_id, state.version, announcement(state, now), now)
            | _done(kind == CLAIM, "stored", now)
            for state in states
        ],
    )


def announce_verdicts(connection: Connection, events: Sequence[Values], now: datetime) -> None:
    """Let the verdicts among these events be stored."""
    _put(
        connection,
        [
            _row(VERDICT, event["group_id"], event["version"], document, now) | _done(True, "shown", now)
            for event in events
            if (document := verdict_document(event)) is not None
        ],
    )


def announcement(state: State, now: datetime) -> str:
    """A state as JSON, with what decides who may see it, where an alert has it."""
    about = {"group_id": state.group_id, "right_id": state.right_id, "seller": {"region": state.seller_region}}
    return json_text(about | {"at": timestamp_text(now), "state": state.to_json()})


def _row(kind: str, group_id: str, version: int, document: str, now: datetime) -> Values:
    return {
        "outbox_id": str(uuid4()),
        "kind": kind,
        "group_id": group_id,
        "version": version,
        "document": document,
        "at_ms": to_ms(now),
        "stored_at_ms": None,
        "shown_at_ms": None,
    }


def _done(is_done: bool, lane: str, now: datetime) -> Values:
    return {f"{lane}_at_ms": to_ms(now) if is_done else None}


def _put(connection: Connection, rows: Sequence[Values]) -> None:
    if rows:
        connection.execute(insert(triage_outbox), list(rows))
