"""When a right is in force, as days since 1970."""

from __future__ import annotations

from datetime import date

from detectors.rights import Right

EPOCH = date(1970, 1, 1)
FOREVER = 4_000_000  # days since 1970; past every date a right can carry
NEVER = -FOREVER


def in_force(right: Right) -> tuple[int, int]:
    """First and last day in force, both inclusive. A right that never was has an empty span."""
    granted_on = right.granted_on or (right.status_since if right.status == "granted" else None)
    first, last = _day(granted_on, NEVER), _day(right.expires_on, FOREVER)
    if right.status == "granted":
        return first, last
    if right.status == "expired" and right.expires_on and not right.status_since:
        return first, last
    if right.status in ("pending", "invalidated") or right.status_since is None:
        return FOREVER, NEVER
    return first, min(last, _day(right.status_since, FOREVER) - 1)


def _day(moment: date | None, default: int) -> int:
    return default if moment is None else (moment - EPOCH).days
