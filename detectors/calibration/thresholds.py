"""Where a right's threshold should be, by the verdicts on its own findings.

It moves up over scores at which its alerts were, with confidence, more often innocent than not, and down over scores
at which matches that were held back were more often infringements. Between those it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from detectors.calibration.bounds import (
    FEWEST_VERDICTS,
    HIGHEST_THRESHOLD,
    LOWEST_THRESHOLD,
    SHIFT_BOUND,
    WORTH_A_LOOK,
)
from detectors.calibration.intervals import wilson

GRID = 100  # thresholds are looked for at every hundredth


class Point(NamedTuple):
    """A judged finding of the right: its score as calibrated, and whether it infringes."""

    score: float
    is_infringing: bool


def best_shift(points: Sequence[Point], own: float) -> float:
    """How far to move the threshold `own`, within SHIFT_BOUND; 0 without enough evidence."""
    steps = range(round(-SHIFT_BOUND * GRID), round(SHIFT_BOUND * GRID) + 1)
    best, most = 0.0, 0
    for step in sorted(steps, key=abs):
        shift = step / GRID
        if not LOWEST_THRESHOLD <= own + shift <= HIGHEST_THRESHOLD:
            continue
        gain = _gain(points, own, own + shift)
        if gain > most:
            best, most = shift, gain
    return best


def _gain(points: Iterable[Point], own: float, moved: float) -> int:
    """How many more findings are treated as they should be; 0 where the evidence is thin."""
    low, high = min(own, moved), max(own, moved)
    between = [point.is_infringing for point in points if low <= point.score < high]
    infringing, total = sum(between), len(between)
    speaking_for_it = total - infringing if moved > own else infringing
    if speaking_for_it < FEWEST_VERDICTS:
        return 0
    sure = wilson(infringing, total)
    if moved > own:
        return total - 2 * infringing if sure.high < WORTH_A_LOOK else 0
    return 2 * infringing - total if sure.low > WORTH_A_LOOK else 0
