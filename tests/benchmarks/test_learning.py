"""The `learning` benchmark in short: what verdicts on some brands do for the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.accuracy.corpus import shipped
from benchmarks.accuracy.making import SEED
from benchmarks.accuracy.measure import Work, prepare
from benchmarks.learning.run import Learned, learn
from benchmarks.learning.truth import Floor, of_brands, scene
from benchmarks.records import BenchmarkError

Values = tuple[Learned, Learned]


@pytest.fixture(scope="module")
def work() -> Work:
    return prepare(shipped(), cases=25, offers=900, numbers=20)


@pytest.fixture(scope="module")
def learned(work: Work) -> Values:
    return learn(work, [SEED])[0]


def test_the_calibration_error_halves(learned: Values) -> None:
    before, after = learned
    assert after.error <= before.error / 2
    assert after.brier < before.brier


def test_precision_at_the_tiers_threshold_rises(learned: Values) -> None:
    before, after = learned
    assert after.precision_at_tier.value > before.precision_at_tier.value


def test_recall_falls_by_a_hundredth_at_most(learned: Values) -> None:
    before, after = learned
    assert after.recall.value >= before.recall.value - 0.01
    assert after.recall_at_tier.value >= before.recall_at_tier.value - 0.01


def test_brands_are_judged_or_measured_never_both_and_the_truth_is_the_cases(work: Work) -> None:
    stage = scene(work)
    floor = Floor(stage)
    found = floor.look(floor.calibrated({}))
    judged, measured = (of_brands(found, SEED, judged=which) for which in (True, False))
    assert len(judged) + len(measured) == len(found)
    assert not {one.brand for one in judged} & {one.brand for one in measured}
    disguised = [one for one in found if one.case.startswith("leetspeak") and not one.judged.screened]
    assert disguised
    assert all(one.judged.is_infringing for one in disguised)
    assert not [one for one in found if one.case.startswith("licensed") and one.judged.is_infringing]


def test_too_few_findings_are_said(work: Work) -> None:
    with pytest.raises(BenchmarkError, match="too few to judge"):
        learn(replace(work, watchlist=(), groups=work.groups[:2]), [SEED])
