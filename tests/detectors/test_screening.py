"""Reasons not to alert: who sells, what for, where, when, and what the right's own policy says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.detectors.floor import TODAY, listing, outcome, right, screen

ALERT = "alert mark"
ANY_USE = right(policy="any_use")
PRICED = right(usual_price={"amount": "900", "currency": "CNY"})


def seller(**fields: Any) -> dict[str, Any]:
    return listing("N1KE", seller=fields)


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("适用于苹果手机壳", "苹果"),
        ("case for Apple", "Apple"),
        ("strap compatible with the new Apple watch", "Apple"),
        ("苹果专用充电器", "苹果"),
        ("Apple compatible charger", "Apple"),
        ("Hülle für Apple", "Apple"),
        ("애플 호환 충전기", "애플"),
    ],
)
def test_goods_for_a_mark_are_compatible_use(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "compatible_use"
    assert outcome(title, right(marks=[mark], policy="any_use")) == "compatible_use"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Apple charger! for Apple", "mention"),
        ("for! Apple", "mention"),
        ("for " + "x" * 30 + " Apple", "mention"),
        ("case for Αpple", ALERT),
        ("replica for Apple", "alert mark+coded_fake"),
    ],
)
def test_what_is_no_compatible_use(title: str, expected: str) -> None:
    assert outcome(title, right(marks=["Apple"])) == expected


def test_any_use_alerts_on_a_plain_mention() -> None:
    assert outcome("NIKE", ANY_USE) == ALERT
    (alert,) = screen("NIKE", ANY_USE).alerts
    assert list(alert.signals) == ["mark", "any_use"]


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("100", "CNY", ALERT),
        (100, "cny", ALERT),
        ("269.99", "CNY", ALERT),
        ("270", "CNY", "mention"),
        ("900", "CNY", "mention"),
        ("0", "CNY", "mention"),
        ("100", "JPY", "mention"),
        ("100", "", "mention"),
        ("100", None, "mention"),
        (None, "CNY", "mention"),
        ("cheap", "CNY", "mention"),
        ("NaN", "CNY", "mention"),
        (-5, "CNY", "mention"),
    ],
)
def test_a_price_far_under_the_usual_one_lifts_a_mention(price: Any, currency: Any, expected: str) -> None:
    assert outcome(listing("NIKE", price=price, currency=currency), PRICED) == expected


def test_a_low_price_without_a_mark_is_nothing() -> None:
    assert outcome(listing("shoes", price="1", currency="CNY"), PRICED) == "nothing"


def test_a_low_price_never_lifts_compatible_use() -> None:
    assert outcome(listing("laces for NIKE", price="1", currency="CNY"), PRICED) == "compatible_use"


def test_a_missing_currency_is_not_the_usual_one() -> None:
    assert outcome({**listing("NIKE"), "price": "1"}, PRICED) == "mention"


@pytest.mark.parametrize(
    ("holder", "who", "expected"),
    [
        ({"sellers": [{"seller_id": "s9"}]}, {"id": "s9"}, "own_shop"),
        ({"sellers": [{"seller_id": "s9", "platform": "taobao"}]}, {"id": "S9 "}, "own_shop"),
        ({"sellers": [{"seller_id": "s9", "platform": "jd"}]}, {"id": "s9"}, ALERT),
        ({"sellers": [{"seller_id": "s9"}]}, {"id": "s1"}, ALERT),
        ({"sellers": [{"seller_id": "s9"}]}, {"name": "s9"}, ALERT),
        ({"uscc": "91350200M0000A"}, {"uscc": "91350200m0000a"}, "own_shop"),
        ({"name": "Nike Inc"}, {"name": " NIKE INC"}, "own_shop"),
        ({"name": "Nike Inc"}, {"name": ""}, ALERT),
        ({"name": "Nike Inc"}, {}, ALERT),
    ],
)
def test_the_holders_own_shop(holder: dict[str, Any], who: dict[str, Any], expected: str) -> None:
    assert outcome(seller(**who), right(holder=holder)) == expected


@pytest.mark.parametrize(
    ("licence", "who", "expected"),
    [
        ({"seller_id": "s1"}, {"id": "s1"}, "licensee"),
        ({"uscc": "U1"}, {"uscc": "u1"}, "licensee"),
        ({"name": "Shop"}, {"name": "shop"}, "licensee"),
        ({"seller_id": "s1"}, {"id": "s2"}, ALERT),
        ({"seller_id": "s1", "platforms": ["taobao"]}, {"id": "s1"}, "licensee"),
        ({"seller_id": "s1", "platforms": ["jd"]}, {"id": "s1"}, ALERT),
        ({"seller_id": "s1", "from": "2026-11-21"}, {"id": "s1"}, "licensee"),
        ({"seller_id": "s1", "from": "2026-11-22"}, {"id": "s1"}, ALERT),
        ({"seller_id": "s1", "to": "2026-11-21"}, {"id": "s1"}, "licensee"),
        ({"seller_id": "s1", "to": "2026-11-20"}, {"id": "s1"}, ALERT),
    ],
)
def test_licensees_where_and_when_they_may_sell(licence: dict[str, Any], who: dict[str, Any], expected: str) -> None:
    assert outcome(seller(**who), right(licensees=[licence])) == expected


def test_an_allowed_seller_and_an_allowed_phrase() -> None:
    allowed = right(allow=[{"seller_id": "s1"}, {"phrase": "N1KE the band"}])
    assert outcome(seller(id="s1"), allowed) == "allow_list"
    assert outcome(listing("poster of n1ke THE BAND"), allowed) == "allow_list"
    assert (
        outcome(listing("N1KE", description="N1KE the band"), allowed) == "alert mark"
    )  # a phrase covers its own place
    assert outcome(seller(id="s2"), allowed) == ALERT


def test_a_seller_known_to_one_right_is_a_stranger_to_another() -> None:
    screening = screen(seller(id="s1"), right("R1", licensees=[{"seller_id": "s1"}]), right("R2"))
    assert [alert.right_id for alert in screening.alerts] == ["R2"]
    assert dict(screening.screened) == {"licensee": 1}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ALERT),
        ({"expires_on": "2026-11-21"}, ALERT),
        ({"expires_on": "2026-11-20"}, "lapsed_right"),
        ({"granted_on": "2026-11-21"}, ALERT),
        ({"granted_on": "2026-11-22"}, "lapsed_right"),
        ({"status": "pending"}, "lapsed_right"),
        ({"status": "lapsed"}, "lapsed_right"),
        ({"status": "lapsed", "status_since": "2026-11-21"}, "lapsed_right"),
        ({"status": "lapsed", "status_since": "2026-11-22"}, ALERT),
        ({"status": "invalidated", "status_since": "2030-01-01"}, "lapsed_right"),
        ({"status": "lapsed", "policy": "any_use"}, "lapsed_right"),
    ],
)
def test_a_right_that_is_not_in_force_on_the_pages_day(changes: dict[str, Any], expected: str) -> None:
    assert outcome("N1KE", right(**changes)) == expected


def test_the_day_is_the_pages_day_in_utc() -> None:
    expiring = right(expires_on="2026-11-21")
    late = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
    assert outcome("N1KE", expiring, today=late) == ALERT
    assert outcome("N1KE", expiring, today=late + timedelta(minutes=1)) == "lapsed_right"
    assert outcome("N1KE", expiring, today=late.astimezone(timezone(timedelta(hours=9)))) == ALERT


@pytest.mark.parametrize(
    ("territories", "market", "expected"),
    [
        ([], "CN", ALERT),
        (["CN"], None, ALERT),
        (["CN"], "", ALERT),
        (["CN"], "CN", ALERT),
        (["cn"], "Cn", ALERT),
        (["CN"], " CN ", ALERT),
        (["CN", "JP"], "JP", ALERT),
        (["CN"], "JP", "other_territory"),
    ],
)
def test_rights_hold_where_they_are_registered(territories: list[str], market: str | None, expected: str) -> None:
    assert outcome(listing("N1KE", market=market), right(territories=territories)) == expected


def test_a_score_below_the_rights_threshold_is_counted_and_held_back() -> None:
    assert outcome("N1KE", right(threshold={"score": 0.685})) == ALERT
    assert outcome("N1KE", right(threshold={"score": 0.7})) == "below_threshold"
    assert outcome("NIKE replica", right(threshold={"score": 0.99})) == "below_threshold"
    assert dict(screen("NIKE replica", right(threshold={"score": 0.99})).screened) == {"below_threshold": 2}


def test_a_threshold_of_nothing_does_not_lift_a_mention() -> None:
    assert outcome("NIKE", right(threshold={"score": 0})) == "mention"


def test_a_patent_with_marks_is_not_a_mark() -> None:
    assert outcome("N1KE", right(kind="design", number="2009301234567")) == "nothing"


def test_observed_at_is_the_pages_timestamp() -> None:
    (alert,) = screen("N1KE", right(), today=TODAY).alerts
    assert alert.observed_at == "2026-11-21T10:00:00.123Z"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"name": "Nike Inc"}, "own_shop"),
        ({"id": "s9", "name": "Nike Inc"}, "alert mark"),  # another account than the holder's
        ({"uscc": "91110000600037341L", "name": "Nike Inc"}, "alert mark"),  # another company
        ({"id": "s1", "name": "anything"}, "own_shop"),
    ],
)
def test_a_name_counts_only_where_nothing_speaks_against_it(who: dict[str, Any], expected: str) -> None:
    holder = {"name": "Nike Inc", "uscc": "914403001922038216", "sellers": [{"platform": "taobao", "seller_id": "s1"}]}
    offer = listing("N1KE", platform="taobao", seller=who)
    assert outcome(offer, right(marks=["NIKE"], holder=holder)) == expected


@pytest.mark.parametrize("condition", ["used", "refurbished"])
def test_second_hand_goods_may_be_cheap(condition: str) -> None:
    offer = {**listing("NIKE"), "price": "1", "currency": PRICED["usual_price"]["currency"], "condition": condition}
    assert outcome(offer, PRICED) == "mention"
