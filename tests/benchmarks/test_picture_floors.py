"""The regression gate: `accuracy-pictures --quick` on shipped pictures, against the floors in picture_floors.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from benchmarks.pictures.measure import Outcome, measure, rows
from benchmarks.pictures.run import quick_work
from benchmarks.pictures.systems import Ours

FLOORS = tomllib.loads(Path(__file__).with_name("picture_floors.toml").read_text("utf-8"))["found"]
ROUNDING = 0.0005  # floors are written with three decimals


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return measure(quick_work(), Ours())


def test_every_row_has_a_floor(outcome: Outcome) -> None:
    assert [name for name, cases in rows(outcome.work).items() if cases] == list(FLOORS)


def test_no_row_falls_below_its_floor(outcome: Outcome) -> None:
    found = {name: outcome.recall(cases).value for name, cases in rows(outcome.work).items() if cases}
    fallen = {name: (value, FLOORS[name]) for name, value in found.items() if value < FLOORS[name] - ROUNDING}
    assert not fallen, "row: (measured, floor); see `python -m benchmarks accuracy-pictures --quick --show ROW`"


def test_nothing_is_taken_for_another_products_picture(outcome: Outcome) -> None:
    assert not [f"{case.edits} {case.picture.path.name}: {other}" for case, other in outcome.false_matches()]
