"""What a row of the watch floor says about a right, remembered for a few seconds."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from dashboards.ports import Clock, RightsReader
from dashboards.problems import Problem
from dashboards.readers import ReaderPool

KEPT = timedelta(seconds=10)  # then it is looked up again
LONGEST_KEPT = timedelta(seconds=60)  # and used meanwhile, up to this age
CAPACITY = 20_000
Name = Mapping[str, Any]


class RightNames:
    """The few fields that name a right, for many alerts at once. A database that is away leaves rows without names."""

    def __init__(self, rights: RightsReader, pool: ReaderPool, clock: Clock) -> None:
        self._rights = rights
        self._pool = pool
        self._clock = clock
        self._kept: OrderedDict[str, tuple[datetime, Name | None]] = OrderedDict()
        self._looking: dict[str, asyncio.Task[None]] = {}

    async def of(self, alerts: Iterable[Mapping[str, Any]], patience_seconds: float | None = None) -> dict[str, Name]:
        """The names of the rights that these alerts are about, by right id; unknown ones are left out.

        A name is waited for, for so long at most, only where none of the last minute is known; it is looked up all the
        same, for those who ask next.
        """
        wanted = {right_id for alert in alerts if isinstance(right_id := alert.get("right_id"), str)}
        now = self._clock()
        self._look_up({right_id for right_id in wanted if self._age(right_id, now) > KEPT}, now)
        unknown = {right_id for right_id in wanted if self._age(right_id, now) > LONGEST_KEPT}
        if waiting := {self._looking[right_id] for right_id in unknown}:
            await asyncio.wait(waiting, timeout=patience_seconds)
        found = ((right_id, self._kept[right_id][1]) for right_id in wanted if right_id in self._kept)
        return {right_id: name for right_id, name in found if name is not None}

    def _age(self, right_id: str, now: datetime) -> timedelta:
        return now - self._kept[right_id][0] if right_id in self._kept else timedelta.max

    def _look_up(self, stale: set[str], now: datetime) -> None:
        """Whatever of them is not being looked up already."""
        if new := sorted(stale - self._looking.keys()):
            self._looking |= dict.fromkeys(new, asyncio.create_task(self._read(new, now)))

    async def _read(self, right_ids: list[str], now: datetime) -> None:
        try:
            documents = await self._pool.blocking(lambda: [self._rights.get(right_id) for right_id in right_ids])
        except Problem:
            return
        finally:
            for right_id in right_ids:
                del self._looking[right_id]
        for right_id, document in zip(right_ids, documents, strict=True):
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
