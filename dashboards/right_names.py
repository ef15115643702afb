"""What a row of the watch floor says about a right, remembered for a few seconds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from dashboards.ports import Clock, RightsReader
from dashboards.problems import Problem
from dashboards.readers import ReaderPool

KEPT = timedelta(seconds=10)
CAPACITY = 20_000
Name = Mapping[str, Any]


class RightNames:
    """The few fields that name a right, for many alerts at once. A database that is away leaves rows without names."""

    def __init__(self, rights: RightsReader, pool: ReaderPool, clock: Clock) -> None:
        self._rights = rights
        self._pool = pool
        self._clock = clock
        self._kept: OrderedDict[str, tuple[datetime, Name | None]] = OrderedDict()

    async def of(self, alerts: Iterable[Mapping[str, Any]]) -> dict[str, Name]:
        """The names of the rights that these alerts are about, by right id; unknown ones are left out."""
        wanted = {right_id for alert in alerts if isinstance(right_id := alert.get("right_id"), str)}
        await self._refresh(wanted)
        found = ((right_id, self._kept[right_id][1]) for right_id in wanted if right_id in self._kept)
        return {right_id: name for right_id, name in found if name is not None}

    async def _refresh(self, wanted: set[str]) -> None:
        now = self._clock()
        stale = [right_id for right_id in wanted if right_id not in self._kept or now - self._kept[right_id][0] > KEPT]
        if not stale:
            return
        try:
            documents = await self._pool.blocking(lambda: [self._rights.get(right_id) for right_id in stale])
        except Problem:
            return
        for right_id, document in zip(stale, documents, strict=True):
            self._kept[right_id] = (now, name_of(document))
            self._kept.move_to_end(right_id)
        while len(self._kept) > CAPACITY:
            self._kept.popitem(last=False)


def name_of(document: Mapping[str, Any] | None) -> Name | None:
    """The naming fields of a right's JSON; the shape is checked on import, the values are not trusted here."""
    if document is None:
        return None
    holder = document.get("holder")
    marks = document.get("marks")
    return {
        "title": document.get("title"),
        "mark": marks[0] if isinstance(marks, list) and marks else None,
        "holder": holder.get("name") if isinstance(holder, Mapping) else None,
        "office": document.get("office"),
        "number": document.get("number"),
        "kind": document.get("kind"),
        "status": document.get("status"),
    }
