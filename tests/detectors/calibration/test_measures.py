"""Precision, misses and calibration error, beside numbers worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration.intervals import Share, counted, wilson
from detectors.calibration.measures import (
    Scored,
    Stratum,
    brier_score,
    calibration_error,
    curve,
    miss_rate,
)


def scored(score: float, *, infringing: int = 0, innocent: int = 0) -> list[Scored]:
    return [Scored(score, number < infringing) for number in range(infringing + innocent)]


def test_the_interval_is_wilsons() -> None:
    """Newcombe 1998, table I: 81 of 263, and 15 of 148."""
    assert (wilson(81, 263).low, wilson(81, 263).high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (wilson(15, 148).low, wilson(15, 148).high) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def test_a_count_may_have_been_another() -> None:
    """By hand, of 4: 4 + 1.92 +- 1.96 sqrt(4 + 0.96)."""
    assert (counted(4).low, counted(4).high) == pytest.approx((1.556, 10.286), abs=1e-3)
    assert counted(0).low == 0


def test_a_small_sample_says_less_than_its_shares_alone() -> None:
    few = miss_rate([Stratum(sampled=4, weight=100, judged=4, infringing=1)], 12, Share(8, 10))
    kept_whole = miss_rate([Stratum(sampled=400, weight=1, judged=4, infringing=1)], 12, Share(8, 10))
    assert few.value == kept_whole.value
    assert few.interval.low < kept_whole.interval.low
    assert few.interval.high > kept_whole.interval.high


def test_of_nothing_everything_is_possible() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(2, 20))
def test_an_interval_holds_its_share_and_narrows_with_evidence(counts: tuple[int, int], times: int) -> None:
    hits, total = counts
    few, many = wilson(hits, total), wilson(times * hits, times * total)
    assert 0 <= few.low <= hits / total <= few.high <= 1
    assert many.high - many.low < few.high - few.low


def test_more_hits_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="3 hits of 2"):
        wilson(3, 2)


def test_calibration_error_and_brier_score() -> None:
    """Two tenths: ten at 0.65, all right (0.35 too low); thirty at 0.9, of which 24 are right (0.1 too high)."""
    some = scored(0.65, infringing=10) + scored(0.9, infringing=24, innocent=6)
    assert calibration_error(some) == pytest.approx((10 * 0.35 + 30 * 0.1) / 40)
    assert brier_score(some) == pytest.approx((10 * 0.35**2 + 24 * 0.1**2 + 6 * 0.9**2) / 40)


def test_nothing_judged_has_no_error() -> None:
    assert calibration_error([]) is brier_score([]) is None


def test_the_curve_has_the_tenths_that_were_judged() -> None:
    found = curve(scored(0.62, infringing=3, innocent=1) + scored(0.66, infringing=1) + scored(1.0, infringing=2))
    assert [(one.low, one.share) for one in found] == [(0.6, Share(4, 5)), (0.9, Share(2, 2))]
    assert found[0].mean_score == pytest.approx((4 * 0.62 + 0.66) / 5)


def test_the_miss_rate_counts_each_of_the_sample_with_its_weight() -> None:
    """60 in the sample of 1 %: 6,000 were screened. 2 of 40 judged infringe: about 300 missed; of 500 alerts 450 were
    right: 300 / 750."""
    rate = miss_rate([Stratum(sampled=60, weight=100, judged=40, infringing=2)], 500, Share(180, 200))
    assert rate.missed == pytest.approx(300)
    assert rate.value == pytest.approx(0.4)
    assert rate.interval.low < 0.2 < 0.4 < 0.7 < rate.interval.high


def test_what_is_kept_whole_counts_once() -> None:
    strata = [
        Stratum(sampled=10, weight=100, judged=10, infringing=0),
        Stratum(sampled=50, weight=1, judged=50, infringing=50),
    ]
    assert miss_rate(strata, 50, Share(50, 50)).value == 0.5


@pytest.mark.parametrize("strata", [
    [],
    [Stratum(sampled=10, weight=100, judged=0, infringing=0)],
    [Stratum(sampled=9, weight=9, judged=9, infringing=0), Stratum(sampled=10, weight=1, judged=0, infringing=0)],
])  # fmt: skip
def test_where_nobody_looked_the_miss_rate_is_unknown(strata: list[Stratum]) -> None:
    rate = miss_rate(strata, 100, Share(9, 10))
    assert (rate.value, rate.interval.low, rate.interval.high) == (None, 0, 1)


def test_where_nothing_alerted_all_was_missed_and_without_an_infringement_nothing_is_known() -> None:
    assert miss_rate([Stratum(sampled=9, weight=10, judged=9, infringing=3)], 0, Share(0, 0)).value == 1
    assert miss_rate([Stratum(sampled=9, weight=10, judged=9, infringing=0)], 0, Share(0, 0)).value is None


def test_alerts_of_which_nobody_judged_any_leave_it_unknown() -> None:
    assert miss_rate([Stratum(sampled=9, weight=10, judged=9, infringing=3)], 5, Share(0, 0)).value is None


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 90))
def test_the_miss_rate_lies_in_its_interval(judged: int, infringing: int, right: int) -> None:
    stratum = Stratum(sampled=judged, weight=50, judged=judged, infringing=min(infringing, judged))
    rate = miss_rate([stratum], 300, Share(right, 90))
    assert rate.value is not None
    assert 0 <= rate.interval.low <= rate.value <= rate.interval.high <= 1
