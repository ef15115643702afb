"""Shelves: what keeps all open groups of a right or a seller, those to come too, from the queue until a moment."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from sinks.errors import StoreRefused
from sinks.operational.database import Database
from sinks.operational.triage_records import Actor, Shelf, from_ms, to_ms
from sinks.operational.triage_tables import triage_shelf

KINDS = ("right", "seller")
MOST_SHELVES = 200  # at a time: each is a condition of every look at the queue
_shelf = triage_shelf.c


class TriageShelves:
    """Usable from any thread. Raises StoreUnavailable, StoreRefused."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def at(self, now: datetime) -> list[Shelf]:
        """The shelves that hold now, the newest first."""
        wanted = select(triage_shelf).where(_shelf.until_ms > to_ms(now)).order_by(_shelf.at_ms.desc())
        with self._database.reading() as connection:
            return [
                Shelf(row.shelf_id, row.kind, row.value, from_ms(row.until_ms), row.note, row.by_name)
                for row in connection.execute(wanted)
            ]

    def put(self, kind: str, value: str, who: Actor, now: datetime, *, until: datetime, note: str) -> Shelf:
        """Shelve a right or a seller; one that is shelved already stays so until the new end.

        Raises:
            StoreRefused: too many are shelved.
        """
        shelf = Shelf(str(uuid4()), kind, value, until, note, who.name)
        with self._database.writing() as connection:
            held = connection.scalar(select(func.count()).where(_shelf.until_ms > to_ms(now))) or 0
            if held >= MOST_SHELVES:
                raise StoreRefused(f"{held} rights and sellers are shelved already; take some back first")
            row = {"shelf_id": shelf.shelf_id, "kind": kind, "value": value, "until_ms": to_ms(until), "note": note}
            by = {"by_name": who.name, "by_id": who.account_id, "at_ms": to_ms(now)}
            connection.execute(insert(triage_shelf), [row | by])
        return shelf

    def end(self, kind: str, value: str, now: datetime) -> int:
        """Take a right or a seller back before its time; how many shelves that ended."""
        holding = (_shelf.kind == kind, _shelf.value == value, _shelf.until_ms > to_ms(now))
        with self._database.writing() as connection:
            return connection.execute(update(triage_shelf).where(*holding).values(until_ms=to_ms(now))).rowcount
