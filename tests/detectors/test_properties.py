"""Four properties that hold for any input: spans are true, folding is idempotent, order is irrelevant, nothing raises.

The texts are those of `python -m benchmarks hostile`, which screens a million of them.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.hostile.listings import Kind, kinds
from benchmarks.hostile.rights import TRAPS
from benchmarks.hostile.texts import KINDS, Material
from detectors.decode import decode_page, is_blank
from detectors.folding import TABLE_SIZE, FoldedText, fold
from detectors.kernels import codes
from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.pipeline import screen_page
from tests.detectors import hostile
from tests.detectors.floor import TODAY, right, watchlist

MATERIAL = Material()
MARKS = (*TRAPS, "NIKE", "耐克", "Louis Vuitton", "茅台", "adidas", "Samsung", "ナイキ", "Schwarzkopf")
PATENT = {"right_id": "P", "kind": "invention", "office": "CN", "number": "202310123456", "marks": []}
RIGHTS = [
    *(right(f"T{number}", marks=[mark]) for number, mark in enumerate(MARKS)),
    right("ANY", policy="any_use"),
    right("PRICED", marks=["adidas", "aaaa"], usual_price={"amount": 900, "currency": "CNY"}, classes=["25"]),
    right("OWN", allow=[{"phrase": "not a"}], holder={"name": "Shop"}),
    PATENT,
]
HELD = watchlist(*RIGHTS)

makers = st.sampled_from(sorted(KINDS))
sizes = st.integers(1, 200)
randoms = st.randoms(use_true_random=False)


@st.composite
def listings(draw: st.DrawFn) -> dict[str, Any]:
    def text() -> str:
        made = KINDS[draw(makers)](draw(randoms), MATERIAL, draw(sizes))
        return made.encode("utf-8", "replace").decode()

    listing: dict[str, Any] = {"platform": "p", "listing_id": str(draw(st.integers(0, 999))), "title": "x" + text()}
    for name in draw(st.sets(st.sampled_from(("brand", "description", "attributes", "price")))):
        listing[name] = {"名": text(), "专利号": text()} if name == "attributes" else text() if name != "price" else "9"
    return listing | {"currency": "CNY"}


pages = st.lists(listings(), min_size=1, max_size=4)


def screened(rows: list[dict[str, Any]], held: Watchlist = HELD) -> Screening:
    return screen_page(Page(b"\n".join(map(orjson.dumps, rows)), TODAY), held, show_screened=True)


@settings(max_examples=150)
@given(pages)
def test_spans_point_at_the_text_that_a_reason_claims(rows: list[dict[str, Any]]) -> None:
    result = screened([{**row, "listing_id": str(number)} for number, row in enumerate(rows)])
    clean = decode_page(Page(b"\n".join(map(orjson.dumps, rows)), TODAY)).listings
    found = [(alert.listing_id, alert.reasons) for alert in result.alerts]
    found += [(one.listing_id, one.match.reasons) for one in result.shown]
    for listing_id, reasons in found:
        for reason in reasons:
            if reason.field != "price":
                assert reason.text
                field, _, attribute = reason.field.partition(".")
                value = clean[int(listing_id)][field]
                received = value[attribute] if attribute else value
                assert received[reason.start : reason.end] == reason.text


def bases_of(folded: FoldedText) -> list[str]:
    return ["".join(map(chr, folded.bases[low:high])) for low, high in pairwise(folded.fields.tolist())]


def parted_bases_of(folded: FoldedText) -> list[str]:
    """The same with a blank wherever something separated two symbols."""
    return [
        "".join(" " * bool(folded.gaps[at]) + chr(folded.bases[at]) for at in range(low, high))
        for low, high in pairwise(folded.fields.tolist())
    ]


def words_and_pictures(folded: FoldedText) -> list[tuple[str, str]]:
    kinds = folded.kinds
    return [
        (
            "".join(chr(folded.bases[at]) for at in range(low, high) if kinds[at] != codes.PICTURE),
            "".join(chr(folded.bases[at]) for at in range(low, high) if kinds[at] == codes.PICTURE),
        )
        for low, high in pairwise(folded.fields.tolist())
    ]


def test_folding_what_a_character_folds_to_changes_nothing() -> None:
    characters = [chr(code) for code in range(TABLE_SIZE)]
    once = bases_of(fold(characters))
    assert bases_of(fold(once)) == once


@settings(max_examples=300)
@given(hostile.fields)
@example(["1\u200b@a"])  # what is not seen does not part a figure from a sign
@example(["\u202e1:1\u202c@a"])
def test_folding_a_folded_text_changes_nothing(texts: list[str]) -> None:
    """Pictures apart: they stand behind the words, and before what was read backwards.

    What separates stays a separator: 0€a is not 0;€a, since a sign right behind a figure is money.
    """
    once = fold(texts)
    twice = fold(parted_bases_of(once))
    assert words_and_pictures(twice) == words_and_pictures(once)


@settings(max_examples=60)
@given(pages, st.data())
def test_the_order_of_rights_changes_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    straight, mixed = screened(rows), screened(rows, watchlist(*data.draw(st.permutations(RIGHTS))))
    assert told(straight) == told(mixed)
    assert straight.screened == mixed.screened


def told(result: Screening) -> list[bytes]:
    """All that a screening says, in an order of its own."""
    alerts = [orjson.dumps({**alert.to_json(), "versions": None}) for alert in result.alerts]
    return sorted([*alerts, *(orjson.dumps(one.to_json()) for one in result.shown)])


@settings(max_examples=300)
@given(st.lists(st.text() | st.text(st.characters(codec=None)), max_size=5))
def test_no_string_raises_when_it_is_folded(texts: list[str]) -> None:
    folded = fold(texts)
    assert [len(text) for text in texts] == np.diff(folded.field_starts).tolist()


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_no_hostile_listing_raises_or_is_lost(kind: Kind) -> None:
    body = b"\n".join(kind.line(Random(seed), MATERIAL, (1, 400)).replace(b"\n", b" ") for seed in range(40))
    result = screen_page(Page(body, TODAY), HELD)
    assert result.listings + len(result.dead_letters) == sum(not is_blank(line) for line in body.split(b"\n"))
