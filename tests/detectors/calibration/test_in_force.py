"""A calibration in force: the score, the tier and the threshold of what is screened, and the versions of its alerts."""

from __future__ import annotations

from typing import Any

import pytest

from detectors.errors import RightError
from detectors.records import Screening
from detectors.watchlist import WatchlistBuilder
from streams.pipeline import screen_page
from tests.detectors.floor import listing, page, right

DISGUISED = "N1KE shoes"


def calibration(scores: dict[str, dict[str, float]] | None = None, **shifts: float) -> dict[str, Any]:
    return {
        "form": 1,
        "made_at": "2026-11-29T12:00:00.000Z",
        "scores": {
            detector: {signals: {"score": score} for signals, score in cells.items()}
            for detector, cells in (scores or {}).items()
        },
        "thresholds": {right_id: {"shift": shift} for right_id, shift in shifts.items()},
    }


def builder(*documents: dict[str, Any], **facts: Any) -> WatchlistBuilder:
    made = WatchlistBuilder()
    made.apply({"revision": 1, "op": "put", "right": right(**facts)})
    for revision, document in enumerate(documents, 2):
        made.apply({"revision": revision, "op": "calibrate", "calibration": document})
    return made


def screened(title: str, *documents: dict[str, Any], **facts: Any) -> Screening:
    return screen_page(page([listing(title)]), builder(*documents, **facts).build())


def test_the_score_is_the_calibrated_one_and_the_signals_keep_their_weights() -> None:
    plain = screened(DISGUISED).alerts[0]
    (alert,) = screened(DISGUISED, calibration({"mark": {"disguise+mark": 0.91}})).alerts
    assert (plain.score, plain.tier, alert.score, alert.tier) == (0.685, "medium", 0.91, "high")
    assert alert.signals == plain.signals
    assert alert.alert_id == plain.alert_id


def test_its_version_stands_in_the_alert_and_without_one_none_does() -> None:
    (alert,) = screened(DISGUISED, calibration({"mark": {"mark": 0.2}})).alerts
    assert alert.versions["calibration"].startswith("2026-11-29+")
    assert "calibration" not in screened(DISGUISED).alerts[0].versions


def test_another_detector_with_the_same_signals_keeps_its_score() -> None:
    scores = {
        alert.detector: alert.score
        for alert in screened("高仿 NIKE", calibration({"coded_fake": {"counterfeit_wording+mark": 0.95}})).alerts
    }
    assert scores == {"mark": 0.825, "coded_fake": 0.95}


def test_a_finding_that_verdicts_hold_unlikely_is_raised_all_the_same_in_the_low_tier() -> None:
    (alert,) = screened(DISGUISED, calibration({"mark": {"disguise+mark": 0.4}})).alerts
    assert (alert.score, alert.tier) == (0.4, "low")


def test_a_finding_that_verdicts_hold_likely_reaches_a_threshold_that_its_weights_do_not() -> None:
    stern = {"threshold": {"score": 0.9}}
    assert screened(DISGUISED, **stern).screened == {"below_threshold": 1}
    assert len(screened(DISGUISED, calibration({"mark": {"disguise+mark": 0.91}}), **stern).alerts) == 1


def test_a_moved_threshold_is_the_one_that_counts() -> None:
    stern = {"threshold": {"score": 0.65}}
    assert len(screened(DISGUISED, **stern).alerts) == 1
    assert screened(DISGUISED, calibration(R1=0.05), **stern).screened == {"below_threshold": 1}
    assert len(screened(DISGUISED, calibration(R2=0.05), **stern).alerts) == 1


def test_an_empty_one_brings_back_what_the_rules_say() -> None:
    reset = screened(DISGUISED, calibration({"mark": {"disguise+mark": 0.91}}), {}).alerts
    assert (reset[0].score, reset[0].versions) == (0.685, screened(DISGUISED).alerts[0].versions)


def test_it_comes_in_force_beside_a_base_without_compiling_anything() -> None:
    made = builder()
    base = made.build().base
    made.apply({"revision": 2, "op": "calibrate", "calibration": calibration({"mark": {"disguise+mark": 0.91}})})
    updated = made.update()
    assert updated.base is base
    assert screen_page(page([listing(DISGUISED)]), updated).alerts[0].score == 0.91


def test_an_older_one_changes_nothing() -> None:
    made = builder(calibration({"mark": {"disguise+mark": 0.91}}))
    assert not made.apply({"revision": 1, "op": "calibrate", "calibration": {}})
    assert made.build().calibration.version


def test_one_that_is_none_is_refused_and_the_one_in_force_stays() -> None:
    made = builder(calibration({"mark": {"disguise+mark": 0.91}}))
    with pytest.raises(RightError, match="form 1"):
        made.apply({"revision": 3, "op": "calibrate", "calibration": {"scores": {}}})
    assert screen_page(page([listing(DISGUISED)]), made.build()).alerts[0].score == 0.91
