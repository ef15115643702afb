"""Finds what happened since it last looked and has it told: alerts, verdicts that closed a group, offers now gone.

Each source is read behind a cursor that moves in the transaction that enqueues. What was stored a moment ago may still
become visible out of order, so each look begins a little before the cursor; what was told already is told nobody again.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from sinks.clickhouse.notice_source import CHUNK, NoticeSource
from sinks.errors import StoreError
from sinks.notices.events import ALERT, DELISTED, VERDICT, NoticeEvent, event_of
from sinks.operational.notice_store import NoticeStore
from streams.broker.retry import Retry

One = TypeVar("One", bound=Hashable)
OVERLAP = timedelta(seconds=60)
ROUNDING = timedelta(milliseconds=999)  # ClickHouse keeps the second in which something was stored
DELISTED_EVERY = 5  # looks: it reads a larger table, and is no hurry


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """One for each web process; the lock sees to it that one of them works."""

    store: NoticeStore
    source: NoticeSource
    clock: Callable[[], datetime]
    _told: dict[str, set[Hashable]] = field(default_factory=dict)  # within the overlap

    async def run(self, every_seconds: float, max_pause_seconds: float) -> None:
        """Collect until cancelled."""
        retry = Retry(what="collecting notices", errors=(StoreError,), max_pause_seconds=max_pause_seconds)
        try:
            for look in itertools.count():
                collect = partial(self.collect, with_delisted=look % DELISTED_EVERY == 0)
                await retry.run(partial(asyncio.to_thread, collect))
                await asyncio.sleep(every_seconds)
        finally:
            self.source.close()

    def collect(self, *, with_delisted: bool = True) -> None:
        """All that happened by now. Raises StoreUnavailable."""
        with self.store.alone("collect") as held:
            if held:
                self._alerts()
                self._verdicts()
                if with_delisted:
                    self._delisted()

    def _alerts(self) -> None:
        since = self._since(ALERT, self.source.now)
        if since is None:
            return
        found = self._new(ALERT, self.source.alert_ids(since))
        for part in _parts(found):
            alerts = self.source.alerts([one for one, _ in part])
            events = (
                event_of(alerts[one], event=ALERT, key=f"alert:{alerts[one]['group_id']}", at=self._known(at))
                for one, at in part
                if one in alerts
            )
            self._enqueue(ALERT, events, part[-1][1], (one for one, _ in part))

    def _delisted(self) -> None:
        since = self._since(DELISTED, self.source.now)
        if since is None:
            return
        found = self._new(DELISTED, self.source.gone(since))
        for part in _parts(found):
            when = dict(part)
            events = (
                event_of(
                    alert,
                    event=DELISTED,
                    key=f"delisted:{alert['group_id']}",
                    at=self._known(when[alert["platform"], alert["listing_id"]]),
                )
                for alert in self.source.alerted(when)
            )
            self._enqueue(DELISTED, events, part[-1][1], when)

    def _verdicts(self) -> None:
        since = self._since(VERDICT, self.clock)
        if since is None:
            return
        given = {one.event_id: one for one in self.store.verdicts(since)}
        for part in _parts(self._new(VERDICT, [(one.event_id, one.at) for one in given.values()])):
            verdicts = [given[event_id] for event_id, _ in part]
            alerts = self.source.alerts([UUID(one.alert_id) for one in verdicts])
            events = (
                event_of(
                    alert,
                    event=VERDICT,
                    key=f"verdict:{one.event_id}",
                    at=one.at,
                    verdict=one.verdict,
                    reason_code=one.reason_code,
                    verdict_id=one.event_id,
                )
                for one in verdicts
                if (alert := alerts.get(UUID(one.alert_id)))
            )
            self._enqueue(VERDICT, events, part[-1][1], (event_id for event_id, _ in part))

    def _since(self, source: str, now: Callable[[], datetime]) -> datetime | None:
        """Where to read from; None at the very first look: what was before is told nobody."""
        read = self.store.cursor(source)
        if read is None:
            self.store.collected(source, (), now())
            return None
        return read - OVERLAP

    def _enqueue(
        self, source: str, events: Iterable[NoticeEvent], read_up_to: datetime, told: Iterable[Hashable]
    ) -> None:
        read = self.store.cursor(source)
        self.store.collected(source, events, read_up_to if read is None else max(read, read_up_to))
        self._told.setdefault(source, set()).update(told)

    def _new(self, source: str, window: Sequence[tuple[One, datetime]]) -> list[tuple[One, datetime]]:
        """What of the window was not told by this process; what has left it is remembered no longer."""
        told = self._told.get(source, set())
        self._told[source] = told.intersection(one for one, _ in window)
        return [(one, at) for one, at in window if one not in told]

    def _known(self, stored_at: datetime) -> datetime:
        return min(self.clock(), stored_at + ROUNDING)


def _parts(found: Sequence[tuple[One, datetime]]) -> Iterator[Sequence[tuple[One, datetime]]]:
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]
