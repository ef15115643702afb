"""Whether a right still carries what is told of an alert, asked right before it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from detectors.errors import RightError
from detectors.rights import parse_right
from detectors.watchlist.force import EPOCH, in_force

FALSE_CLAIM = "patent_claim"  # the detector


def right_is_gone(right: Mapping[str, Any] | None, facts: Mapping[str, Any], now: datetime) -> str | None:
    """Why it does not, as a code; None: it does. `right` None: it is watched no more. `facts`: the alert's."""
    if right is None:
        return "right_withdrawn"
    try:
        first, last = in_force(parse_right(right))
    except RightError:
        return "right_unreadable"
    is_in_force = first <= (now.date() - EPOCH).days <= last
    return None if is_in_force or not _needs_force(facts) else "right_not_in_force"


def _needs_force(facts: Mapping[str, Any]) -> bool:
    """A patent that lapsed, was invalidated or is applied for only is what makes a claim of it false (Implementing
    Rules art. 101): asked to be in force, it would keep the plainest of them from ever being told."""
    return facts.get("detector") != FALSE_CLAIM
