"""Changes of rights that people make: each names the revision it was based on, who made it and why, and all are kept.

The change itself is an entry of the watchlist's log like any other, written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from detectors.records import timestamp_text
from sinks.errors import StaleRevision, StoreRefused
from sinks.operational.changes import Change, parse_change, right_subject
from sinks.operational.database import Database
from sinks.operational.right_differences import FieldDifference, differences
from sinks.operational.right_history_tables import right_history
from sinks.operational.rights_store import append_changes
from sinks.operational.schema import prepare, watchlist_log, watchlist_state
from sinks.settings import OperationalSettings
from sinks.visible import holder_id_of

IMPORT = "import"  # who, where nobody was named: the command line
MOST_REASON = 500  # code points
MOST_CHANGES = 100  # of one right's history in one reading
_log = watchlist_log.c


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a right."""

    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right as it is, and the revision that a change of it must name.

    document : the contract's JSON; None when it was withdrawn from the watchlist. last : what it was before that.
    """

    revision: int
    document: dict[str, Any] | None
    last: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightChange:
    """One change of a right.

    based_on : the revision that it changed; 0 for the first. op : put or withdraw.
    holder_id, holder_before : whose right it was after the change and before it; a withdrawal leaves it whose it was.
    """

    revision: int
    based_on: int
    op: str
    by: str
    at: datetime
    reason: str
    differences: tuple[FieldDifference, ...]
    holder_id: str | None
    holder_before: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "revision": self.revision,
            "based_on": self.based_on,
            "op": self.op,
            "by": self.by,
            "at": timestamp_text(self.at),
            "reason": self.reason,
            "differences": [difference.to_json() for difference in self.differences],
        }


class RightHistoryStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def put(self, right: Mapping[str, Any], *, based_on: int, author: Author, now: datetime, reason: str = "") -> int:
        """Make this the right's form; its revision afterwards, which is the old one when nothing differs.

        based_on : the revision of the form that was changed; 0 when the right is new.

        Raises:
            StaleRevision: somebody else changed it meanwhile.
        """
        return self._change(parse_change({"op": "put", "right": right}), based_on, author, now, reason)

    def withdraw(self, right_id: str, *, based_on: int, author: Author, now: datetime, reason: str) -> int:
        """Take the right off the watchlist. Raises as `put` does."""
        return self._change(parse_change({"op": "withdraw", "right_id": right_id}), based_on, author, now, reason)

    def held(self, right_id: str) -> HeldRight | None:
        """The right as it is now; None when it was never on the watchlist."""
        try:
            subject = right_subject(right_id)
        except StoreRefused:
            return None  # no right can have that id
        rows = self._entries(subject, None, 2)
        if not rows:
            return None
        document, *before = (_document(row) for row in rows)
        return HeldRight(rows[0].revision, document, document or (before[0] if before else None))

    def history(
        self, right_id: str, *, before: int | None = None, limit: int = MOST_CHANGES
    ) -> tuple[RightChange, ...]:
        """What was changed, the newest first; only changes before that revision when one is given."""
        rows = self._entries(right_subject(right_id), before, min(limit, MOST_CHANGES) + 1)
        pairs = zip_longest(rows, rows[1:])
        return tuple(_change(row, older) for row, older in pairs)[: min(limit, MOST_CHANGES)]

    def close(self) -> None:
        self._database.close()

    def _entries(self, subject: str, before: int | None, limit: int) -> list[Any]:
        wanted = (
            select(_log.revision, _log.op, _log.document, _log.recorded_at, right_history)
            .select_from(watchlist_log.outerjoin(right_history, right_history.c.revision == _log.revision))
            .where(_log.subject == subject)
            .order_by(_log.revision.desc())
            .limit(limit)
        )
        if before is not None:
            wanted = wanted.where(_log.revision < before)
        with self._database.reading() as connection:
            return list(connection.execute(wanted).all())

    def _change(self, change: Change, based_on: int, author: Author, now: datetime, reason: str) -> int:
        if len(reason) > MOST_REASON:
            raise StoreRefused(f"reason: longer than {MOST_REASON} characters; shorten it")
        with self._database.writing() as connection:
            last: int = connection.execute(select(watchlist_state.c.revision).with_for_update()).scalar_one()
            present = _present_revision(connection, change.subject)
            if present != based_on:
                raise StaleRevision(change.subject.partition(":")[2], based_on, present)
            revision = append_changes(connection, [change], last)
            if revision == last:
                return present
            connection.execute(update(watchlist_state).values(revision=revision))
            connection.execute(
                insert(right_history).values(
                    revision=revision,
                    subject=change.subject,
                    based_on=based_on,
                    account_id=author.account_id,
                    by_name=author.name,
                    reason=reason,
                    at_ms=round(now.timestamp() * 1000),
                )
            )
        return revision


def _present_revision(connection: Connection, subject: str) -> int:
    wanted = select(_log.revision).where(_log.subject == subject, _log.superseded_by.is_(None))
    return connection.scalar(wanted) or 0


def _holder(document: dict[str, Any] | None) -> str | None:
    return holder_id_of(document) if document else None


def _document(row: Any) -> dict[str, Any] | None:
    return orjson.loads(row.document) if row.op == "put" else None


def _change(row: Any, older: Any | None) -> RightChange:
    """older: the entry that it replaced, None for the first."""
    before, after = (_document(entry) if entry is not None else None for entry in (older, row))
    is_named = row.by_name is not None
    return RightChange(
        revision=row.revision,
        based_on=older.revision if older is not None else 0,
        op=row.op,
        by=row.by_name if is_named else IMPORT,
        at=datetime.fromtimestamp(row.at_ms / 1000, UTC) if is_named else row.recorded_at.replace(tzinfo=UTC),
        reason=row.reason if is_named else "",
        differences=differences(before, after) if before and after else (),
        holder_id=_holder(after or before),
        holder_before=_holder(before or after),
    )
