"""Whether what is told of an alert needs its right to be in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FALSE_CLAIM = "patent_claim"  # the detector


def needs_force(facts: Mapping[str, Any]) -> bool:
    """A patent that lapsed, was invalidated or is applied for only is what makes a claim of it false (Implementing
    Rules art. 101): asked to be in force, it would keep the plainest of them from ever being told."""
    return facts.get("detector") != FALSE_CLAIM
