"""Which changes of a right may find something in listings that are stored already."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import widening
from detectors.records import Alert
from detectors.rights import Right, parse_right
from detectors.widening import widens
from streams.pipeline import screen_page
from tests.detectors.floor import listing, page, right, watchlist

SHOP = {"platform": "taobao", "seller_id": "s1"}
OTHER_SHOP = {"platform": "taobao", "seller_id": "s2"}
PRICE = {"amount": "900", "currency": "CNY"}


def change(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return widens(parse_right(right(**before)), parse_right(right(**after)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"marks": ["NIKE", "耐克"]}),
        ({}, {"aliases": ["耐克"]}),
        ({"classes": ["25"]}, {"classes": ["25", "18"]}),
        ({"classes": ["25"]}, {}),
        ({"territories": ["CN"]}, {"territories": ["CN", "JP"]}),
        ({"territories": ["DE"]}, {"territories": ["EU"]}),
        ({"territories": ["CN"]}, {}),
        ({}, {"policy": "any_use"}),
        ({"threshold": {"score": 0.5}}, {"threshold": {"score": 0.3}}),
        ({"status": "pending"}, {"status": "granted"}),
        ({"expires_on": "2026-01-01"}, {"expires_on": "2036-01-01"}),
        ({"granted_on": "2026-01-01"}, {"granted_on": "2016-01-01"}),
        ({}, {"well_known": True}),
        ({}, {"usual_price": PRICE}),
        ({"usual_price": PRICE}, {"usual_price": {**PRICE, "amount": "1900"}}),
        ({"usual_price": PRICE}, {"usual_price": {**PRICE, "currency": "USD"}}),
        ({"licensees": [{"seller_id": "s1"}]}, {}),
        ({"licensees": [{"seller_id": "s1"}]}, {"licensees": [{"seller_id": "s1", "to": "2026-01-01"}]}),
        ({"allow": [{"seller_id": "s1"}]}, {}),
        ({"holder": {"sellers": [SHOP]}}, {}),
        ({"holder": {"name": "Shop"}}, {"holder": {"name": "Other"}}),
        ({"holder": {"name": "Shop"}}, {"holder": {"name": "Shop", "sellers": [SHOP]}}),
        ({"kind": "design", "number": "ZL201730000000.0"}, {}),
        ({}, {"images": [{"pdq": "0f" * 32}]}),
        ({"images": [{"pdq": "0f" * 32}]}, {"images": [{"pdq": "0f" * 32}, {"pdq": "f0" * 32}]}),
        ({"images": [{"pdq": "0f" * 32}]}, {"images": [{"pdq": "0f" * 32}], "threshold": {"image_distance": 40}}),
        (
            {"images": [{"pdq": "0f" * 32}], "allow": [{"pdq": "0e" * 32}]},
            {"images": [{"pdq": "0f" * 32}], "allow": [{"pdq": "0e" * 32}], "threshold": {"image_distance": 8}},
        ),
    ],
)
def test_a_wider_right_needs_a_sweep(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert change(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"marks": ["NIKE", "耐克"]}, {"marks": ["耐克"]}),
        ({"marks": ["NIKE", "耐克"]}, {"marks": ["NIKE"], "aliases": ["耐克"]}),
        ({}, {"classes": ["25"]}),
        ({}, {"territories": ["CN"]}),
        ({"territories": ["EU"]}, {"territories": ["DE", "FR"]}),
        ({"policy": "any_use"}, {"policy": "signals"}),
        ({"threshold": {"score": 0.3}}, {"threshold": {"score": 0.5}}),
        ({}, {"status": "pending"}),
        ({}, {"status": "lapsed", "status_since": "2026-01-01"}),
        ({"status": "pending"}, {"status": "invalidated"}),
        ({}, {"expires_on": "2036-01-01"}),
        ({"well_known": True}, {}),
        ({"usual_price": PRICE}, {"usual_price": {**PRICE, "amount": "500"}}),
        ({"usual_price": PRICE}, {}),
        ({}, {"licensees": [{"seller_id": "s1"}]}),
        ({}, {"allow": [{"phrase": "nike of samothrace"}]}),
        ({}, {"holder": {"sellers": [SHOP], "uscc": "91310000000000001A"}}),
        ({"holder": {"sellers": [SHOP]}}, {"holder": {"sellers": [OTHER_SHOP, SHOP]}}),
        ({}, {"title": "swoosh", "number": "123", "status_as_of": "2026-11-01", "images": [{"path": "a.png"}]}),
        ({}, {"kind": "design", "number": "ZL201730000000.0"}),
        ({}, {"images": [{"pdq": "0f" * 32, "quality": 10}]}),
        ({"images": [{"pdq": "0f" * 32}]}, {"images": [{"pdq": "0F" * 32, "path": "a.png"}]}),
        ({"images": [{"pdq": "0f" * 32}]}, {"images": [{"pdq": "0f" * 32}], "threshold": {"image_distance": 8}}),
    ],
)
def test_a_right_that_only_narrows_or_says_more_about_itself_needs_none(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert not change(before, after)


def test_a_new_right_with_marks_or_pictures_needs_a_sweep_and_a_patent_does_not() -> None:
    assert widens(None, parse_right(right()))
    assert widens(None, parse_right(right(kind="design", images=[{"pdq": "0f" * 32}])))
    assert not widens(None, parse_right(right(kind="invention", number="ZL201730000000.0")))


def test_every_field_of_a_right_is_judged_or_named_as_unread() -> None:
    """A field that is neither counts as widening when it changes; say here what it means instead."""
    judged = {*widening._NARROWS, *widening.UNREAD, *widening.IN_FORCE, *widening.TEXTS, *widening.PICTURES, "kind"}
    assert judged == {field.name for field in fields(Right)}


ANYTHING = st.fixed_dictionaries(
    {"marks": st.lists(st.sampled_from(("NIKE", "耐克")), min_size=1, max_size=2, unique=True)},
    optional={
        "policy": st.sampled_from(("signals", "any_use")),
        "status": st.sampled_from(("granted", "pending")),
        "expires_on": st.sampled_from(("2020-01-01", "2036-01-01")),
        "territories": st.sampled_from(([], ["CN"], ["JP", "CN"])),
        "usual_price": st.sampled_from((PRICE, {**PRICE, "amount": "100"})),
        "threshold": st.sampled_from(({"score": 0.3}, {"score": 0.9})),
        "licensees": st.sampled_from(([], [{"seller_id": "s1", "platforms": ["jd"]}], [{"name": "Shop"}])),
        "allow": st.sampled_from(([], [{"seller_id": "s2"}], [{"phrase": "高仿 NIKE"}])),
        "holder": st.fixed_dictionaries(
            {}, optional={"name": st.just("Shop"), "sellers": st.sampled_from(([SHOP], [OTHER_SHOP], []))}
        ),
    },
)
FACTS: tuple[dict[str, Any], ...] = (
    {},
    {"seller": {"id": "s1", "name": "Shop"}, "market": "CN"},
    {"seller": {"id": "s2", "name": "Shop"}, "market": "JP"},
    {"price": "20", "currency": "CNY"},
)
OFFERS = [
    listing(f"{words} shoes", listing_id=f"{words}{number}", **facts)
    for words in ("NIKE", "高仿 NIKE", "N1KE", "耐克", "for NIKE")
    for number, facts in enumerate(FACTS)
]


def raised(changes: dict[str, Any]) -> set[tuple[str, str]]:
    alerts: tuple[Alert, ...] = screen_page(page(OFFERS), watchlist(right(**changes))).alerts
    return {(alert.listing_id, alert.detector) for alert in alerts}


@given(before=ANYTHING, after=ANYTHING)
@settings(deadline=None, max_examples=200)
def test_what_needs_no_sweep_finds_nothing_that_was_not_found_before(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    if not change(before, after):
        assert raised(after) <= raised(before)
