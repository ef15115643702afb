"""A calendar month at a distance from UTC: which moments are in it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHINA_HOURS = 8
_NAME = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class MonthName:
    """`hours`: how much later clocks show than UTC's, -12 to 14."""

    year: int
    month: int
    hours: int = CHINA_HOURS

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def after(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=timezone(timedelta(hours=self.hours)))

    @property
    def before(self) -> datetime:
        """The first moment behind it."""
        year, month = (self.year + 1, 1) if self.month == 12 else (self.year, self.month + 1)
        return self.after.replace(year=year, month=month)


def month_of(text: str, hours: int = CHINA_HOURS) -> MonthName:
    """From `2026-11`.

    Raises:
        ValueError: it is no month between 1971 and 2297, or the hours are no zone's.
    """
    found = _NAME.fullmatch(text)
    if not found or not 1971 <= int(found[1]) <= 2297 or not 1 <= int(found[2]) <= 12:
        raise ValueError("must be a month such as 2026-11")
    if not -12 <= hours <= 14:
        raise ValueError("the hours from UTC must be between -12 and 14")
    return MonthName(int(found[1]), int(found[2]), hours)
