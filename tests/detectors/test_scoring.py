"""Scores: named signals to one number and a tier."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detectors.scoring import score, tier, weigh
from detectors.watchlist.rules import default_rules

RULES = default_rules()
signal_sets = st.sets(st.sampled_from(sorted(RULES.signals)))


def scored(*signals: str) -> float:
    return score(weigh(signals, RULES.signals))


def test_no_signal_scores_nothing() -> None:
    assert scored() == 0.0


def test_a_plain_mark_stays_below_the_usual_threshold() -> None:
    assert scored("mark") < 0.5


ADDS_ONLY = {"off_platform_contact", "goods_match"}


def test_what_lifts_a_mark_reaches_the_usual_threshold() -> None:
    assert all(scored("mark", signal) >= 0.5 for signal in RULES.signals.keys() - {"mark"} - ADDS_ONLY)


def test_what_only_adds_does_not_lift_a_mark() -> None:
    assert all(scored("mark", signal) < 0.5 for signal in ADDS_ONLY)


def test_a_signal_named_twice_counts_once() -> None:
    assert scored("mark", "mark", "disguise") == scored("mark", "disguise")


def test_the_weights_are_listed_in_the_order_of_the_table() -> None:
    assert list(weigh(reversed(list(RULES.signals)), RULES.signals)) == list(RULES.signals)


@given(signal_sets, st.sampled_from(sorted(RULES.signals)))
def test_one_more_signal_never_lowers_the_score(signals: set[str], one_more: str) -> None:
    assert 0 <= scored(*signals) <= scored(*signals, one_more) <= 1


@given(st.permutations(sorted(RULES.signals)))
def test_the_order_of_signals_changes_nothing(signals: list[str]) -> None:
    assert weigh(signals, RULES.signals) == weigh(sorted(signals), RULES.signals)
    assert scored(*signals) == scored(*sorted(signals))


def test_tiers_are_lower_bounds() -> None:
    high, medium = RULES.tiers["high"], RULES.tiers["medium"]
    tiers = [tier(value, RULES) for value in (1.0, high, high - 0.001, medium, medium - 0.001, 0.0)]
    assert tiers == ["high", "high", "medium", "medium", "low", "low"]
