"""A calibration: which score each set of signals has, and how far each right's threshold is moved.

Its JSON goes through the watchlist log and is what a replay reads again, so whoever reads it checks the bounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from detectors.calibration.bounds import (
    HIGHEST_SCORE,
    HIGHEST_THRESHOLD,
    LOWEST_SCORE,
    LOWEST_THRESHOLD,
    SHIFT_BOUND,
)
from detectors.calibration.evidence import Cell
from detectors.errors import RightError

FORM = 1  # of the document
APPLIED = "applied"  # who put it in force and when: no part of what it says
JOINT = "+"  # between the signals of a set, in the order of the alphabet


@dataclass(frozen=True)
class Calibration:
    """What verdicts changed. `version` names the exact content and stands in every alert; empty: none is in force."""

    version: str = ""
    scores: Mapping[Cell, float] = field(default_factory=dict)
    shifts: Mapping[str, float] = field(default_factory=dict)  # right -> what is added to its own threshold

    def score(self, detector: str, signals: Iterable[str], shipped: float) -> float:
        """The score of a finding; the shipped one where no verdicts were given."""
        return self.scores.get((detector, frozenset(signals)), shipped) if self.scores else shipped

    def threshold(self, right_id: str | None, own: float) -> float:
        """What a right alerts at. One that its holder set beyond the bounds stays where it was set."""
        shift = self.shifts.get(right_id, 0.0) if right_id is not None else 0.0
        if not shift:
            return own
        return min(max(own + shift, min(own, LOWEST_THRESHOLD)), max(own, HIGHEST_THRESHOLD))


UNCALIBRATED = Calibration()


def signals_text(signals: Iterable[str]) -> str:
    return JOINT.join(sorted(signals))


def read_calibration(document: Any) -> Calibration:
    """An empty object is none at all.

    Raises:
        RightError: it is no calibration, or goes beyond the bounds; names the place.
    """
    if document == {}:
        return UNCALIBRATED
    if not isinstance(document, Mapping) or document.get("form") != FORM:
        raise RightError("calibration", f"must have form {FORM}: make one with `rightswatch calibration propose`")
    scores = {
        (detector, frozenset(signals.split(JOINT))): _number(
            f"calibration.scores.{detector}.{signals}", entry, "score", LOWEST_SCORE, HIGHEST_SCORE
        )
        for detector, cells in _object("calibration.scores", document.get("scores")).items()
        for signals, entry in _object(f"calibration.scores.{detector}", cells).items()
    }
    shifts = {
        right_id: _number(f"calibration.thresholds.{right_id}", entry, "shift", -SHIFT_BOUND, SHIFT_BOUND)
        for right_id, entry in _object("calibration.thresholds", document.get("thresholds")).items()
    }
    return Calibration(_version(document), scores, shifts)


def _version(document: Mapping[str, Any]) -> str:
    """When it was made, and a hash of all but who applied it."""
    made_at = document.get("made_at")
    if not isinstance(made_at, str) or not made_at.isprintable() or not 10 <= len(made_at) <= 40:
        raise RightError("calibration.made_at", "must be the time of making, such as 2026-11-29T12:00:00.000Z")
    content = orjson.dumps(
        {name: value for name, value in document.items() if name != APPLIED}, option=orjson.OPT_SORT_KEYS
    )
    return f"{made_at[:10]}+{hashlib.sha256(content).hexdigest()[:12]}"


def _object(place: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RightError(place, "must be an object")
    return value


def _number(place: str, entry: Any, name: str, lowest: float, highest: float) -> float:
    value = _object(place, entry).get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise RightError(f"{place}.{name}", f"must be a number from {lowest:g} to {highest:g}")
    return float(value)
