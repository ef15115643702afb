"""Where somebody wants to hear of things: made, changed, disabled, removed. Part of the notice store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from sinks.errors import StoreRefused
from sinks.operational.database import Database
from sinks.operational.notice_records import WAITING, WITHDRAWN, Destination, Draft, Owner, limit_key
from sinks.operational.notice_rows import Values, destination_of, draft_values, new_destination
from sinks.operational.notice_tables import notice, notice_destination
from sinks.operational.triage_records import to_ms
from sinks.text import json_text

MOST_DESTINATIONS = 200  # of one owner
_to = notice_destination.c
Owners = Collection[Owner] | None
"""Whose destinations somebody may see; None: everybody's."""


class StaleDestination(StoreRefused):
    """Somebody else changed it meanwhile."""


class Destinations:
    """Usable from any thread. What belongs to none of the `owners` is answered like what is not there: None.

    Raises (every method): StoreUnavailable, StoreRefused.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, owners: Owners, now: datetime) -> list[Destination]:
        """By name; those that were removed are left out."""
        wanted = select(notice_destination).where(_to.removed_at_ms.is_(None), owned_by(owners))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(_to.name, _to.destination_id)).all()
        return [destination_of(row, now) for row in rows]

    def get(self, destination_id: str, owners: Owners, now: datetime) -> Destination | None:
        with self._database.reading() as connection:
            row = connection.execute(_one(destination_id, owners)).one_or_none()
        return None if row is None else destination_of(row, now)

    def by_token(self, token: str, now: datetime) -> Destination | None:
        """Whose letters carry this token."""
        wanted = select(notice_destination).where(_to.token == token, _to.removed_at_ms.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else destination_of(row, now)

    def add(self, draft: Draft, made_by: str, now: datetime) -> Destination:
        """Raises: StoreRefused, its owner has too many."""
        values = new_destination(draft, made_by, now)
        with self._database.writing() as connection:
            mine = select(_to.destination_id).where(_to.removed_at_ms.is_(None), owned_by([draft.owner]))
            if len(connection.execute(mine).all()) >= MOST_DESTINATIONS:
                raise StoreRefused(f"destinations: at most {MOST_DESTINATIONS}; remove one first")
            connection.execute(insert(notice_destination).values(values))
            row = connection.execute(_one(values["destination_id"], None)).one()
        return destination_of(row, now)

    def change(
        self, destination_id: str, draft: Draft, *, version: int, owners: Owners, now: datetime
    ) -> Destination | None:
        """Everything but kind and owner becomes as drafted; an empty address or no secret: as they were.

        Raises:
            StaleDestination: its version is another by now.
        """
        with self._database.writing() as connection:
            row = connection.execute(_one(destination_id, owners).with_for_update()).one_or_none()
            if row is None:
                return None
            if row.version != version:
                raise StaleDestination(f"version: it is {row.version} by now; read it again, then make your change")
            values = draft_values(draft, now) | {"version": version + 1}
            if draft.address and draft.address != row.address:
                values |= {"address": draft.address, "limit_key": limit_key(row.kind, draft.address)}
            if draft.secret:
                kept = [draft.secret, *orjson.loads(row.secrets)[:1]]
                values |= {"secrets": json_text(kept), "rotated_at_ms": to_ms(now)}
            if draft.is_enabled != row.is_enabled:
                values |= {"disabled_because": None if draft.is_enabled else "by_its_owner", "paused_until_ms": 0}
            self._update(connection, destination_id, values)
            changed = connection.execute(_one(destination_id, None)).one()
        return destination_of(changed, now)

    def remove(self, destination_id: str, *, owners: Owners, now: datetime) -> bool:
        """Its address and secrets are gone; what waited for it is withdrawn. Whether it was there."""
        with self._database.writing() as connection:
            if connection.execute(_one(destination_id, owners).with_for_update()).one_or_none() is None:
                return False
            gone = {"address": "", "secrets": "[]", "is_enabled": False, "disabled_because": "removed"}
            self._update(connection, destination_id, gone | {"removed_at_ms": to_ms(now)})
            waiting = and_(notice.c.destination_id == destination_id, notice.c.state == WAITING)
            settled = {"state": WITHDRAWN, "reason": "destination_removed", "settled_at_ms": to_ms(now)}
            connection.execute(update(notice).where(waiting).values(settled))
        return True

    def unsubscribe(self, token: str, now: datetime) -> bool:
        """Whoever reads the letters wants no more. Whether the token is anybody's; asking again changes nothing."""
        found = self.by_token(token, now)
        if found is None:
            return False
        with self._database.writing() as connection:
            disable(connection, found.destination_id, "unsubscribed", now)
        return True

    @staticmethod
    def _update(connection: Connection, destination_id: str, values: Values) -> None:
        connection.execute(update(notice_destination).where(_to.destination_id == destination_id).values(values))


def disable(connection: Connection, destination_id: str, because: str, now: datetime) -> None:
    """Nothing is sent there until a person enables it again. One that is disabled already keeps its reason."""
    chosen = and_(_to.destination_id == destination_id, _to.is_enabled)
    values = {
        "is_enabled": False,
        "disabled_because": because,
        "version": _to.version + 1,
        "changed_at_ms": to_ms(now),
    }
    connection.execute(update(notice_destination).where(chosen).values(values))


def owned_by(owners: Owners) -> ColumnElement[bool]:
    if owners is None:
        return _to.destination_id.is_not(None)
    storable = (owner for owner in owners if "\0" not in owner.id)  # PostgreSQL refuses even to be asked about NUL
    mine = [and_(_to.owner_kind == owner.kind, _to.owner_id == owner.id) for owner in storable]
    return or_(*mine) if mine else _to.destination_id.is_(None)


def _one(destination_id: str, owners: Owners) -> Any:
    chosen = (_to.destination_id == destination_id, _to.removed_at_ms.is_(None), owned_by(owners))
    return select(notice_destination).where(*chosen)
