"""Rights and registers on the way in: what is taken, and that every refusal names the right and the field."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import RightError
from detectors.rights import Licensee, Register, RightImage, ShopRef, UsualPrice, parse_register, parse_right

SMALLEST = {"right_id": "R1", "kind": "trademark", "marks": ["NIKE"]}


def right(**fields: Any) -> dict[str, Any]:
    return {**SMALLEST, **fields}


def complaint(document: Any) -> RightError:
    with pytest.raises(RightError) as raised:
        parse_right(document)
    return raised.value


def test_the_smallest_right() -> None:
    parsed = parse_right(SMALLEST)
    assert (parsed.right_id, parsed.kind, parsed.marks) == ("R1", "trademark", ("NIKE",))
    assert (parsed.status, parsed.policy, parsed.score_threshold, parsed.image_distance) == (
        "granted",
        "signals",
        0.5,
        31,
    )


def test_every_field_of_the_contract() -> None:
    parsed = parse_right(
        right(
            office="CN", number=1234567, status="lapsed", status_since="2025-01-02", expires_on="2036-03-01",
            territories=["cn", "HK"], classes=["25", 3], aliases=[" 耐克 ", ""], well_known=True,
            usual_price={"amount": "899.00", "currency": "cny"}, policy="any_use",
            threshold={"image_distance": 20, "score": 0.7}, claims=["a claim"],
            images=[{"path": "a.png"}, {"pdq": "0" * 64}],
            holder={"id": "h1", "name": "H", "uscc": "U", "sellers": [{"platform": "taobao", "seller_id": "s9"}]},
            licensees=[{"name": "L", "platforms": ["jd"], "from": "2020-01-01", "to": "2021-01-01"}],
            allow=[{"seller_id": "s1"}, {"phrase": "nike-like"}],
        )
    )  # fmt: skip
    assert (parsed.number, parsed.territories, parsed.classes) == ("1234567", ("CN", "HK"), ("25", "3"))
    assert (parsed.aliases, parsed.usual_price) == (("耐克",), UsualPrice(899.0, "CNY"))
    assert parsed.holder.sellers == (ShopRef("s9", "taobao"),)
    assert parsed.images == (RightImage(path="a.png", quality=100), RightImage(pdq="0" * 64, quality=100))
    assert parsed.licensees[0] == Licensee(
        name="L", platforms=("jd",), from_date=date(2020, 1, 1), to_date=date(2021, 1, 1)
    )
    assert (parsed.score_threshold, parsed.image_distance, parsed.status_since) == (0.7, 20, date(2025, 1, 2))


@pytest.mark.parametrize("document", [None, [], "x", 3, True])
def test_a_line_that_is_no_object(document: Any) -> None:
    assert complaint(document).field == "line"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"right_id": None}, "right_id"),
        ({"right_id": " "}, "right_id"),
        ({"right_id": ["R1"]}, "right_id"),
        ({"kind": None}, "kind"),
        ({"kind": "copyright"}, "kind"),
        ({"kind": 1}, "kind"),
        ({"marks": []}, "marks"),
        ({"marks": [" ", ""]}, "marks"),
        ({"marks": None}, "marks"),
        ({"marks": "NIKE"}, "marks"),
        ({"marks": [None]}, "marks"),
        ({"marks": [True]}, "marks"),
        ({"aliases": {"a": 1}}, "aliases"),
        ({"status": "dead"}, "status"),
        ({"policy": "always"}, "policy"),
        ({"filed_on": "2015-13-02"}, "filed_on"),
        ({"filed_on": "02/03/2015"}, "filed_on"),
        ({"granted_on": "2023-02-29"}, "granted_on"),
        ({"expires_on": "never"}, "expires_on"),
        ({"expires_on": True}, "expires_on"),
        ({"status_since": ["2015-01-01"]}, "status_since"),
        ({"status_as_of": {}}, "status_as_of"),
        ({"well_known": "yes"}, "well_known"),
        ({"well_known": None}, "well_known"),
        ({"territories": "CN"}, "territories"),
        ({"territories": [["CN"]]}, "territories"),
        ({"holder": "Nike Inc"}, "holder"),
        ({"holder": {"name": 1.5}}, "holder.name"),
        ({"holder": {"sellers": {"seller_id": "s"}}}, "holder.sellers"),
        ({"holder": {"sellers": ["s"]}}, "holder.sellers[0]"),
        ({"holder": {"sellers": [{"platform": "jd"}]}}, "holder.sellers[0].seller_id"),
        ({"usual_price": 899}, "usual_price"),
        ({"usual_price": {"amount": 899}}, "usual_price.currency"),
        ({"usual_price": {"currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": math.nan, "currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": math.inf, "currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": 10**400, "currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": "9" * 400, "currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": -1, "currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": "1,299", "currency": "CNY"}}, "usual_price.amount"),
        ({"usual_price": {"amount": True, "currency": "CNY"}}, "usual_price.amount"),
        ({"threshold": 0.5}, "threshold"),
        ({"threshold": {"score": 1.5}}, "threshold.score"),
        ({"threshold": {"score": "high"}}, "threshold.score"),
        ({"threshold": {"image_distance": 257}}, "threshold.image_distance"),
        ({"images": {"path": "a"}}, "images"),
        ({"images": [{"path": "a"}, {}]}, "images[1].path"),
        ({"images": [{"pdq": "0" * 63}]}, "images[0].pdq"),
        ({"images": [{"pdq": "g" * 64}]}, "images[0].pdq"),
        ({"images": [{"path": "a", "quality": 101}]}, "images[0].quality"),
        ({"licensees": [{"platforms": ["jd"]}]}, "licensees[0].seller_id"),
        ({"licensees": [{"name": "L", "from": "soon"}]}, "licensees[0].from"),
        ({"licensees": [{"name": "L", "to": 20}]}, "licensees[0].to"),
        ({"licensees": [{"name": "L", "platforms": "jd"}]}, "licensees[0].platforms"),
        ({"allow": [{}]}, "allow[0].seller_id"),
        ({"allow": ["s1"]}, "allow[0]"),
        ({"number": 1.5}, "number"),
        ({"claims": "a claim"}, "claims"),
    ],
)
def test_a_refusal_names_the_field_and_the_right(fields: dict[str, Any], place: str) -> None:
    error = complaint(right(**fields))
    assert error.field == place
    assert place in str(error)
    if "right_id" not in fields:
        assert error.right_id == "R1"
        assert str(error).startswith("right R1: ")


def test_a_right_named_by_a_number_is_named_in_its_refusal() -> None:
    assert complaint(right(right_id=7, filed_on="soon")).right_id == "7"


def test_nothing_to_match_names_what_would_do() -> None:
    assert "marks, number, images, claims, abstract" in str(complaint({"right_id": "R1", "kind": "design"}))


@pytest.mark.parametrize(
    "something", [{"number": "1"}, {"images": [{"path": "a"}]}, {"claims": ["c"]}, {"abstract": "a"}, {"marks": ["A"]}]
)
def test_any_one_thing_to_match_is_enough(something: dict[str, Any]) -> None:
    assert parse_right({"right_id": "R1", "kind": "design", **something}).right_id == "R1"


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_value_of_an_optional_list_is_none_at_all(empty: Any) -> None:
    assert parse_right(right(aliases=empty)).aliases == ()


def test_an_office_is_known_however_it_is_written() -> None:
    assert parse_right(right(office=" cn")).office == "CN"
    assert parse_right(right(office=" ")).office is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "office", "number", "title", "holder", "status", "status_since", "filed_on", "expires_on", "territories", "classes",
    "marks", "aliases", "well_known", "usual_price", "claims", "images", "licensees", "allow", "policy", "threshold",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), json_values))
def test_any_json_is_a_right_or_a_refusal(fields: dict[str, Any]) -> None:
    try:
        parsed = parse_right(right(**fields))
    except RightError as error:
        assert error.right_id == "R1"
        assert error.field
    else:
        assert parsed == parse_right(orjson.loads(orjson.dumps(right(**fields))))


def test_a_register() -> None:
    parsed = parse_register({"office": "cn", "kinds": ["design", "invention"], "from": 2010, "to": 2026})
    assert parsed == Register(office="CN", kinds=("design", "invention"), from_year=2010, to_year=2026)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"office": None}, "register.office"),
        ({"kinds": []}, "register.kinds"),
        ({"kinds": ["patent"]}, "register.kinds"),
        ({"kinds": "design"}, "register.kinds"),
        ({"from": None}, "register.from"),
        ({"from": 2027}, "register.from"),
        ({"from": 2010.5}, "register.from"),
        ({"to": "later"}, "register.to"),
        ({"to": 99999}, "register.to"),
    ],
)
def test_a_refused_register_names_the_field(changes: dict[str, Any], place: str) -> None:
    document = {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026, **changes}
    with pytest.raises(RightError) as raised:
        parse_register(document)
    assert raised.value.field == place
