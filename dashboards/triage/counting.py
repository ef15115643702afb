"""How many groups wait, and whether they come as a flood.

It is asked anew every two seconds at most, for all who see the same. A flood (ISA-18.2): more new groups within ten
minutes than the people at work can judge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from sinks.clickhouse.queue_groups import Counts
from sinks.clickhouse.queue_query import MINE
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import EXPERT, OPEN, REVIEW, SHELVED
from sinks.visible import Visible

KEPT = timedelta(seconds=2)
MOST_SIGHTS = 200
SHOWN = (OPEN, REVIEW, EXPERT, SHELVED)


class QueueCounts:
    """The last count for everybody who sees the same. For one event loop."""

    def __init__(self) -> None:
        self._kept: dict[Visible, tuple[datetime, asyncio.Task[Counts]]] = {}

    async def of(self, sight: Visible, now: datetime, count: Callable[[], Awaitable[Counts]]) -> Counts:
        """The counts as they were at most two seconds ago; whoever asks at once shares one count."""
        at, task = self._kept.get(sight, (now, None))
        if task is None or now - at >= KEPT or _failed(task):
            task = asyncio.ensure_future(_run(count))
            if len(self._kept) >= MOST_SIGHTS:
                self._kept.clear()
            self._kept[sight] = (now, task)
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Something was just changed here: the next answer is to show it."""
        self._kept.clear()


def _failed(task: asyncio.Task[Counts]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _run(count: Callable[[], Awaitable[Counts]]) -> Counts:
    return await count()


def counts_json(counts: Counts, mine: int) -> dict[str, int]:
    return {name: counts.by_state.get(name, 0) for name in SHOWN} | {MINE: mine}


def flood_json(counts: Counts, at_work: int, policy: TriageSettings) -> dict[str, Any]:
    return {"is_flood": counts.new > policy.flood_groups * max(1, at_work), "new_in_10_min": counts.new}
