"""Which rights a holder has: asked of the list of rights, once that has read all of the watchlist's log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from sqlalchemy import select

from sinks.errors import StoreRefused, StoreUnavailable
from sinks.operational.database import Database
from sinks.operational.right_list_store import RightListStore, holder_key
from sinks.operational.right_list_tables import right_list, right_list_state
from sinks.settings import OperationalSettings

CHUNKS_PER_LOOKUP = 20  # a look-up that finds more to read is asked to come again
MOST_RIGHTS = 100_000  # of one principal; they are sent with every query of theirs
_KEPT = 256  # answers
_row = right_list.c


class Held(NamedTuple):
    """The ids of what somebody holds, as of a revision of the watchlist."""

    revision: int
    rights: frozenset[str]


class HolderStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._list = RightListStore(settings)
        self._database = Database(settings)
        self._lock = threading.Lock()
        self._kept: OrderedDict[frozenset[str], Held] = OrderedDict()

    def rights_of(self, holders: frozenset[str]) -> Held:
        """The ids of all rights whose holder, by the last word on each right, is one of these.

        A right that was withdrawn stays its last holder's: its alerts are still about what was theirs.
        """
        revision = self._caught_up()
        with self._lock:
            known = self._kept.get(holders)
            if known is not None and known.revision == revision:
                self._kept.move_to_end(holders)
                return known
        found = Held(revision, self._rights_of(holders))
        with self._lock:
            self._kept[holders] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def close(self) -> None:
        self._list.close()
        self._database.close()

    def _caught_up(self) -> int:
        """The revision up to which the list has read.

        Raises:
            StoreUnavailable: there is much to read yet; what was read now is read.
        """
        for _ in range(CHUNKS_PER_LOOKUP):
            if not self._list.catch_up():
                with self._database.reading() as connection:
                    read: int = connection.execute(select(right_list_state.c.read_revision)).scalar_one()
                return read
        raise StoreUnavailable(self._database.place, "many rights were changed just now and are still being read")

    def _rights_of(self, holders: frozenset[str]) -> frozenset[str]:
        keys = sorted(holder_key(holder) for holder in holders)
        wanted = select(_row.subject).where(_row.holder_id.in_(keys)).limit(MOST_RIGHTS + 1)
        with self._database.reading() as connection:
            subjects = connection.scalars(wanted).all()
        if len(subjects) > MOST_RIGHTS:
            raise StoreRefused(f"holders: have more than {MOST_RIGHTS:,} rights together; give fewer")
        return frozenset(subject.removeprefix("right:") for subject in subjects)
