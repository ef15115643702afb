"""When a notice is tried, told in a digest, or kept until somebody is awake. Pure functions over moments in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

AFTER_SECONDS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""From the first try to each: the schedule that Standard Webhooks advises. Then a person is asked."""
JITTER = 0.1  # of the time between two tries, so that many that failed together do not come back together
LATEST_SECONDS = 90_000  # from the first try to the last, whatever a destination asks for
LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is told, as minutes of a local day: from one, until before the other, past midnight
    where the first is the later."""

    start: int
    end: int

    def holds(self, minute: int) -> bool:
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def next_try(tries: int, first: datetime, now: datetime, random: float, after_seconds: float | None) -> datetime | None:
    """When to try again after so many tries; None: no more.

    random : in [0, 1), for the jitter. after_seconds : what the destination asked for; it is never tried sooner.
    """
    if tries >= len(AFTER_SECONDS):
        return None
    gap = AFTER_SECONDS[tries] - AFTER_SECONDS[tries - 1]
    planned = first + timedelta(seconds=AFTER_SECONDS[tries] + JITTER * gap * random)
    earliest = now + timedelta(seconds=max(after_seconds or 0.0, LEAST_SECONDS))
    moment = max(planned, earliest)
    return moment if moment <= first + timedelta(seconds=LATEST_SECONDS) else None


def quiet_until(quiet: Quiet | None, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end in which `now` is; None: it is in none."""
    if quiet is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    if not quiet.holds(local.hour * 60 + local.minute):
        return None
    return _next(time(quiet.end // 60 % 24, quiet.end % 60), zone, now)


def digest_at(hour: int, zone: str, after: datetime) -> datetime:
    """The first moment after `after` at which the local clock shows that full hour."""
    return _next(time(hour), zone, after)


def _next(clock: time, zone: str, after: datetime) -> datetime:
    """The local clock shows it again each day; where it is put forward past it, the moment right after counts."""
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    for ahead in (0, 1, 2):
        moment = datetime.combine(day + timedelta(days=ahead), clock, place).astimezone(UTC)
        if moment > after:
            return moment
    raise AssertionError("two days hold every hour")
