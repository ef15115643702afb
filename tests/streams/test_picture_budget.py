"""Which costly steps a picture gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.configuration.sections import PictureBudgetSettings
from streams.pictures.budget import Left, PictureFacts, Step, left_out

SETTINGS = PictureBudgetSettings(
    max_age_seconds=100, closer_worth=0.0, words_worth=0.2, first_sight_worth=0.3, seen_again_risk=0.7,
    busy_worth=0.7, shed_worth=0.9,
)  # fmt: skip


def steps(
    age: float, risk: float, *, first: bool = True, wanted: frozenset[Step] = frozenset(Step)
) -> tuple[Left | None, Left | None]:
    """What becomes of the second tier and of reading."""

    def left(step: Step) -> Left | None:
        facts = PictureFacts(age_seconds=age, risk=risk, is_first_sight=first, is_wanted=step in wanted)
        return left_out(step, facts, SETTINGS)

    return left(Step.CLOSER), left(Step.WORDS)


@pytest.mark.parametrize(
    ("age", "risk", "first", "wanted"),
    [
        (0, 0.0, True, (None, None)),
        (-5, 0.0, True, (None, None)),
        (20, 0.0, True, (None, None)),
        (25, 0.0, True, (None, Left.SHED_LATE)),
        (50, 0.0, True, (Left.SHED_LATE, Left.SHED_LATE)),
        (50, 0.4, True, (None, Left.SHED_LATE)),
        (100, 0.7, True, (None, None)),
        (100, 0.69, True, (Left.SHED_LATE, Left.SHED_LATE)),
        (101, 0.7, True, (Left.SHED_OLD, Left.SHED_OLD)),
        (101, 0.9, True, (None, None)),
        (1e9, 1.0, True, (None, None)),
        (0, 0.69, False, (Left.SEEN_BEFORE, Left.SEEN_BEFORE)),
        (0, 0.7, False, (None, None)),
        (200, 0.7, False, (Left.SHED_OLD, Left.SHED_OLD)),
    ],
)
def test_what_runs_by_age_risk_and_sight(
    age: float, risk: float, first: bool, wanted: tuple[Left | None, Left | None]
) -> None:
    assert steps(age, risk, first=first) == wanted


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (frozenset[Step](), (Left.NOT_WANTED, Left.NOT_WANTED)),
        (frozenset({Step.CLOSER}), (None, Left.NOT_WANTED)),
        (frozenset({Step.WORDS}), (Left.NOT_WANTED, None)),
    ],
)
def test_a_step_that_no_right_wants_never_runs(wanted: frozenset[Step], left: tuple[Left | None, Left | None]) -> None:
    assert steps(0, 1.0, wanted=wanted) == left


def test_a_step_may_be_kept_for_risky_listings_alone() -> None:
    settings = PictureBudgetSettings(words_worth=0.5)
    facts = PictureFacts(age_seconds=0, risk=0.1, is_first_sight=True)
    assert [left_out(step, facts, settings) for step in (Step.CLOSER, Step.WORDS)] == [None, Left.NOT_WORTH]


ages = st.floats(-10, 1_000)
risks = st.floats(0, 1)


@given(st.tuples(ages, ages), risks, st.booleans())
def test_an_older_message_never_gets_more(age: tuple[float, float], risk: float, first: bool) -> None:
    young, old = (_run(one, risk, first) for one in sorted(age))
    assert old <= young


@given(ages, st.tuples(risks, risks), st.booleans())
def test_a_riskier_listing_never_gets_less(age: float, risk: tuple[float, float], first: bool) -> None:
    low, high = (_run(age, one, first) for one in sorted(risk))
    assert low <= high


def _run(age: float, risk: float, first: bool) -> set[Step]:
    facts = PictureFacts(age_seconds=age, risk=risk, is_first_sight=first)
    return {step for step in Step if left_out(step, facts, SETTINGS) is None}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"max_age_seconds": 0}, "max_age_seconds"),
        ({"shed_worth": 1.5}, "shed_worth"),
        ({"busy_worth": 0.95}, "busy_worth"),
        ({"words_worth": 0.8}, "busy_worth"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PictureBudgetSettings(**wrong)
