"""The figures in the floor's header, made out of what the workers say of themselves each second. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from detectors.records import timestamp_text

Beat = Mapping[str, Any]
LISTINGS_WINDOW = timedelta(seconds=10)
ALERTS_WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Step:
    """What the workers did between two looks at them."""

    at: datetime
    listings: float = 0.0
    alerts: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """None where nothing is known yet."""

    at: str
    live: bool  # the Redis stream answers
    workers: int = 0  # heard of lately
    workers_silent: int = 0  # known, but silent for too long
    listings_per_second: float | None = None
    alerts_per_minute: float | None = None
    lag_pages: int | None = None
    lag_seconds: float | None = None
    revision: int | None = None  # the lowest among the workers: what every page is screened with at least
    rights: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def narrowed(self) -> Pulse:
        """For one who does not see everything: without the counts of what others see."""
        return replace(self, alerts_per_minute=None, rights=None)


class PulseMeter:
    """Turns the workers' running totals into rates. A worker that starts again from zero counts from there."""

    def __init__(self, stale: timedelta) -> None:
        self._stale = stale
        self._totals: dict[str, tuple[float, float]] = {}
        self._steps: deque[Step] = deque()
        self._since: datetime | None = None

    def observe(self, now: datetime, beats: Mapping[str, Beat]) -> Pulse:
        alive = [beat for beat in beats.values() if now - _moment(beat.get("at"), now) <= self._stale]
        self._since = self._since or now
        self._count(now, beats)
        lag_pages, lag_seconds = _known(alive, "lag_pages"), _known(alive, "lag_seconds")
        revisions, rights = _known(alive, "revision"), _known(alive, "rights")
        listings = self._per_second(now, LISTINGS_WINDOW, lambda step: step.listings)
        alerts = self._per_second(now, ALERTS_WINDOW, lambda step: step.alerts)
        return Pulse(
            at=timestamp_text(now),
            live=True,
            workers=len(alive),
            workers_silent=len(beats) - len(alive),
            listings_per_second=listings if alive else None,
            alerts_per_minute=alerts * 60 if alive and alerts is not None else None,
            lag_pages=int(sum(lag_pages)) if lag_pages else None,
            lag_seconds=max(lag_seconds) if lag_seconds else None,
            revision=int(min(revisions)) if revisions else None,
            rights=int(min(rights)) if rights else None,
        )

    def _count(self, now: datetime, beats: Mapping[str, Beat]) -> None:
        totals = {
            name: (_number(beat.get("listings_total")) or 0.0, _number(beat.get("alerts_total")) or 0.0)
            for name, beat in beats.items()
        }
        grown = [_growth(self._totals[name], total) for name, total in totals.items() if name in self._totals]
        self._totals = totals
        self._steps.append(Step(now, sum(listings for listings, _ in grown), sum(alerts for _, alerts in grown)))
        while now - self._steps[0].at >= ALERTS_WINDOW:
            self._steps.popleft()

    def _per_second(self, now: datetime, window: timedelta, column: Callable[[Step], float]) -> float | None:
        """Over the window, or over the time watched so far when that is shorter."""
        watched = min(window, now - (self._since or now)).total_seconds()
        if watched <= 0:
            return None
        return sum(column(step) for step in self._steps if now - step.at < window) / watched


def _growth(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """What was added; a total below the one before is a worker that began anew."""
    first, second = (new - old if new >= old else new for old, new in zip(before, after, strict=True))
    return first, second


def _known(beats: list[Beat], name: str) -> list[float]:
    return [number for beat in beats if (number := _number(beat.get(name))) is not None]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _moment(value: object, now: datetime) -> datetime:
    """When the beat was sent; a beat without a usable time counts as heard just now."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return now
        return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    return now
