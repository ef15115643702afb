"""The regression gate: `accuracy-text --quick` on shipped data, against the floors in accuracy_floors.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from benchmarks.accuracy.measure import Outcome, measure
from benchmarks.accuracy.records import metric
from benchmarks.accuracy.run import quick_work
from benchmarks.accuracy.systems import Ours

FLOORS = tomllib.loads(Path(__file__).with_name("accuracy_floors.toml").read_text("utf-8"))
ROUNDING = 0.0005  # floors are written with three decimals


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return measure(quick_work(), Ours())


def shares(outcome: Outcome) -> dict[str, float]:
    """Row -> the share of its cases that came out as wanted."""
    return {
        metric(group, policy): outcome.share(group, policy).value
        for group in outcome.work.groups
        for policy in group.policies
    }


def test_every_row_has_a_floor(outcome: Outcome) -> None:
    assert list(shares(outcome)) == list(FLOORS["shares"])


def test_no_row_falls_below_its_floor(outcome: Outcome) -> None:
    fallen = {
        row: (value, FLOORS["shares"][row])
        for row, value in shares(outcome).items()
        if value < FLOORS["shares"][row] - ROUNDING
    }
    assert not fallen, "row: (measured, floor); see `python -m benchmarks accuracy-text --quick --show ROW`"


def test_recall_over_all_rows_stays(outcome: Outcome) -> None:
    assert outcome.recall().value >= FLOORS["recall"] - ROUNDING


@pytest.mark.parametrize("language", ["zh", "en"])
def test_honest_titles_do_not_alert_more_often(outcome: Outcome, language: str) -> None:
    assert outcome.false_per_thousand(language) <= FLOORS["false_per_thousand"][language] + ROUNDING
