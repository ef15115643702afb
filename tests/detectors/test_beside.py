"""Goods that make a wording innocent: the kernels against their twins, and the search between them."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.finding import find
from detectors.innocence import innocent_by_goods
from detectors.kernels import codes
from detectors.kernels.beside import bound_fields, excuse_wording, find_excusable
from detectors.text import fingerprint_text
from detectors.watchlist.beside import compile_beside
from detectors.watchlist.patterns import build_patterns
from detectors.watchlist.rule_tables import BesideGroup
from tests.detectors import naive_context

SYMBOLS, SYMBOLS_A_FIELD, SYMBOLS_A_CLAUSE = 400, 100, 25
GROUPS = (BesideGroup("batteries", ("AAA",), ("battery", "電池")), BesideGroup("jade", ("A货",), ("jade",)))
WORDING = ["AAA", "A货", "replica"]

rows = st.lists(st.tuples(st.integers(0, SYMBOLS - 1), st.integers(1, 7)), max_size=12).map(
    lambda found: [(symbol, symbol // SYMBOLS_A_FIELD, groups) for symbol, groups in sorted(found)]
)


@given(rows, rows, st.integers(0, SYMBOLS // SYMBOLS_A_FIELD))
def test_wording_is_excused_as_the_twin_excuses_it(
    wording: list[tuple[int, int, int]], goods: list[tuple[int, int, int]], headlines: int
) -> None:
    clauses = [symbol // SYMBOLS_A_CLAUSE for symbol in range(SYMBOLS)]
    listing_of = [field // 2 for field in range(SYMBOLS // SYMBOLS_A_FIELD)]
    excused = np.zeros(len(wording), np.bool_)
    at, fields, excused_by = _columns(wording)
    places, goods_fields, excuses = _columns(goods)
    excuse_wording(
        at, fields, excused_by, places, goods_fields, excuses, np.array(clauses, np.int32),
        np.array(listing_of, np.int32), headlines, 2, excused,
    )  # fmt: skip
    assert excused.tolist() == naive_context.excused(wording, goods, clauses, listing_of, headlines)


@given(st.lists(st.integers(0, 9), max_size=9), st.lists(st.integers(0, 3), max_size=8))
def test_excusable_wording_is_found_as_the_twin_finds_it(patterns: list[int], excused_by: list[int]) -> None:
    found = np.empty(len(patterns), np.int64)
    count = find_excusable(np.array(patterns, np.int32), np.array(excused_by, np.uint32), found)
    assert found[:count].tolist() == naive_context.excusable(patterns, excused_by)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=8), st.integers(0, 8), st.data())
def test_goods_are_looked_for_in_the_fields_that_the_twin_names(
    made: list[tuple[int, int]], headlines: int, data: st.DataObject
) -> None:
    listing_of, lengths = [listing for listing, _ in made], [length for _, length in made]
    wording = data.draw(st.lists(st.integers(0, len(made) - 1), max_size=4))
    starts, fields = [0, *accumulate(lengths)], np.empty(len(made), np.int32)
    bounds = np.empty(2 * len(made), np.int32)
    count = bound_fields(
        np.array(wording, np.int32), np.array(listing_of, np.int32), headlines, 3, np.array(starts, np.int32),
        fields, bounds,
    )  # fmt: skip
    expected = naive_context.searched(wording, listing_of, headlines)
    assert fields[:count].tolist() == expected[::-1]
    assert bounds[: 2 * count].tolist() == [bound for field in expected[::-1] for bound in starts[field : field + 2]]


def _columns(found: list[tuple[int, int, int]]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint32]]:
    symbols, fields, groups = np.array(found, np.int64).reshape(-1, 3).T
    return symbols.astype(np.int32), fields.astype(np.int32), groups.astype(np.uint32)


def innocent(*listings: dict[str, str]) -> list[tuple[int, str]]:
    """The wordings that are found innocent: the listing's number and the text."""
    patterns = build_patterns(WORDING, [codes.COUNTERFEIT_WEAK] * len(WORDING))
    beside = compile_beside(GROUPS, WORDING, patterns)
    page = fingerprint_text(listings)
    found = find(page.folded, page.folded.fields, patterns)
    kept = innocent_by_goods(page, len(listings), found, beside)
    return [
        (int(page.listing_of[found.fields[row]]), WORDING[patterns.sources[found.patterns[row]]])
        for row in kept.tolist()
    ]


def test_goods_in_the_title_speak_for_the_whole_listing() -> None:
    assert innocent({"title": "battery", "description": "good! AAA"}) == [(0, "AAA")]
    assert innocent({"title": "light", "brand": "Battery King", "description": "AAA"}) == [(0, "AAA")]


def test_goods_in_a_description_speak_for_their_clause() -> None:
    assert innocent({"title": "light", "description": "with AAA battery"}) == [(0, "AAA")]
    assert innocent({"title": "light", "description": "with a battery! AAA"}) == []


def test_goods_of_one_listing_say_nothing_of_the_next() -> None:
    assert innocent({"title": "AAA"}, {"title": "battery AAA"}, {"title": "AAA"}) == [(1, "AAA")]


def test_goods_excuse_their_own_groups_wording_only() -> None:
    assert innocent({"title": "jade AAA"}) == []
    assert innocent({"title": "battery A货 replica"}) == []


def test_wording_in_many_fields_is_found_with_its_goods() -> None:
    listings = [{"title": f"AAA 電池 {number}", "description": "A货! jade A货"} for number in range(50)]
    expected = [(number, "AAA") for number in range(50)] + [(number, "A货") for number in range(50)]
    assert innocent(*listings) == expected
