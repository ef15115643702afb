"""Which groups a right's change touches, and how that is called."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detectors.calibration.document import UNCALIBRATED, Calibration
from detectors.rights import Right, parse_right
from sinks.verdict_codes import INFRINGING, NOT_INFRINGING
from streams.reopening.rule import Standing, touched

TODAY = date(2026, 11, 29)
ALERT: dict[str, Any] = {
    "observed_at": "2026-11-20T10:00:00.000Z",
    "platform": "taobao",
    "seller": {"id": "s1", "name": "Shop One"},
    "score": 0.6,
    "reasons": [{"field": "title", "how": "identical"}, {"field": "images[0]", "how": "pdq", "distance": 20}],
}
UNDECIDED, GUILTY = Standing(), Standing(INFRINGING, "counterfeit")


def right(**fields: Any) -> Right:
    return parse_right({"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"], **fields})


def innocent(reason_code: str) -> Standing:
    return Standing(NOT_INFRINGING, reason_code)


@pytest.mark.parametrize(("before", "after", "code"), [
    ({}, None, "withdrawn"),
    ({}, {"status": "lapsed", "status_since": "2026-11-28"}, "lapsed"),
    ({}, {"status": "invalidated"}, "lapsed"),
    ({}, {"expires_on": "2026-11-19"}, "lapsed"),
    ({}, {"granted_on": "2026-11-21"}, "lapsed"),
    ({"expires_on": "2026-11-01"}, {"expires_on": "2026-10-01"}, None),
    ({}, {"expires_on": "2026-11-29"}, None),
    ({}, {"licensees": [{"seller_id": "S1"}]}, "licence"),
    ({}, {"licensees": [{"seller_id": "s1", "platforms": ["jd"]}]}, None),
    ({}, {"licensees": [{"seller_id": "s1", "to": "2026-11-19"}]}, None),
    ({}, {"licensees": [{"seller_id": "s2"}]}, None),
    ({"licensees": [{"seller_id": "s1"}]}, {"licensees": [{"seller_id": "s1"}], "title": "x"}, None),
    ({}, {"holder": {"sellers": [{"seller_id": "s1"}]}}, "own_shop"),
    ({}, {"allow": [{"seller_id": "s1"}]}, "allowed"),
    ({}, {"threshold": {"score": 0.61}}, "threshold"),
    ({}, {"threshold": {"score": 0.6}}, None),
    ({}, {"threshold": {"image_distance": 19}}, "threshold"),
    ({"threshold": {"score": 0.7}}, {"threshold": {"score": 0.8}}, None),
    ({}, {"title": "renamed", "classes": ["25"]}, None),
])  # fmt: skip
def test_what_is_undecided_or_infringing_is_touched_when_it_would_not_alert_any_more(
    before: dict[str, Any], after: dict[str, Any] | None, code: str | None
) -> None:
    now = None if after is None else right(**after)
    for standing in (UNDECIDED, GUILTY):
        assert touched(right(**before), now, ALERT, standing, TODAY, is_silenced=False) == code


def test_what_only_the_pipeline_can_tell_is_called_narrower_unless_it_has_a_better_name() -> None:
    narrower, licensed = right(classes=["9"]), right(classes=["9"], licensees=[{"seller_id": "s1"}])
    assert touched(right(), narrower, ALERT, GUILTY, TODAY, is_silenced=True) == "narrower"
    assert touched(right(), licensed, ALERT, GUILTY, TODAY, is_silenced=True) == "licence"


@pytest.mark.parametrize(("reason_code", "before", "after", "code"), [
    ("licensed", {"licensees": [{"seller_id": "s1"}]}, {}, "licence_ended"),
    ("licensed", {"licensees": [{"seller_id": "s1"}]}, {"licensees": [{"name": "Shop One"}]}, None),
    ("licensed", {}, {}, None),
    ("own_shop", {"holder": {"sellers": [{"seller_id": "s1"}]}}, {}, "no_own_shop"),
    ("own_shop", {"licensees": [{"seller_id": "s1"}]}, {}, None),
    ("right_not_in_force", {"status": "pending"}, {}, "in_force"),
    ("right_not_in_force", {}, {"title": "x"}, None),
    ("other_goods", {}, {"status": "invalidated"}, None),
    ("wrong_match", {}, None, None),
])  # fmt: skip
def test_what_is_innocent_is_touched_when_the_reason_for_it_is_gone(
    reason_code: str, before: dict[str, Any], after: dict[str, Any] | None, code: str | None
) -> None:
    now = None if after is None else right(**after)
    assert touched(right(**before), now, ALERT, innocent(reason_code), TODAY, is_silenced=True) == code


def test_an_alert_without_a_seller_or_pictures_is_judged_by_what_it_has() -> None:
    bare = {**ALERT, "seller": None, "reasons": []}
    excused = right(licensees=[{"name": "Shop One"}], threshold={"image_distance": 0})
    assert touched(right(), excused, bare, GUILTY, TODAY, is_silenced=False) is None


def test_a_threshold_is_what_the_calibration_makes_of_it() -> None:
    lower, higher = Calibration("l", shifts={"R1": -0.2}), Calibration("h", shifts={"R1": 0.2})
    raised = right(threshold={"score": 0.65})
    told = [
        touched(right(), after, ALERT, GUILTY, TODAY, is_silenced=False, calibrations=calibrations)
        for after, calibrations in ((raised, (lower, lower)), (right(), (lower, higher)), (right(), (higher, lower)))
    ]
    assert told == [None, "threshold", None]
    both = UNCALIBRATED, higher
    assert touched(right(), right(), ALERT, UNDECIDED, TODAY, is_silenced=True, calibrations=both) == "threshold"
