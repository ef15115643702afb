"""Saved views: filters of the queue that a person keeps under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from sinks.errors import StoreRefused
from sinks.operational.database import Database
from sinks.operational.triage_records import to_ms
from sinks.operational.triage_tables import triage_view

MOST_VIEWS = 100  # of one account
_view = triage_view.c


class TriageViews:
    """Usable from any thread. Raises StoreUnavailable, StoreRefused."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, account_id: str) -> dict[str, str]:
        """The account's views by name: each the query string of the queue."""
        wanted = select(_view.name, _view.query).where(_view.account_id == account_id).order_by(_view.name)
        with self._database.reading() as connection:
            return {row.name: row.query for row in connection.execute(wanted)}

    def put(self, account_id: str, name: str, query: str, now: datetime) -> None:
        """Keep a view under a name, in place of what had it.

        Raises:
            StoreRefused: the account has too many.
        """
        mine = _view.account_id == account_id
        with self._database.writing() as connection:
            values = {"query": query, "changed_at_ms": to_ms(now)}
            if connection.execute(update(triage_view).where(mine, _view.name == name).values(values)).rowcount:
                return
            if (connection.scalar(select(func.count()).select_from(triage_view).where(mine)) or 0) >= MOST_VIEWS:
                raise StoreRefused(f"views: {MOST_VIEWS} are kept already; remove one first")
            connection.execute(insert(triage_view), [{"account_id": account_id, "name": name, **values}])

    def remove(self, account_id: str, name: str) -> bool:
        """Whether there was one."""
        chosen = (_view.account_id == account_id, _view.name == name)
        with self._database.writing() as connection:
            return bool(connection.execute(delete(triage_view).where(*chosen)).rowcount)
