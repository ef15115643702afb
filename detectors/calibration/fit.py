"""The probability that a finding infringes, by its detector and signals: the share among the verdicts, shrunk.

The posterior mean of a beta distribution whose prior has the shipped score as its mean and the weight of
PRIOR_STRENGTH verdicts. So a set of signals without verdicts keeps its score, one verdict moves it a little, and
hundreds bring it to the share that they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from detectors.calibration.bounds import HIGHEST_SCORE, LOWEST_SCORE, PRIOR_STRENGTH
from detectors.calibration.evidence import Cell, Count, Judged, count_cells

Shipped = Callable[[frozenset[str]], float]
"""The score of signals by the rule pack alone."""


def fit_scores(judged: Iterable[Judged], shipped: Shipped) -> Mapping[Cell, float]:
    """A score for each cell that has verdicts."""
    return {cell: fitted(count, shipped(cell[1])) for cell, count in count_cells(judged).items()}


def fitted(count: Count, shipped: float) -> float:
    if not count.judged:
        return shipped
    share = (count.infringing + PRIOR_STRENGTH * shipped) / (count.judged + PRIOR_STRENGTH)
    return min(max(share, LOWEST_SCORE), HIGHEST_SCORE)
