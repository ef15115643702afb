"""Looks every few seconds at the alerts of copied pictures, and quarantines those that `rule.py` says fire too often.

One process at a time does it, whoever holds the lock. Everything it needs is in the stores: a process that dies has
written a quarantine or has not, and the next one looks again. What it remembers only spares it reading alerts twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from detectors.errors import RightswatchError
from detectors.watchlist.allowed import QUARANTINED, STATES, AllowedPictures, parse_allowed, parse_pdq
from sinks.clickhouse.picture_alerts import PictureAlerts
from sinks.errors import StoreError
from sinks.operational.allow_store import AllowStore, Entry
from sinks.operational.rights_store import RightsStore
from streams.configuration.sections import FloodSettings
from streams.flood.rule import Flood, Sighting, floods, sudden
from streams.metrics import FloodMetrics
from streams.worker.screener import Clock

logger = logging.getLogger(__name__)
LONGEST_PAUSE_SECONDS = 30.0
BUSY_SHARE = 0.1  # of the time at most; 50,000 alerts in a window take over a second of processor time


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is remembered of an alert. No sightings: one that does not count, such as a sweep's."""

    observed_at: datetime
    sightings: tuple[Sighting, ...]


@dataclass(kw_only=True)
class FloodWatch:
    """Run `run` as a task, or `look` once."""

    allow: AllowStore
    rights: RightsStore
    alerts: PictureAlerts
    settings: FloodSettings
    metrics: FloodMetrics
    clock: Clock
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: dict[UUID, _Seen] = field(default_factory=dict)

    async def run(self) -> None:
        """Until `stop` is set. Stores that are away are waited for, and a fault of our own is said and outlived."""
        pause = self.settings.poll_seconds
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                await asyncio.to_thread(self.look)
                pause = max(self.settings.poll_seconds, (time.monotonic() - began) / BUSY_SHARE)
            except (StoreError, OSError) as error:
                logger.warning("looking for floods failed (%s); trying again", error)
                self.metrics.failed.inc()
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            except Exception:
                logger.exception("looking for floods failed: this is our own fault")
                self.metrics.failed.inc()
                pause = LONGEST_PAUSE_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self.stop.wait()

    def look(self) -> list[Entry]:
        """Quarantine what fires too often now; what was quarantined. Nothing when another process watches.

        Raises:
            StoreUnavailable, StoreRefused: as the stores say; then nothing was changed.
        """
        with self.allow.watching() as held:
            if not held:
                return []
            now = self.clock()
            entries = self.allow.entries()
            found = self._floods(now, entries) if self.settings.window_minutes else []
            written = self._quarantine(found, entries, now) if found else []
            self._report([*entries, *written], now)
            return written

    def _floods(self, now: datetime, entries: list[Entry]) -> list[Flood]:
        window = timedelta(minutes=self.settings.window_minutes)
        sightings = list(self._sightings(now - window))
        known = AllowedPictures.of(parse_allowed(entry) for entry in entries)
        found = floods(sightings, known, lru_cache(None)(self._holder), self.settings)
        before = now - window - timedelta(days=self.settings.usual_days)
        return sudden(found, lambda flood: self.alerts.usual(flood.rights, before, now - window, window), self.settings)

    def _sightings(self, since: datetime) -> Iterator[Sighting]:
        """Of alerts that were first observed after a moment: an offer that is seen again fires no second time."""
        recent = set(self.alerts.recent(since))
        self._seen = {alert_id: seen for alert_id, seen in self._seen.items() if alert_id in recent}
        for alert_id, (observed_at, alert) in self.alerts.fired(recent - self._seen.keys()):
            self._seen[alert_id] = _Seen(observed_at, tuple(sightings_of(alert)))
        for alert_id in sorted(self._seen):
            if self._seen[alert_id].observed_at > since:
                yield from self._seen[alert_id].sightings

    def _holder(self, right_id: str) -> str:
        return holder_of(self.rights.get(right_id) or {}) or right_id

    def _quarantine(self, found: list[Flood], entries: list[Entry], now: datetime) -> list[Entry]:
        """As many as may wait for a person; what is over that goes on alerting."""
        undecided = sum(entry["state"] == QUARANTINED for entry in entries)
        room = max(0, self.settings.most_undecided - undecided)
        if len(found) > room:
            self.metrics.refused.inc(len(found) - room)
            logger.error(
                "%d pictures fire too often, and %d quarantined ones wait for a person: not quarantined. "
                "Decide with `rightswatch allow list` or on the page /pictures",
                len(found) - room,
                undecided + room,
            )
        written = self.allow.quarantine([self._entry(flood) for flood in found[:room]], now)
        for entry in written:
            fired = entry["fired"]
            logger.warning(
                "picture %s is quarantined: it fired %d times from %d sellers in %d minutes",
                *(entry["pdq"], fired["listings"], fired["sellers"], fired["minutes"]),
            )
        self.metrics.quarantined_total.inc(len(written))
        return written

    def _entry(self, flood: Flood) -> dict[str, Any]:
        fired = {
            "listings": flood.offers,
            "sellers": flood.sellers,
            "holders": flood.holders,
            "minutes": self.settings.window_minutes,
            "rights": list(flood.rights),
            "alerts": list(flood.alerts),
        }
        return {"pdq": flood.pdq, "distance": self.settings.distance, "fired": fired}

    def _report(self, entries: list[Entry], now: datetime) -> None:
        states = Counter(entry["state"] for entry in entries)
        for state in STATES:
            self.metrics.entries.labels(state).set(states[state])
        waiting = [datetime.fromisoformat(entry["since"]) for entry in entries if entry["state"] == QUARANTINED]
        self.metrics.undecided_age.set(max(0.0, (now - min(waiting)).total_seconds()) if waiting else 0.0)


def sightings_of(alert: Mapping[str, Any]) -> Iterator[Sighting]:
    """The fingerprints that an alert fired for; none of a sweep's, which finds in a minute what came in months."""
    if alert.get("retrospective") or not alert.get("right_id"):
        return
    platform, seller = alert["platform"], alert.get("seller") or {}
    name = next((seller[key] for key in ("id", "uscc", "name") if seller.get(key)), None)
    for reason in alert["reasons"]:
        try:
            pdq = parse_pdq(reason.get("text"))
        except RightswatchError:
            continue  # found by something else than its fingerprint
        yield Sighting(
            alert_id=alert["alert_id"],
            pdq=pdq,
            offer=f"{platform}\n{alert['listing_id']}",
            seller=None if name is None else f"{platform}\n{name}",
            right_id=alert["right_id"],
        )


def holder_of(right: Mapping[str, Any]) -> str | None:
    """Whoever holds it, by the surest name there is."""
    holder = right.get("holder") or {}
    return next((f"{key}:{holder[key]}" for key in ("id", "uscc", "name") if holder.get(key)), None)
