"""What stands around a hit: the kernel against its twin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.kernels import codes
from detectors.kernels.context import weigh_context
from detectors.watchlist.patterns import build_patterns
from tests.detectors import hostile, naive, naive_context, naive_fold
from tests.detectors.matched import hits_of, match


def weigh(
    hits: Sequence[naive.Hit],
    kinds: Sequence[int],
    clauses: Sequence[int],
    scripts: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> tuple[list[int], list[int]]:
    """The kernel, called as the twin is."""
    of_hits = np.array(kinds, np.uint8)
    context = np.zeros(len(hits), np.uint8)
    weigh_context(
        of_hits,
        np.array([hit.pattern for hit in hits], np.int32),
        np.array([hit.field for hit in hits], np.int32),
        np.array([hit.symbol for hit in hits], np.int32),
        np.array([hit.length for hit in hits], np.int32),
        np.array(clauses, np.int32),
        np.array(scripts, np.uint8),
        np.array(listing_of, np.int32),
        headlines,
        max(listing_of, default=-1) + 1,
        context,
    )
    return of_hits.tolist(), context.tolist()


texts = st.one_of(hostile.texts, st.lists(st.sampled_from(hostile.WORDS), max_size=9).map(" ".join))
listings = st.lists(
    st.fixed_dictionaries(
        {"title": texts},
        optional={"brand": texts, "description": texts, "attributes": st.dictionaries(st.text(max_size=1), texts)},
    ),
    max_size=3,
)


@given(listings, hostile.phrases)
def test_words_are_weighed_as_the_twin_weighs_them(
    listings: list[dict[str, str]], phrases: list[tuple[str, int]]
) -> None:
    wanted, kinds = [text for text, _ in phrases], [kind for _, kind in phrases]
    page, hits = match(listings, wanted, kinds)
    headlines = sum(page.name(field) in ("title", "brand") for field in range(len(page.texts)))
    folded = [symbol for symbols in naive_fold.fold(page.texts) for symbol in symbols]
    clauses, scripts = [symbol.clause for symbol in folded], [symbol.kind for symbol in folded]
    before = [kinds[source] for source in build_patterns(wanted, kinds).sources[hits.patterns]]
    expected = naive_context.weigh(hits_of(hits), before, clauses, scripts, page.listing_of.tolist(), headlines)
    assert (hits.kinds.tolist(), (hits.context & ~np.uint8(codes.IN_DOMAIN)).tolist()) == expected


Hits = tuple[list[naive.Hit], list[int], list[int], list[int], list[int], int]
KINDS = (
    *range(codes.MARK, codes.COMPATIBLE_AFTER + 1),
    codes.COUNTERFEIT_BESIDE,
    codes.NEGATION_AFTER,
    codes.OFF_PLATFORM_CONTACT,
)


@st.composite
def made_up_hits(draw: st.DrawFn) -> Hits:
    """Hits that need no text: any lengths and overlaps, in text order, phrases of up to 30 symbols."""
    sizes = draw(st.lists(st.integers(1, 60), min_size=1, max_size=4))
    bounds = list(pairwise([0, *np.cumsum(sizes).tolist()]))
    rows = draw(st.lists(st.tuples(st.integers(0, sum(sizes) - 1), st.integers(1, 30), st.integers(0, 9)), max_size=14))
    kind_of = draw(st.lists(st.sampled_from(KINDS), min_size=10, max_size=10))
    breaks = draw(st.lists(st.booleans(), min_size=sum(sizes), max_size=sum(sizes)))
    hits = []
    for symbol, length, pattern in sorted(set(rows)):
        field = next(number for number, (first, end) in enumerate(bounds) if first <= symbol < end)
        hits.append(naive.Hit(field, symbol, min(length, bounds[field][1] - symbol), pattern, 0))
    clauses, clause = [], 0
    for number, is_break in enumerate(breaks):
        is_start = any(number == first for first, _ in bounds)
        clause += is_start or (is_break and number % 7 == 0)
        clauses.append(clause)
    scripts = draw(st.lists(st.sampled_from((codes.ALPHABETIC, codes.HAN)), min_size=sum(sizes), max_size=sum(sizes)))
    headlines = draw(st.integers(0, len(sizes)))
    listing_of = [number // 2 for number in range(len(sizes))]
    return (
        sorted(set(hits)),
        [kind_of[hit.pattern] for hit in sorted(set(hits))],
        clauses,
        scripts,
        listing_of,
        headlines,
    )


@given(made_up_hits())
def test_any_hits_are_weighed_as_the_twin_weighs_them(arguments: Hits) -> None:
    assert weigh(*arguments) == naive_context.weigh(*arguments)


def test_a_page_without_hits() -> None:
    assert weigh([], [], [], [], [], 0) == ([], [])
