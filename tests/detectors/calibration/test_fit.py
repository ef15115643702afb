"""Scores move with the verdicts: towards their share, within bounds, and not without evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration.bounds import HIGHEST_SCORE, LOWEST_SCORE
from detectors.calibration.evidence import BELOW_THRESHOLD, Count
from detectors.calibration.fit import fit_scores, fitted
from tests.detectors.calibration.verdicts import SHIPPED, judged, shipped

shares = st.floats(LOWEST_SCORE, HIGHEST_SCORE)
counts = st.integers(0, 400).flatmap(lambda n: st.builds(Count, st.just(n), st.integers(0, n)))


def test_forty_verdicts_of_which_thirty_nine_infringe() -> None:
    """By hand: (39 + 8 x 0.685) / (40 + 8)."""
    scores = fit_scores(judged("mark", "mark disguise", infringing=39, innocent=1), shipped)
    assert scores == {("mark", frozenset({"mark", "disguise"})): pytest.approx(44.48 / 48)}


def test_detectors_are_told_apart() -> None:
    verdicts = [
        *judged("mark", "mark disguise", infringing=30),
        *judged("coded_fake", "mark disguise", innocent=30),
    ]
    scores = fit_scores(verdicts, shipped)
    signals = frozenset({"mark", "disguise"})
    assert scores["mark", signals] > SHIPPED["disguise+mark"] > scores["coded_fake", signals]


def test_what_was_silent_for_a_reason_says_nothing_about_scores() -> None:
    assert fit_scores(judged("mark", "mark", infringing=50, screened="mention"), shipped) == {}


def test_what_only_its_score_held_back_counts_as_an_alert_does() -> None:
    verdicts = judged("mark", "mark", infringing=50, screened=BELOW_THRESHOLD)
    assert fit_scores(verdicts, shipped)["mark", frozenset({"mark"})] > 0.8


@given(shares)
def test_nothing_moves_without_evidence(own: float) -> None:
    assert fitted(Count(), own) == own


@given(counts, shares)
def test_a_score_stays_between_the_shipped_one_and_the_share_of_the_verdicts(count: Count, own: float) -> None:
    share = count.infringing / count.judged if count.judged else own
    assert min(own, max(share, LOWEST_SCORE)) - 1e-9 <= fitted(count, own) <= max(own, min(share, HIGHEST_SCORE)) + 1e-9


@given(counts, shares)
def test_one_more_infringement_never_lowers_a_score_and_one_more_innocent_never_raises_it(
    count: Count, own: float
) -> None:
    now = fitted(count, own)
    assert fitted(count + Count(1, 1), own) >= now >= fitted(count + Count(1, 0), own)


@given(counts, st.integers(2, 9), shares)
def test_more_evidence_of_the_same_kind_brings_a_score_closer_to_the_data(count: Count, times: int, own: float) -> None:
    if not count.judged:
        return
    share = min(max(count.infringing / count.judged, LOWEST_SCORE), HIGHEST_SCORE)
    more = Count(times * count.judged, times * count.infringing)
    assert abs(fitted(more, own) - share) <= abs(fitted(count, own) - share) + 1e-9
