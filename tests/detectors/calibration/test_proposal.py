"""The next calibration is one bounded step from what is in force, and reads back as what was proposed."""

from __future__ import annotations

import itertools
from typing import Any

import orjson
import pytest

from detectors.calibration.bounds import SCORE_STEP, SHIFT_BOUND, SHIFT_STEP
from detectors.calibration.document import UNCALIBRATED, Calibration, read_calibration
from detectors.calibration.evidence import Count, Judged
from detectors.calibration.proposal import Proposal, ScoreChange, ThresholdChange, propose
from detectors.errors import RightError
from tests.detectors.calibration.verdicts import judged, shipped

MADE_AT = "2026-11-29T12:00:00.000Z"
DISGUISED, ANY_USE = ("mark", frozenset({"mark", "disguise"})), ("mark", frozenset({"mark", "any_use"}))


def proposed(verdicts: list[Judged], in_force: Calibration = UNCALIBRATED, own: float | None = 0.5) -> Proposal:
    return propose(verdicts, in_force, shipped, lambda _: own, MADE_AT)


def settled(verdicts: list[Judged]) -> list[Calibration]:
    """What comes in force, step after step, until nothing changes any more."""
    steps = [UNCALIBRATED]
    while (following := proposed(verdicts, steps[-1])).changes_anything:
        steps.append(following.calibration)
        assert len(steps) < 20
    return steps


def test_without_verdicts_nothing_is_proposed() -> None:
    proposal = proposed([])
    assert not proposal.changes_anything
    assert (proposal.calibration.scores, proposal.calibration.shifts) == ({}, {})


def test_it_says_what_it_would_change_and_by_how_many_verdicts() -> None:
    proposal = proposed(judged("mark", "mark disguise", infringing=39, innocent=1))
    assert proposal.scores == (
        ScoreChange(detector="mark", signals="disguise+mark", before=0.685, after=0.927, count=Count(40, 39)),
    )


def test_it_says_what_it_gains_on_verdicts_that_it_was_not_made_from() -> None:
    proposal = proposed(judged("mark", "mark disguise", infringing=40))
    assert proposal.before is not None
    assert proposal.after is not None
    assert proposal.before.calibration_error == pytest.approx(0.315)
    assert proposal.after.calibration_error == pytest.approx(1 - (32 + 8 * 0.685) / 40, abs=1e-3)
    assert proposal.after.brier_score < proposal.before.brier_score


def test_one_step_is_bounded_and_the_next_goes_on() -> None:
    steps = settled(judged("mark", "mark any_use", innocent=2000))
    scores = [step.score("mark", ANY_USE[1], 0.545) for step in steps]
    assert scores[1:] == pytest.approx([0.245, 0.01])
    assert all(before - after <= SCORE_STEP + 1e-9 for before, after in itertools.pairwise(scores))


def test_a_threshold_goes_up_step_by_step() -> None:
    verdicts = judged("mark", "mark disguise", innocent=12, infringing=10) + judged("mark", "mark any_use", innocent=1)
    verdicts += judged("mark", "mark disguise", innocent=2, infringing=200, right_id="another")
    verdicts += judged("mark", "mark any_use", innocent=30, right_id="silenced")
    verdicts += judged("mark", "mark any_use", infringing=40, right_id="another")
    steps = settled(verdicts)
    assert [step.shifts.get("silenced") for step in steps][-1] == pytest.approx(0.15, abs=0.1)
    assert all("another" not in step.shifts and "R" not in step.shifts for step in steps)
    moves = [step.shifts.get("silenced", 0.0) for step in steps]
    assert all(after - before <= SHIFT_STEP + 1e-9 for before, after in itertools.pairwise(moves))


def test_a_threshold_change_is_told_as_thresholds() -> None:
    verdicts = judged("mark", "mark any_use", innocent=30) + judged("mark", "mark any_use", infringing=45, right_id="S")
    assert proposed(verdicts).thresholds == (ThresholdChange(right_id="R", before=0.5, after=0.55, count=Count(30, 0)),)


def test_a_right_that_is_gone_has_no_threshold() -> None:
    verdicts = judged("mark", "mark any_use", innocent=30) + judged("mark", "mark any_use", infringing=45, right_id="S")
    assert proposed(verdicts, own=None).calibration.shifts == {}


def test_verdicts_that_are_gone_let_go_of_what_they_moved() -> None:
    in_force = settled(judged("mark", "mark disguise", infringing=100))[-1]
    assert in_force.score("mark", DISGUISED[1], 0.685) > 0.9
    after = proposed([], in_force)
    assert after.calibration.score("mark", DISGUISED[1], 0.685) == 0.685
    assert after.calibration.scores == {}


def test_it_reads_back_from_json_as_it_was_proposed() -> None:
    proposal = proposed(judged("mark", "mark disguise", infringing=39, innocent=1))
    assert read_calibration(orjson.loads(orjson.dumps(proposal.document))) == proposal.calibration
    assert proposal.calibration.version.startswith("2026-11-29+")


def test_another_content_is_another_version() -> None:
    versions = {proposed(judged("mark", "mark disguise", infringing=n)).calibration.version for n in (1, 2, 3)}
    assert len(versions) == 3


def test_an_empty_object_is_none() -> None:
    assert read_calibration({}) is UNCALIBRATED


@pytest.mark.parametrize(("change", "place"), [
    ({"form": 2}, "calibration: must have form 1"),
    ({"made_at": 5}, "calibration.made_at"),
    ({"scores": []}, "calibration.scores: must be an object"),
    ({"scores": {"mark": {"mark": {"score": 1.0}}}}, "calibration.scores.mark.mark.score: must be a number from 0.01"),
    ({"scores": {"mark": {"mark": {"score": True}}}}, "calibration.scores.mark.mark.score"),
    ({"thresholds": {"R": {"shift": SHIFT_BOUND + 0.01}}}, "calibration.thresholds.R.shift: must be a number from"),
])  # fmt: skip
def test_what_goes_beyond_the_bounds_is_refused_by_its_place(change: dict[str, Any], place: str) -> None:
    document = {"form": 1, "made_at": MADE_AT, "scores": {}, "thresholds": {}, **change}
    with pytest.raises(RightError) as refusal:
        read_calibration(document)
    assert str(refusal.value).startswith(place)


def test_a_moved_threshold_silences_no_right_and_a_stern_one_stays() -> None:
    moved = Calibration("v", {}, {"R": 0.15})
    assert [moved.threshold("R", own) for own in (0.5, 0.9, 1.0)] == [0.65, 0.95, 1.0]
    assert moved.threshold("another", 0.5) == moved.threshold(None, 0.5) == 0.5
