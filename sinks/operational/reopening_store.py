"""Rights that were changed or withdrawn, and calibrations, read from the watchlist's log behind a cursor that is kept.

A right that is new touches nothing that was decided, so only what took another form's place is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select, update

from sinks.operational.changes import CALIBRATION
from sinks.operational.database import Database
from sinks.operational.reopening_tables import reopening_state
from sinks.operational.schema import prepare, watchlist_log
from sinks.settings import OperationalSettings

CHUNK = 500  # entries of the log in one reading
_log = watchlist_log.c
_older = watchlist_log.alias("older")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RightEdit:
    """A right before its change and after it. None: it was withdrawn."""

    right_id: str
    revision: int
    before: Document
    after: Document | None


@dataclass(frozen=True, slots=True)
class CalibrationEdit:
    """What verdicts moved before and after a change of it (its JSON); empty: nothing."""

    revision: int
    before: Document
    after: Document


@dataclass(frozen=True, slots=True)
class Edits:
    """The changes of a part of the log, each right once; none of them when only the cursor is to move on."""

    edits: tuple[RightEdit, ...]
    calibration: CalibrationEdit | None
    read_up_to: int


class ReopeningStore:
    """Usable from any thread; all but `lock` is for the one who holds the lock. Creates the tables.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Whether this caller alone may open groups again now. Never waits; a holder that dies lets go."""
        with self._database.reopening_lock() as held:
            yield held

    def next_edits(self, up_to: int) -> Edits | None:
        """The oldest changes that are not done, up to that revision; None when there are none."""
        read = select(reopening_state.c.read_revision).scalar_subquery()
        span = (
            select(_log.revision)
            .where(_log.revision > read, _log.revision <= up_to)
            .order_by(_log.revision)
            .limit(CHUNK)
        )
        with self._database.reading() as connection:
            revisions = connection.scalars(span).all()
            if not revisions:
                return None
            entries = (
                select(_log.subject, _log.revision, _log.op, _log.document, _older.c.document.label("before"))
                .where(_log.revision.in_(revisions))
                .order_by(_log.revision)
            )
            changes = entries.join(_older, _older.c.superseded_by == _log.revision)
            rows = connection.execute(changes.where(_log.subject.startswith("right:"))).all()
            first_too = entries.outerjoin(_older, _older.c.superseded_by == _log.revision)
            calibrations = connection.execute(first_too.where(_log.subject == CALIBRATION)).all()
        return Edits(_edits(rows), _calibration_edit(calibrations), revisions[-1])

    def done(self, edits: Edits) -> None:
        """All that these changes touch is open again."""
        with self._database.writing() as connection:
            connection.execute(update(reopening_state).values(read_revision=edits.read_up_to))

    def close(self) -> None:
        self._database.close()


def _edits(rows: Sequence[Any]) -> tuple[RightEdit, ...]:
    """Of a right that changed more than once its first form and its last. One that came back is as good as new."""
    edits: dict[str, RightEdit] = {}
    for row in rows:
        right_id = row.subject.removeprefix("right:")
        known = edits.get(right_id)
        if known is None and not row.before:
            continue
        before = known.before if known else orjson.loads(row.before)
        after = orjson.loads(row.document) if row.op == "put" else None
        edits[right_id] = RightEdit(right_id, row.revision, before, after)
    return tuple(edits.values())


def _calibration_edit(rows: Sequence[Any]) -> CalibrationEdit | None:
    if not rows:
        return None
    first, last = rows[0], rows[-1]
    before = orjson.loads(first.before) if first.before else {}
    return CalibrationEdit(last.revision, before, orjson.loads(last.document))
