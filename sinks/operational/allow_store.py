"""The allow-list of pictures: what people and the flood watch decide, as entries of the watchlist's log.

A person's word goes before the flood watch's: a quarantine is written only where no entry holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, update

from detectors.errors import RightError
from detectors.records import timestamp_text
from detectors.watchlist.allowed import ALLOWED, DISTANCE, QUARANTINED, RELEASED, parse_pdq
from sinks.errors import StoreRefused
from sinks.operational.changes import Change, allow_subject, parse_change
from sinks.operational.database import Database
from sinks.operational.rights_store import append_changes
from sinks.operational.schema import prepare, watchlist_log, watchlist_state
from sinks.settings import OperationalSettings

MOST_ENTRIES = 100_000  # whose look-up was measured; more is no list that anybody decided about
_log = watchlist_log.c
_HOLDS = (_log.op == "allow", _log.superseded_by.is_(None))
_COUNT = select(func.count()).select_from(watchlist_log).where(*_HOLDS)
Entry = dict[str, Any]
"""pdq, state, distance, note, by, since; of a quarantine also `fired`: what the flood watch saw (streams/flood)."""


class AllowStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def entries(self, state: str | None = None) -> list[Entry]:
        """What holds now: the quarantined first, of each state the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(_log.document).where(*_HOLDS).order_by(_log.revision.desc())).all()
        found = [orjson.loads(row.document) for row in rows]
        wanted = [entry for entry in found if state in (None, entry["state"])]
        return sorted(wanted, key=lambda entry: bool(entry["state"] != QUARANTINED))

    def get(self, pdq: str) -> Entry | None:
        """The entry that holds for exactly this fingerprint."""
        try:
            subject = allow_subject(pdq)
        except RightError:
            return None
        with self._database.reading() as connection:
            document = connection.scalar(select(_log.document).where(*_HOLDS, _log.subject == subject))
        return None if document is None else orjson.loads(document)

    def allow(self, pdq: str, *, by: str, now: datetime, note: str = "", distance: int | None = None) -> int:
        """A person says that this picture is nobody's: it never alerts. The revision; a known distance is kept."""
        return self._decide(pdq, ALLOWED, by, now, note, distance)

    def release(self, pdq: str, *, by: str, now: datetime, note: str = "", distance: int | None = None) -> int:
        """A person says that this picture is to alert: the flood watch leaves it alone from now on."""
        return self._decide(pdq, RELEASED, by, now, note, distance)

    def remove(self, pdq: str) -> int | None:
        """Take the entry off the list, as if nothing had been decided; None when there is none."""
        with self._changing() as (connection, change):
            if _held(connection, pdq) is None:
                return None
            return change(parse_change({"op": "disallow", "pdq": pdq}))

    def quarantine(self, found: Sequence[Mapping[str, Any]], now: datetime) -> list[Entry]:
        """Those that were written: where an entry holds it stays. Each says pdq, distance and fired."""
        written = []
        with self._changing() as (connection, change):
            for one in found:
                if _held(connection, one["pdq"]) is None:
                    entry = {**one, "state": QUARANTINED, "by": "flood", "since": timestamp_text(now)}
                    change(parse_change({"op": "allow", "allow": entry}))
                    written.append(entry)
        return written

    @contextmanager
    def watching(self) -> Iterator[bool]:
        """Whether this caller may watch for floods now. Never waits; a holder that dies lets go."""
        with self._database.flood_lock() as held:
            yield held

    def close(self) -> None:
        self._database.close()

    def _decide(self, pdq: str, state: str, by: str, now: datetime, note: str, distance: int | None) -> int:
        with self._changing() as (connection, change):
            before = _held(connection, pdq) or {}
            if not before and (connection.scalar(_COUNT) or 0) >= MOST_ENTRIES:
                raise StoreRefused(f"allow: the list has {MOST_ENTRIES:,} entries already; remove some")
            within = before.get("distance", DISTANCE) if distance is None else distance
            if (before.get("state"), before.get("distance")) == (state, within) and note in ("", before.get("note")):
                return change(None)
            entry = {"pdq": pdq, "state": state, "distance": within, "note": note, "by": by}
            entry |= {"since": timestamp_text(now.astimezone(UTC))}
            if "fired" in before:
                entry["fired"] = before["fired"]
            return change(parse_change({"op": "allow", "allow": entry}))

    @contextmanager
    def _changing(self) -> Iterator[tuple[Connection, Callable[[Change | None], int]]]:
        """A transaction that alone may change the watchlist, and what makes a change in it and gives the revision."""
        with self._database.writing() as connection:
            revision: int = connection.execute(select(watchlist_state.c.revision).with_for_update()).scalar_one()

            def change(one: Change | None) -> int:
                nonlocal revision
                if one is not None:
                    revision = append_changes(connection, [one], revision)
                    connection.execute(update(watchlist_state).values(revision=revision))
                return revision

            yield connection, change


def _held(connection: Connection, pdq: str) -> Entry | None:
    try:
        subject = f"allow:{parse_pdq(pdq)}"
    except RightError as error:
        raise StoreRefused(str(error)) from error
    document = connection.scalar(select(_log.document).where(*_HOLDS, _log.subject == subject))
    return None if document is None else orjson.loads(document)
