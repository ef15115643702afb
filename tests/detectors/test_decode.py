"""Every line of a page is a clean listing or a dead letter, whichever way it was decoded."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.clean import UnusableListing, clean_listing
from detectors.decode import Decoded, decode_line, decode_page, is_blank
from detectors.records import Page

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MINIMAL = b'{"platform":"t","listing_id":"1","title":"x"}'


def decode(*lines: bytes) -> Decoded:
    return decode_page(Page(b"\n".join(lines), NOW, "listings", 3, 14))


def one(line: bytes) -> dict[str, Any]:
    decoded = decode(line)
    assert len(decoded.listings) == 1, decoded
    return decoded.listings[0]


def listing(**fields: Any) -> bytes:
    return orjson.dumps({"platform": "t", "listing_id": "1", "title": "x", **fields})


def test_a_clean_page_is_decoded_as_it_is() -> None:
    document = {
        "platform": "taobao",
        "listing_id": "123",
        "title": '耐克 "Air" \\ 鞋',
        "price": "199.00",
        "condition": "new",
        "brand": None,
        "attributes": {"材质": "皮"},
        "seller": {"id": "s1", "uscc": None},
        "images": [{"url": "https://x.test/a.jpg", "pdq": "0" * 64, "quality": 95}],
        "unknown": 7,
    }
    decoded = decode(orjson.dumps(document), MINIMAL)
    assert decoded.listings[0] == document
    assert decoded.lines == [1, 2]
    assert not decoded.warnings
    assert not decoded.dead_letters


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello", "not_json"),
        (b"[1]", "not_an_object"),
        (b"7", "not_an_object"),
        (b'{"listing_id":"1","title":"x"}', "no_platform"),
        (b'{"platform":"t","title":"x"}', "no_listing_id"),
        (b'{"platform":"t","listing_id":" ","title":"x"}', "no_listing_id"),
        (b'{"platform":"t","listing_id":"1","title":null}', "no_title"),
        (b'{"platform":"t","listing_id":"1","title":true}', "no_title"),
        (b'{"platform":"t","listing_id":"1","title":[]}', "no_title"),
    ],
)
def test_what_cannot_be_screened_is_a_dead_letter_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    decoded = decode(MINIMAL, line, b"", MINIMAL)
    assert decoded.lines == [1, 4]
    (letter,) = decoded.dead_letters
    assert (letter.reason, letter.line, letter.head) == (reason, 2, line)
    assert (letter.topic, letter.partition, letter.offset, letter.observed_at) == ("listings", 3, 14, NOW)


def test_a_long_dead_letter_keeps_its_head_its_length_and_its_hash() -> None:
    line = b"x" * 200_000
    (letter,) = decode(line).dead_letters
    assert (len(letter.head), letter.length) == (65_536, 200_000)
    assert letter.sha256 == hashlib.sha256(line).hexdigest()


@pytest.mark.parametrize("body", [b"", b"\n\n", b" \r\n\t"])
def test_an_empty_page_is_one_dead_letter(body: bytes) -> None:
    (letter,) = decode_page(Page(body, NOW)).dead_letters
    assert (letter.reason, letter.line) == ("empty_page", 0)


def test_a_page_over_the_limits_is_screened_and_counted() -> None:
    decoded = decode(*[listing(description="d" * 1_000)] * 1_001)
    assert len(decoded.listings) == 1_001
    assert decoded.warnings == {"page_over_limit": 1, "too_many_listings": 1}


@pytest.mark.parametrize("value", ["a\u2028b", "a\x85b", "a\x7fb", "a\rb"])
def test_only_a_line_feed_separates_lines(value: str) -> None:
    assert decode(listing(title=value), MINIMAL + b"\r", MINIMAL).lines == [1, 2, 3]
    assert one(listing(title=value))["title"] == value


def test_nul_becomes_a_word_joiner_so_that_offsets_stay_true() -> None:
    decoded = decode(b'{"platform":"t","listing_id":"1","title":"N\\u0000IKE","brand":"a\\u001fb"}')
    assert decoded.listings[0]["title"] == "N\u2060IKE"
    assert decoded.listings[0]["brand"] == "a\u2060b"
    assert decoded.warnings == {"nul_replaced": 1, "control_replaced": 1}


def test_texts_are_bounded() -> None:
    cut = decode(listing(title="语" * 150_000, description="d" * 400_000, brand="b" * 9_000))
    (found,) = cut.listings
    assert len(found["title"]) == 100_000
    assert len(found["brand"]) == 4_000
    assert len(found["title"]) + len(found["brand"]) + len(found["description"]) <= 200_000
    assert cut.warnings["title_truncated"] == 1
    assert cut.warnings["field_truncated"] == 2


def test_a_long_id_is_cut_and_stays_unique() -> None:
    ids = {one(listing(listing_id="9" * 600 + tail))["listing_id"] for tail in "ab"}
    assert len(ids) == 2
    assert all(len(name) == 500 for name in ids)


@pytest.mark.parametrize(
    ("number", "text"),
    [(b"12", "12"), (b"123456789012345678901234567890", "123456789012345678901234567890"), (b"1.50", "1.50")],
)
def test_a_numeric_id_keeps_its_digits(number: bytes, text: str) -> None:
    assert one(b'{"platform":"t","listing_id":' + number + b',"title":"x"}')["listing_id"] == text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([["颜色", "红"], ["a", 1]], {"颜色": "红", "a": "1"}),
        ([{"name": "颜色", "value": "红"}, {"name": "颜色", "value": "蓝"}], {"颜色": "红\n蓝"}),
        ("颜色:红;材质：皮", {"颜色": "红", "材质": "皮"}),
        ("nike shoes", {"text": "nike shoes"}),
        ({"a": None, "b": ["c", "d"], "e": 5}, {"a": "", "b": "c\nd", "e": "5"}),
    ],
)
def test_attributes_become_a_mapping_of_texts(given: Any, kept: dict[str, str]) -> None:
    assert one(listing(attributes=given))["attributes"] == kept


def test_more_attributes_than_the_limit_are_still_screened() -> None:
    decoded = decode(listing(attributes={f"k{i}": f"v{i}" for i in range(500)}))
    assert "v499" in decoded.listings[0]["attributes"]["text"]
    assert decoded.warnings["too_many_attributes"] == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [("199.00", "199.00"), (5, 5), ("¥1,299.00", "1299.00"), (-1, None), ("-1", None), ("cheap", None), ([], None)],
)
def test_a_price_is_an_amount_or_none(given: Any, kept: Any) -> None:
    assert one(listing(price=given))["price"] == kept


def test_other_fields_of_the_wrong_kind_are_understood_or_left_out() -> None:
    found = one(listing(seller="s1", images="https://x.test/a.jpg", state="?", condition=3, title=["a", {"b": "c"}]))
    assert found["seller"] == {"id": "s1"}
    assert found["images"] == [{"url": "https://x.test/a.jpg"}]
    assert "state" not in found
    assert "condition" not in found
    assert found["title"] == "a\nc"


@pytest.mark.parametrize(
    "line",
    [
        b'{"platform":"t","listing_id":"1","title":"NIKE","title":"x"}',
        b'{"platform":"t","listing_id":"1","title" :"NIKE","title":"x"}',
        b'{"platform":"t","listing_id":"1","\\u0074itle":"NIKE","title":"x"}',
        b'{"platform":"t","listing_id":"1","title":"NIKE","title":"x","brand":"\\" \\\\"}',
        b'{"platform":"t","listing_id":"1","title":"NIKE"}{"title":"x"}',
    ],
)
def test_a_name_given_twice_hides_nothing(line: bytes) -> None:
    decoded = decode(MINIMAL, line)
    assert decoded.listings[1]["title"] == "NIKE\nx"


def test_a_name_given_twice_in_attributes_hides_nothing() -> None:
    decoded = decode(b'{"platform":"t","listing_id":"1","title":"x","attributes":{"a":"1","a":"2"}}', MINIMAL)
    assert decoded.listings[0]["attributes"] == {"a": "1\n2"}
    assert decoded.warnings == {"duplicate_key": 1}


def test_lines_cannot_lean_on_each_other() -> None:
    """Joined by commas these four would be four objects; as lines they are not."""
    lines = [
        b'{"platform":"t","listing_id":"1","title":"x","a":[{"b":1}',
        b'{"c":2}]}',
        MINIMAL + b"," + MINIMAL,
        b'"\x7f"',
    ]
    assert_same_both_ways(b"\n".join(lines))
    assert decode(*lines).lines == [1, 3]


def test_a_utf_16_page_is_read() -> None:
    body = (listing(title="上海 NIKE").decode() + "\n" + MINIMAL.decode()).encode("utf-16")
    decoded = decode_page(Page(body, NOW))
    assert [found["title"] for found in decoded.listings] == ["上海 NIKE", "x"]
    assert decoded.warnings == {"utf_16": 1}


def assert_same_both_ways(body: bytes) -> None:
    """Lines told apart and judged as bytes become what each of them becomes when it is decoded by itself."""
    decoded = decode_page(Page(body, NOW))
    warnings: Counter[str] = Counter()
    listings, dead = {}, []
    for number, line in enumerate(body.split(b"\n"), 1):
        if is_blank(line):
            continue
        try:
            listings[number] = decode_line(line, warnings, {})
        except UnusableListing as unusable:
            dead.append((number, unusable.reason, line))
    assert dict(zip(decoded.lines, decoded.listings, strict=True)) == listings
    assert decoded.warnings == warnings
    if listings or dead:
        assert [(letter.line, letter.reason, letter.head) for letter in decoded.dead_letters] == dead
    else:
        assert [letter.reason for letter in decoded.dead_letters] == ["empty_page"]
    for found in listings.values():
        again: Counter[str] = Counter()
        assert clean_listing(found, orjson.dumps(found), again) == found
        assert not again


TEXTS = st.text(max_size=12) | st.sampled_from(["new", "listed", "1.5", "\x00", "\x7f", "\\", '"', "耐克", ","])
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["description", "brand", "price", "condition", "state", "attributes", "seller", "images", "url", "other"]
)
CLEAN = st.fixed_dictionaries(
    {"platform": st.just("t"), "listing_id": TEXTS, "title": TEXTS},
    optional={
        "brand": TEXTS | st.none(),
        "price": st.just("9.90") | st.integers(0, 9),
        "attributes": st.dictionaries(TEXTS, TEXTS, max_size=3),
        "seller": st.dictionaries(st.sampled_from(["id", "name"]), TEXTS | st.none()),
        "images": st.lists(st.fixed_dictionaries({}, optional={"url": TEXTS, "quality": st.integers(0, 120)})),
    },
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    document = draw(CLEAN) | draw(st.just({}) | st.dictionaries(NAMES, VALUES, max_size=2))
    line = _dump(document) if _big(document) else orjson.dumps(document)
    match draw(st.integers(0, 9)):
        case 0:
            cut = draw(st.integers(0, len(line)))
            return line[:cut] + draw(st.binary(max_size=4)).replace(b"\n", b" ") + line[cut:]
        case 1:
            return line[: draw(st.integers(0, len(line)))]
        case 2:
            return line[:-1] + b',"title":"again"}'
        case 3:
            return line.replace(b'"title"', b'"\\u0074itle"') + b"\r"
        case 4:
            return draw(
                st.sampled_from([b"", b" ", b"{", b"}", b"[", b"]", b",", b'"', b'"\x7f"', b"\xef\xbb\xbf" + line])
            )
        case _:
            return line


def _big(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_big, value.values()))
    if isinstance(value, list):
        return any(map(_big, value))
    return isinstance(value, int) and value >= 2**63


def _dump(document: Any) -> bytes:
    return json.dumps(document).encode()


@settings(max_examples=150, deadline=None)
@given(st.lists(lines(), max_size=5))
def test_the_result_does_not_depend_on_the_way(generated: list[bytes]) -> None:
    assert_same_both_ways(b"\n".join(generated))
