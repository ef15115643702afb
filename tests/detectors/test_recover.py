"""The tolerant reader gets what can be got, agrees with orjson on valid JSON, and takes linear time."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.recover import read_listing


@pytest.mark.parametrize(
    ("line", "value", "warning"),
    [
        (b'{"price":NaN,"a":-Infinity}', {"price": None, "a": None}, "nan"),
        (b'{"a":"x\\ud83d y"}', {"a": "x\ufffd y"}, "lone_surrogate"),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "\U0001f600"}, None),
        (b'{"a":"x\xffy"}', {"a": "x\ufffdy"}, "invalid_utf8"),
        (b'{"a":"x\x00\x01y"}', {"a": "x\x00\x01y"}, None),
        (b'{"a":"x","b":"cut her', {"a": "x", "b": "cut her"}, "truncated"),
        (b'{"a":"x","b', {"a": "x", "b": None}, "truncated"),
        (b'{"a":"x","b":"y\\', {"a": "x", "b": "y"}, "truncated"),
        (b'{"a":[1,2,{"b":"c"', {"a": [1, 2, {"b": "c"}]}, "truncated"),
        (b'{"a":[1,2},"b":3}', {"a": [1, 2], "b": 3}, "stray_bracket"),
        (b'{"a":1,}', {"a": 1}, None),
        (b'{"a":1,,"b":[2,]}', {"a": 1, "b": [2]}, None),
        (b'{"a":1} trailing "words"', {"a": 1, "words": None}, "trailing_garbage"),
        (b'data: {"a":1}', {"a": 1}, "leading_garbage"),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}, "byte_order_mark"),
        (b'{"a":"5" pipe","b":"x"}', {"a": '5" pipe', "b": "x"}, None),
        (b'{a:"x",b:yes}', {"a": "x", "b": "yes"}, "bare_word"),
        (b'{"a":1e999}', {"a": "1e999"}, "huge_number"),
        (b'{"title":"a","title":null,"title":"b","title":"a"}', {"title": "a\nb"}, "duplicate_key"),
        (b'{"listing_id":"1","listing_id":"2","listing_id":null}', {"listing_id": "2"}, "duplicate_key"),
        (b'{"images":[1],"images":[2]}', {"images": [1, 2]}, "duplicate_key"),
        (b'{"attributes":{"a":"1"},"attributes":{"a":"2","b":"3"}}', {"attributes": {"a": "1\n2", "b": "3"}}, None),
    ],
)
def test_broken_lines_give_what_they_hold(line: bytes, value: dict[str, Any], warning: str | None) -> None:
    recovered = read_listing(line)
    assert recovered.found
    assert recovered.value == value
    assert warning is None or warning in recovered.warnings


@pytest.mark.parametrize("line", [b"", b"hello", b"[1,2]", b'"{"'[:1], b'[{"a":1}]'])
def test_what_is_no_object_is_not_found(line: bytes) -> None:
    assert not read_listing(line).found


def test_exact_numbers_come_as_they_were_written() -> None:
    assert read_listing(b'{"a":10000000000000000000000000.50}', exact_numbers=True).value == {
        "a": "10000000000000000000000000.50"
    }


def test_what_lies_too_deep_is_dropped_and_the_rest_kept() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    recovered = read_listing(b'{"attributes":' + deep + b',"title":"still here"}')
    assert recovered.value["title"] == "still here"
    assert "too_deep" in recovered.warnings


DOCUMENTS = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.text(max_size=20) | st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(-1e9, 1e9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ),
    max_size=6,
)


@settings(deadline=None)
@given(DOCUMENTS)
def test_valid_json_reads_as_orjson_reads_it(document: dict[str, Any]) -> None:
    recovered = read_listing(orjson.dumps(document))
    assert recovered.value == document
    assert not recovered.warnings


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text('{}[]",:\\ ua0', max_size=60).map(str.encode))
def test_nothing_makes_it_raise(line: bytes) -> None:
    read_listing(b"{" + line)


@pytest.mark.parametrize(
    "unit",
    [b"[", b"{", b"[]", b'{"a":', b'"', b'" ', b"\\", b'\\"', b'"a":1,', b'"title":"ab",', b"9", b" ", b"}", b"]"],
)
def test_time_is_linear(unit: bytes) -> None:
    """Eight times the input may take about eight times as long, far from the 64 of a quadratic reader."""
    small = min(_seconds(unit, 10_000) for _ in range(3))
    large = min(_seconds(unit, 80_000) for _ in range(3))
    assert large < 32 * small + 0.05


def _seconds(unit: bytes, size: int) -> float:
    line = b'{"title":' + unit * (size // len(unit))
    start = time.process_time()
    read_listing(line)
    return time.process_time() - start
