"""How long to wait before another try, and how long an answer keeps: pure functions over headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Clock = Callable[[], datetime]
_SECONDS = re.compile(r"[0-9]{1,9}")
_MAX_AGE = re.compile(r"max-age=\"?([0-9]{1,9})")
_MAX_HEADER_CHARACTERS = 200


def retry_after_seconds(header: str, now: datetime) -> float | None:
    """The header Retry-After (seconds, or a date) as seconds from now; None when absent or unreadable."""
    header = header.strip()
    if _SECONDS.fullmatch(header):
        return float(header)
    if not 0 < len(header) <= _MAX_HEADER_CHARACTERS:
        return None
    try:
        moment = parsedate_to_datetime(header)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def backoff_seconds(attempt: int, first_seconds: float, random: float) -> float:
    """Before try `attempt` + 1 (from 0): doubling, half of it jitter by `random` in [0, 1)."""
    return first_seconds * float(2**attempt) * (0.5 + random / 2)


def keeps_seconds(cache_control: str, most_seconds: float) -> float | None:
    """How long an answer may be used unasked; None: not at all, and it is not to be kept."""
    directives = cache_control[:_MAX_HEADER_CHARACTERS].lower()
    if "no-store" in directives:
        return None
    if "no-cache" in directives:
        return 0.0
    age = _MAX_AGE.search(directives)
    return min(most_seconds, float(age.group(1))) if age else most_seconds
