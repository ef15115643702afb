"""A right's threshold moves over scores that are, with confidence, not worth (or worth) a look; else it stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration.bounds import FEWEST_VERDICTS, HIGHEST_THRESHOLD, LOWEST_THRESHOLD, SHIFT_BOUND
from detectors.calibration.thresholds import Point, best_shift

OWN = 0.5
scores = st.integers(30, 80).map(lambda hundredths: hundredths / 100)
points = st.lists(
    st.tuples(st.builds(Point, scores, st.booleans()), st.integers(1, 40)).map(lambda pair: [pair[0]] * pair[1]),
    max_size=8,
).map(lambda runs: [point for run in runs for point in run])


def at(score: float, *, infringing: int = 0, innocent: int = 0) -> list[Point]:
    return [Point(score, is_infringing=True)] * infringing + [Point(score, is_infringing=False)] * innocent


def test_it_moves_up_over_alerts_that_were_innocent_and_not_further() -> None:
    assert best_shift([*at(0.54, innocent=30, infringing=3), *at(0.58, infringing=30)], OWN) == 0.05


def test_it_moves_down_over_what_was_held_back_and_infringes() -> None:
    assert best_shift(at(0.46, infringing=25), OWN) == -0.04


def test_too_few_verdicts_move_nothing() -> None:
    assert best_shift(at(0.54, innocent=FEWEST_VERDICTS - 1), OWN) == 0
    assert best_shift(at(0.54, innocent=FEWEST_VERDICTS), OWN) > 0


def test_a_verdict_against_a_move_never_brings_it_about() -> None:
    almost = at(0.46, infringing=FEWEST_VERDICTS - 1)
    assert best_shift(almost, OWN) == best_shift([*almost, *at(0.46, innocent=1)], OWN) == 0


def test_verdicts_that_disagree_move_nothing() -> None:
    assert best_shift(at(0.54, innocent=22, infringing=18), OWN) == 0


def test_innocent_alerts_far_above_the_threshold_are_out_of_reach() -> None:
    assert best_shift(at(0.7, innocent=500), OWN) == 0


@given(points, st.floats(0, 1))
def test_it_stays_within_its_bounds(some: list[Point], own: float) -> None:
    shift = best_shift(some, own)
    assert abs(shift) <= SHIFT_BOUND
    assert not shift or LOWEST_THRESHOLD <= own + shift <= HIGHEST_THRESHOLD


@given(points, scores)
def test_one_more_innocent_alert_never_lowers_it(some: list[Point], score: float) -> None:
    assert best_shift([*some, Point(score, is_infringing=False)], OWN) >= best_shift(some, OWN)
