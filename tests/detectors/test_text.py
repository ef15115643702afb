"""The fields of a page are the texts of its listings, however these were written and read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from detectors.decode import decode_page
from detectors.records import Page
from detectors.text import NAME_SHOWN, PageText, fingerprint_text

TEXTS = st.text(max_size=5) | st.sampled_from(["耐克", "\ud800", '"', "\\", "é\U0001f45f", "n" * (NAME_SHOWN + 1)])
OBJECTS = st.fixed_dictionaries(
    {"platform": st.just("t"), "listing_id": st.just("1"), "title": TEXTS},
    optional={
        "brand": TEXTS | st.none(),
        "description": TEXTS,
        "market": TEXTS,
        "attributes": st.dictionaries(TEXTS, TEXTS, max_size=3) | st.none(),
    },
)
ODD = st.sampled_from(["", " ", '{"platform":']) | TEXTS.map(lambda text: json.dumps([text]))


def line(listing: Mapping[str, Any], *, ascii_only: bool) -> bytes:
    return json.dumps(listing, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


LINES = st.builds(line, OBJECTS, ascii_only=st.booleans()) | ODD.map(lambda text: text.encode())


def fields_of(text: PageText) -> list[tuple[str, str | None, int, str]]:
    count = len(text.texts)
    assert len(text.listing_of) == count
    names = [(text.name(field), text.attribute(field)) for field in range(count)]
    return [(*names[field], int(text.listing_of[field]), text.texts[field]) for field in range(count)]


def naive_fields(listings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str | None, int, str]]:
    found: list[tuple[str, str | None, int, str]] = []
    for name in ("title", "brand", "description"):
        texts = [listing.get(name) or "" for listing in listings]
        found += [(name, None, place, text) for place, text in enumerate(texts) if text or name == "title"]
    for place, listing in enumerate(listings):
        for name, value in (listing.get("attributes") or {}).items():
            found.append((f"attributes.{name[:NAME_SHOWN]}", name, place, value))
    return found


@given(st.lists(LINES, max_size=5))
@example([b'{"platform":"t","listing_id":"1","title":"x","title":"y","attributes":{"a":"b","c":"d"}}', b"", b"{"])
def test_a_page_has_the_fields_of_its_listings(lines: list[bytes]) -> None:
    listings = decode_page(Page(b"\n".join(lines), datetime(2026, 1, 1, tzinfo=UTC))).listings
    text = fingerprint_text(listings)
    expected = naive_fields(listings)
    assert fields_of(text) == expected
    assert text.headlines == sum(name in ("title", "brand") for name, attribute, _, _ in expected if attribute is None)
    assert fields_of(fingerprint_text(listings)) == expected


@given(st.lists(OBJECTS, max_size=4))
def test_objects_from_anywhere_have_their_fields(objects: list[dict[str, Any]]) -> None:
    assert fields_of(fingerprint_text(objects)) == naive_fields(objects)
