"""Lines become pages within the limits; a line too long for one is shrunk without changing what is screened."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.decode import decode_page
from detectors.digest import listing_digest
from detectors.paging import pages, shrink_line
from detectors.records import Page

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def line(**fields: Any) -> bytes:
    return orjson.dumps({"platform": "t", "listing_id": "1", "title": "x", **fields})


@given(st.lists(st.binary(max_size=3_000).map(lambda raw: raw.replace(b"\n", b""))), st.integers(1, 5))
def test_no_line_is_lost_and_no_limit_passed(lines: list[bytes], limit: int) -> None:
    made = list(pages(lines, max_listings=limit, max_bytes=4_096))
    assert all(len(page) <= 4_096 and len(page.split(b"\n")) <= limit for page in made)
    assert b"\n".join(made).split(b"\n") == [text.rstrip(b"\r") for text in lines if text.strip()] or not made


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "语" * 2_000_000},
        {"title": "\U0001f600" * 100_000, "description": "\U0001f600" * 200_000, "url": "\U0001f600" * 9_000},
        {"title": "\x00\x01" * 80_000, "description": '"\\' * 200_000},
        {"attributes": {f"k{i}": "v" * 1_000 for i in range(1_500)}, "unknown": ["u" * 99] * 9_999},
        {
            "images": [{"url": "https://x.test/" + "i" * 900}] * 2_000,
            "seller": {str(i): "s" * 99 for i in range(9_999)},
        },
    ],
)
def test_a_shrunk_line_decodes_to_the_same_listing(fields: dict[str, Any]) -> None:
    original = line(**fields)
    (page,) = pages([original])
    assert len(page) <= 850_000
    (shrunk,) = decode_page(Page(page, NOW)).listings
    (whole,) = decode_page(Page(original, NOW)).listings
    assert shrunk.pop("_received") == {"bytes": len(original), "sha256": hashlib.sha256(original).hexdigest()}
    whole.pop("unknown", None)
    assert shrunk == whole
    assert listing_digest(shrunk) == listing_digest(whole)


@pytest.mark.parametrize("start", [b"no json ", b"[", b'{"platform":"t","listing_id":"1","a":"'])
def test_a_long_line_that_cannot_be_screened_keeps_its_length_and_hash(start: bytes) -> None:
    original = start + b"x" * 1_000_000
    (page,) = pages([original])
    (shrunk,) = decode_page(Page(page, NOW)).dead_letters
    (whole,) = decode_page(Page(original, NOW)).dead_letters
    assert replace(shrunk, page=whole.page) == whole  # it came on another page


def test_under_a_small_limit_text_is_lost_from_the_longest_field() -> None:
    shrunk = orjson.loads(shrink_line(line(title="t" * 90, description="d" * 9_000), 4_096))
    assert shrunk["title"] == "t" * 90
    assert 1_000 < len(shrunk["description"]) < 4_096


def test_limits_that_leave_no_room_are_refused() -> None:
    with pytest.raises(ValueError, match="give at least"):
        list(pages([], max_listings=0))
