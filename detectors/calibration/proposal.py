"""From what is in force and all verdicts to the next calibration: one bounded step, and what it would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detectors.calibration.bounds import HIGHEST_SCORE, LEAST_CHANGE, LOWEST_SCORE, SCORE_STEP, SHIFT_STEP
from detectors.calibration.document import FORM, Calibration, read_calibration, signals_text
from detectors.calibration.evidence import Cell, Count, Judged, count_cells, scored
from detectors.calibration.fit import Shipped, fit_scores
from detectors.calibration.measures import Scored, brier_score, calibration_error
from detectors.calibration.thresholds import Point, best_shift

FOLDS = 5  # of the verdicts, to measure scores on verdicts that they were not made from
OwnThreshold = Callable[[str], float | None]
"""A right's own threshold; None: it is not watched for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChange:
    """What becomes of the findings with these signals."""

    detector: str
    signals: str
    before: float
    after: float
    count: Count

    def to_json(self) -> dict[str, Any]:
        change = {"before": self.before, "after": self.after}
        return {"detector": self.detector, "signals": self.signals, **change, **_counted(self.count)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdChange:
    """What becomes of a right's threshold."""

    right_id: str
    before: float
    after: float
    count: Count

    def to_json(self) -> dict[str, Any]:
        return {"right_id": self.right_id, "before": self.before, "after": self.after, **_counted(self.count)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How near scores are to the truth, on verdicts that they were not made from."""

    calibration_error: float
    brier_score: float

    def to_json(self) -> dict[str, float]:
        return {"calibration_error": self.calibration_error, "brier_score": self.brier_score}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A calibration to put in force, and how it differs from the one that is."""

    document: Mapping[str, Any]
    calibration: Calibration
    in_force: Calibration
    scores: tuple[ScoreChange, ...]
    thresholds: tuple[ThresholdChange, ...]
    before: Quality | None  # None: nothing was judged
    after: Quality | None

    @property
    def changes_anything(self) -> bool:
        return bool(self.scores or self.thresholds)

    def changes(self) -> dict[str, Any]:
        """How it differs, for people: JSON."""
        return {
            "verdicts": self.document["verdicts"],
            "scores": [one.to_json() for one in self.scores],
            "thresholds": [one.to_json() for one in self.thresholds],
            "before": self.before and self.before.to_json(),
            "after": self.after and self.after.to_json(),
        }


def propose(
    judged: Sequence[Judged], in_force: Calibration, shipped: Shipped, own_threshold: OwnThreshold, made_at: str
) -> Proposal:
    """The next step from `in_force` towards what the verdicts say. `made_at` is RFC 3339.

    Verdicts that are gone (undone, or too old to be handed in) let go of what they moved, a step at a time.
    """
    counts = count_cells(judged)
    scores = _next_scores(judged, in_force, shipped)
    stepped = Calibration("", scores)
    by_right = _by_right(judged, stepped, shipped)
    shifts = _next_shifts(by_right, in_force, own_threshold)
    document = {
        "form": FORM,
        "made_at": made_at,
        "verdicts": len(judged),
        "scores": _score_entries(scores, counts, shipped),
        "thresholds": {
            right_id: {"shift": shift, **_counted(_count(by_right.get(right_id, ())))}
            for right_id, shift in sorted(shifts.items())
        },
    }
    return Proposal(
        document=document,
        calibration=read_calibration(document),
        in_force=in_force,
        scores=tuple(_score_changes(scores, in_force, shipped, counts)),
        thresholds=tuple(_threshold_changes(shifts, in_force, own_threshold, by_right)),
        before=_quality([Scored(_score(in_force, one, shipped), one.is_infringing) for one in scored(judged)]),
        after=_quality(_held_out(list(scored(judged)), in_force, shipped)),
    )


def _next_scores(judged: Sequence[Judged], in_force: Calibration, shipped: Shipped) -> dict[Cell, float]:
    fitted = fit_scores(judged, shipped)
    next_scores = {}
    for cell in sorted(fitted.keys() | in_force.scores.keys(), key=lambda cell: (cell[0], signals_text(cell[1]))):
        own = shipped(cell[1])
        value = _step(in_force.scores.get(cell, own), fitted.get(cell, own), SCORE_STEP)
        if cell in fitted or value != own:
            next_scores[cell] = min(max(value, LOWEST_SCORE), HIGHEST_SCORE)
    return next_scores


def _next_shifts(
    by_right: Mapping[str, Sequence[Point]], in_force: Calibration, own_threshold: OwnThreshold
) -> dict[str, float]:
    shifts = {}
    for right_id in by_right.keys() | in_force.shifts.keys():
        own = own_threshold(right_id)
        if own is None:
            continue
        wanted = best_shift(by_right.get(right_id, ()), own)
        shift = _step(in_force.shifts.get(right_id, 0.0), wanted, SHIFT_STEP)
        if shift:
            shifts[right_id] = shift
    return shifts


def _step(before: float, wanted: float, most: float) -> float:
    if abs(wanted - before) < LEAST_CHANGE:
        return before
    return round(min(max(wanted, before - most), before + most), 3)


def _by_right(judged: Sequence[Judged], calibration: Calibration, shipped: Shipped) -> Mapping[str, list[Point]]:
    points = defaultdict(list)
    for one in scored(judged):
        if one.right_id is not None:
            reach = max(_score(calibration, one, shipped), shipped(one.signals))  # what the pipeline compares
            points[one.right_id].append(Point(reach, one.is_infringing))
    return points


def _score(calibration: Calibration, one: Judged, shipped: Shipped) -> float:
    return calibration.score(one.detector, one.signals, shipped(one.signals))


def _held_out(judged: Sequence[Judged], in_force: Calibration, shipped: Shipped) -> list[Scored]:
    """Each verdict under the scores that the other folds would have given."""
    result = []
    for fold in range(FOLDS):
        others = [one for place, one in enumerate(judged) if place % FOLDS != fold]
        calibration = Calibration("", _next_scores(others, in_force, shipped))
        held = judged[fold::FOLDS]
        result += [Scored(_score(calibration, one, shipped), one.is_infringing) for one in held]
    return result


def _quality(scores: Sequence[Scored]) -> Quality | None:
    error, brier = calibration_error(scores), brier_score(scores)
    return None if error is None or brier is None else Quality(calibration_error=error, brier_score=brier)


def _score_entries(
    scores: Mapping[Cell, float], counts: Mapping[Cell, Count], shipped: Shipped
) -> dict[str, dict[str, dict[str, float]]]:
    entries: dict[str, dict[str, dict[str, float]]] = {}
    for cell, value in scores.items():
        entry = {"score": value, "shipped": shipped(cell[1]), **_counted(counts.get(cell, Count()))}
        entries.setdefault(cell[0], {})[signals_text(cell[1])] = entry
    return entries


def _score_changes(
    scores: Mapping[Cell, float], in_force: Calibration, shipped: Shipped, counts: Mapping[Cell, Count]
) -> list[ScoreChange]:
    changes = []
    for cell in {**in_force.scores, **scores}:
        own = shipped(cell[1])
        before, after = in_force.scores.get(cell, own), scores.get(cell, own)
        if before != after:
            signals, count = signals_text(cell[1]), counts.get(cell, Count())
            changes.append(ScoreChange(detector=cell[0], signals=signals, before=before, after=after, count=count))
    return sorted(changes, key=lambda change: (-change.count.judged, change.detector, change.signals))


def _threshold_changes(
    shifts: Mapping[str, float],
    in_force: Calibration,
    own_threshold: OwnThreshold,
    by_right: Mapping[str, Sequence[Point]],
) -> list[ThresholdChange]:
    changes = []
    for right_id in sorted(shifts.keys() | in_force.shifts.keys()):
        own = own_threshold(right_id)
        if own is None:
            continue
        before, after = in_force.threshold(right_id, own), Calibration("", {}, shifts).threshold(right_id, own)
        if before != after:
            count = _count(by_right.get(right_id, ()))
            changes.append(ThresholdChange(right_id=right_id, before=before, after=after, count=count))
    return changes


def _count(points: Sequence[Point]) -> Count:
    return Count(len(points), sum(point.is_infringing for point in points))


def _counted(count: Count) -> dict[str, int]:
    return {"judged": count.judged, "infringing": count.infringing}
