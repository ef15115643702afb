"""The rights, the rule packs, the allowed pictures and their history: the source of truth.

The `watchlist` log is published from it.

Every change gets the next revision of one counter, and every entry ever made is kept, so that what held at any revision
can be read again.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, update

from sinks.errors import StoreRefused
from sinks.operational.changes import CALIBRATION, RULES, TAKEN_BACK, Change, log_entry, parse_change, right_subject
from sinks.operational.database import Database
from sinks.operational.schema import prepare, watchlist_log, watchlist_state
from sinks.settings import OperationalSettings

_CHUNK = 500  # rows to a statement; SQLite takes 999 bound values in old builds
_log = watchlist_log.c
LogEntry = dict[str, Any]


@dataclass(slots=True)
class Publication:
    """What the single publisher must write to the log now. Read `entries` once, to the end."""

    held: bool  # False: somebody else publishes; there is nothing to do
    entries: Iterator[LogEntry]
    revision: int  # everything up to here is in the log once the entries are: write it as the checkpoint
    log: int  # which log it is, beside it in the checkpoint: a reader tells a new log from the one it knows
    finished: bool = False


class RightsStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def apply(self, changes: Iterable[Mapping[str, Any]]) -> int:
        """Make all the changes, or none; the revision afterwards.

        A change is a log entry without revision. One that changes nothing gets no revision, so a file may be imported
        twice. A withdrawal of a right that was never known is refused: it is most likely a misspelt id.
        """
        with self._database.writing() as connection:
            revision: int = connection.execute(select(watchlist_state.c.revision).with_for_update()).scalar_one()
            remaining = iter(changes)
            while chunk := [parse_change(change) for change in itertools.islice(remaining, _CHUNK)]:
                revision = append_changes(connection, chunk, revision)
            connection.execute(update(watchlist_state).values(revision=revision))
        return revision

    def revision(self) -> int:
        """The last revision given out; 0 when nothing was ever changed."""
        return self._state()[0]

    def published_revision(self) -> int:
        """Everything up to this revision has been published."""
        return self._state()[1]

    def get(self, right_id: str) -> dict[str, Any] | None:
        """The right as it holds now (the contract's JSON); None when it is unknown or withdrawn."""
        try:
            subject = right_subject(right_id)
        except StoreRefused:
            return None  # no right can have that id
        wanted = select(_log.document).where(_log.subject == subject, _log.superseded_by.is_(None), _log.op == "put")
        with self._database.reading() as connection:
            document = connection.scalar(wanted)
        return None if document is None else orjson.loads(document)

    def rules(self) -> dict[str, str]:
        """The rule pack that was imported last: TOML texts by file name; empty when the shipped one holds."""
        return self._one_in_force(RULES)

    def calibration(self) -> dict[str, Any]:
        """The calibration in force, as it was put there; empty when the shipped scores hold."""
        return self._one_in_force(CALIBRATION)

    def entries(self, after: int) -> Iterator[LogEntry]:
        """Every change after that revision, in order, up to the last one there is when the reading starts."""
        return self._select(_log.revision > after, _log.revision <= self.revision())

    def current(self) -> Iterator[LogEntry]:
        """The log entries of what holds now, in the order of their revisions."""
        return self.at(self.revision())

    def at(self, revision: int, right_ids: Collection[str] | None = None) -> Iterator[LogEntry]:
        """The log entries that held at that revision, in order.

        With `right_ids` only those rights, the rule pack, the calibration, every allowed picture, and every register:
        declarations are few, and patent claims need them all.
        """
        self._refuse_future(revision)
        holds = (*_held_at(revision), _log.op.not_in(tuple(TAKEN_BACK)))
        if right_ids is None:
            return self._select(*holds)
        subjects = sorted(right_subject(right_id) for right_id in set(right_ids))
        chunks = (subjects[start : start + _CHUNK] for start in range(0, len(subjects), _CHUNK))
        rights = itertools.chain.from_iterable(self._select(*holds, _log.subject.in_(chunk)) for chunk in chunks)
        found = itertools.chain(self._select(*holds, _log.op.in_(("register", "rules", "calibrate", "allow"))), rights)
        return iter(sorted(found, key=lambda entry: int(entry["revision"])))

    @contextmanager
    def publishing(self, *, everything: bool = False) -> Iterator[Publication]:
        """Be the single publisher for a while. Whoever comes second waits for nothing: `held` is False, no entries.

        Yields the entries not yet published; with `everything`, for a log that lost its content, the latest entry about
        every right, register and allowed picture and the rules, withdrawals too: a worker that lives on must hear of
        those. They count as published when the block ends without an exception and all were read. After a crash they
        are published again, which readers of the log tolerate; a log begun anew counts as unpublished until it is
        complete.
        """
        with self._database.publisher_lock() as held:
            if held and everything:
                self._begin_log()
            revision, published, log = self._state()
            publication = Publication(held, iter(()), revision, log)
            if held:
                chosen = _held_at(revision) if everything else (_log.revision > published, _log.revision <= revision)
                publication.entries = self._select(*chosen, finished=publication)
            yield publication
            if publication.finished:
                self._mark_published(revision)

    def close(self) -> None:
        self._database.close()

    def _one_in_force(self, subject: str) -> dict[str, Any]:
        with self._database.reading() as connection:
            document = connection.scalar(
                select(_log.document).where(_log.subject == subject, _log.superseded_by.is_(None))
            )
        return {} if document is None else orjson.loads(document)

    def _state(self) -> tuple[int, int, int]:
        """The last revision, the last published one, and the number of the log it was published to."""
        state = watchlist_state.c
        with self._database.reading() as connection:
            row = connection.execute(select(state.revision, state.published_revision, state.published_log)).one()
        return row.revision, row.published_revision, row.published_log

    def _begin_log(self) -> None:
        begun = update(watchlist_state).values(published_revision=0, published_log=watchlist_state.c.published_log + 1)
        with self._database.writing() as connection:
            connection.execute(begun)

    def _refuse_future(self, revision: int) -> None:
        newest = self.revision()
        if revision > newest:
            raise StoreRefused(
                f"{self._database.place}: revision {revision} is not in it, the last is {newest}; "
                "name the database that the alert's watchlist came from"
            )

    def _select(self, *conditions: ColumnElement[bool], finished: Publication | None = None) -> Iterator[LogEntry]:
        """In chunks by revision: no transaction stays open while the caller works on an entry."""
        last = 0
        while True:
            wanted = (
                select(_log.revision, _log.op, _log.subject, _log.document)
                .where(*conditions, _log.revision > last)
                .order_by(_log.revision)
                .limit(_CHUNK)
            )
            with self._database.reading() as connection:
                rows = connection.execute(wanted).all()
            for row in rows:
                yield log_entry(*row)
            if len(rows) < _CHUNK:
                break
            last = rows[-1].revision
        if finished:
            finished.finished = True

    def _mark_published(self, revision: int) -> None:
        behind = watchlist_state.c.published_revision < revision
        with self._database.writing() as connection:
            connection.execute(update(watchlist_state).where(behind).values(published_revision=revision))


def _held_at(revision: int) -> tuple[ColumnElement[bool], ...]:
    return (_log.revision <= revision, or_(_log.superseded_by.is_(None), _log.superseded_by > revision))


def append_changes(connection: Connection, changes: list[Change], revision: int) -> int:
    """Write what differs from what holds; the new last revision."""
    latest = _latest(connection, {change.subject for change in changes})
    added: dict[int, dict[str, Any]] = {}
    superseded: list[dict[str, int]] = []
    for change in changes:
        before = latest.get(change.subject)
        if before is None and change.op in TAKEN_BACK:
            raise StoreRefused(f"{change.subject}: cannot be withdrawn, it was never on the watchlist; check its id")
        if before is not None and before[1:] == (change.op, change.document):
            continue
        revision += 1
        if before is not None and before[0] in added:
            added[before[0]]["superseded_by"] = revision
        elif before is not None:
            superseded.append({"old": before[0], "new": revision})
        latest[change.subject] = (revision, change.op, change.document)
        added[revision] = {
            "revision": revision,
            "op": change.op,
            "subject": change.subject,
            "document": change.document,
            "superseded_by": None,
        }
    if superseded:
        replace = update(watchlist_log).where(_log.revision == bindparam("old"))
        connection.execute(replace.values(superseded_by=bindparam("new")), superseded)
    if added:
        connection.execute(insert(watchlist_log), list(added.values()))
    return revision


def _latest(connection: Connection, subjects: set[str]) -> dict[str, tuple[int, str, str]]:
    rows = connection.execute(
        select(_log.subject, _log.revision, _log.op, _log.document).where(
            _log.subject.in_(sorted(subjects)), _log.superseded_by.is_(None)
        )
    )
    return {row.subject: (row.revision, row.op, row.document) for row in rows}
