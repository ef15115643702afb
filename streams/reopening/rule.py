"""Whether a right's change touches a group of alerts, and how it is called. Pure functions, no clock.

Most changes can be told by the right's fields and the alert alone. That others silence an alert (fewer classes, a mark
less, another policy) only the pipeline can tell, so its answer is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from detectors.calibration.document import UNCALIBRATED, Calibration
from detectors.records import Listing
from detectors.rights import Right
from detectors.sellers import seller_screen
from detectors.watchlist.force import EPOCH, in_force
from sinks.verdict_codes import NOT_INFRINGING

WITHDRAWN, LAPSED, LICENCE, OWN_SHOP, ALLOWED, THRESHOLD, NARROWER = (
    "withdrawn",
    "lapsed",
    "licence",
    "own_shop",
    "allowed",
    "threshold",
    "narrower",
)
"""Why an alert would not be raised any more."""
IN_FORCE, LICENCE_ENDED, NO_OWN_SHOP = "in_force", "licence_ended", "no_own_shop"
"""Why an offer that was innocent may be so no longer."""
CODES = (WITHDRAWN, LAPSED, LICENCE, OWN_SHOP, ALLOWED, THRESHOLD, NARROWER, IN_FORCE, LICENCE_ENDED, NO_OWN_SHOP)
_SELLERS = {"licensee": LICENCE, "own_shop": OWN_SHOP, "allow_list": ALLOWED}
_INNOCENT_FOR = {"licensed": ("licensee", LICENCE_ENDED), "own_shop": ("own_shop", NO_OWN_SHOP)}


Calibrations = tuple[Calibration, Calibration]


@dataclass(frozen=True, slots=True)
class Standing:
    """What people decided about a group. None: nothing yet."""

    verdict: str | None = None
    reason_code: str | None = None


def touched(
    before: Right,
    after: Right | None,
    alert: Mapping[str, Any],
    standing: Standing,
    today: date,
    *,
    is_silenced: bool,
    calibrations: Calibrations = (UNCALIBRATED, UNCALIBRATED),
) -> str | None:
    """Why the group is to be looked at again, or None. `after` None: the right is off the watchlist.

    is_silenced : the pipeline raised the alert with the right as it was, and does not with the right as it is.
    calibrations : those in force before and after, which move rights' thresholds. Where the right is the same, the
        change is theirs.

    What was decided to be infringing, and what nobody has decided about, is touched when its alert would not be raised
    any more; what was decided to be innocent, when the reason for that is gone.
    """
    if standing.verdict == NOT_INFRINGING:
        return None if after is None else _no_longer_innocent(before, after, alert, standing.reason_code, today)
    by_pipeline = (THRESHOLD if after == before else NARROWER) if is_silenced else None
    return _silenced_because(before, after, alert, today, calibrations) or by_pipeline


def _silenced_because(
    before: Right, after: Right | None, alert: Mapping[str, Any], today: date, calibrations: Calibrations
) -> str | None:
    if after is None:
        return WITHDRAWN
    days = {_observed_on(alert), today}
    if any(_holds(before, day) and not _holds(after, day) for day in days):
        return LAPSED
    was, now = _seller_of(before, alert), _seller_of(after, alert)
    if now is not None and now != was:
        return _SELLERS[now]
    passed, passes = (
        _passes(right, alert, calibration) for right, calibration in zip((before, after), calibrations, strict=True)
    )
    return THRESHOLD if passed and not passes else None


def _no_longer_innocent(
    before: Right, after: Right, alert: Mapping[str, Any], reason_code: str | None, today: date
) -> str | None:
    if reason_code == "right_not_in_force":
        days = {_observed_on(alert), today}
        return IN_FORCE if any(_holds(after, day) and not _holds(before, day) for day in days) else None
    party, code = _INNOCENT_FOR.get(reason_code or "", ("", ""))
    was, now = _seller_of(before, alert), _seller_of(after, alert)
    return code if was == party and now is None else None


def _observed_on(alert: Mapping[str, Any]) -> date:
    return datetime.fromisoformat(alert["observed_at"]).date()


def _holds(right: Right, day: date) -> bool:
    first, last = in_force(right)
    return first <= (day - EPOCH).days <= last


def _seller_of(right: Right, alert: Mapping[str, Any]) -> str | None:
    """What the seller is to the right, on the day of the alert; an alert says of the offer what this needs."""
    offer = {"platform": alert["platform"], "seller": alert.get("seller")}
    return seller_screen(cast(Listing, offer), right, _observed_on(alert))


def _passes(right: Right, alert: Mapping[str, Any], calibration: Calibration) -> bool:
    """Whether the alert's score, and the nearest of its pictures, pass the right's thresholds."""
    distances = [reason["distance"] for reason in alert["reasons"] if isinstance(reason.get("distance"), int)]
    is_near = not distances or min(distances) <= right.image_distance
    return alert["score"] >= calibration.threshold(right.right_id, right.score_threshold) and is_near
