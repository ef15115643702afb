"""The parts under test, called with plain values: what the arrays hold, as the twins write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from detectors.folding import FoldedText
from detectors.matching import Hits, match_text
from detectors.text import PageText, fingerprint_text
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.beside import compile_beside
from detectors.watchlist.patterns import build_patterns
from tests.detectors import naive, naive_fold


@cache
def empty_watchlist() -> Watchlist:
    return WatchlistBuilder().build()


def symbols_of(folded: FoldedText) -> list[list[naive_fold.Symbol]]:
    """The symbols of each field."""
    fields = []
    for field in range(len(folded.fields) - 1):
        rows = range(folded.fields[field], folded.fields[field + 1])
        fields.append([_symbol(folded, row, field) for row in rows])
    return fields


def _symbol(folded: FoldedText, row: int, field: int) -> naive_fold.Symbol:
    source = int(folded.sources[row])
    return naive_fold.Symbol(
        field=field,
        base=chr(folded.bases[row]),
        look=chr(folded.looks[row]),
        kind=int(folded.kinds[row]),
        source=source,
        gap=int(folded.gaps[row]),
        bits=int(folded.bits[row]),
        clause=int(folded.clauses[row]),
        raw=chr(folded.code_points[source]),
    )


def match(
    listings: Sequence[Mapping[str, object]], texts: Sequence[str], kinds: Sequence[int]
) -> tuple[PageText, Hits]:
    """What `texts`, which are marks or phrases by `kinds`, find in the listings."""
    patterns = build_patterns(texts, kinds)
    watchlist = replace(
        empty_watchlist(),
        base=replace(empty_watchlist().base, patterns=patterns),
        beside=compile_beside((), texts, patterns),
    )
    page = fingerprint_text(listings)
    return page, match_text(page, len(listings), watchlist)


def hits_of(hits: Hits) -> list[naive.Hit]:
    columns = (hits.fields, hits.symbols, hits.lengths, hits.patterns, hits.bits)
    return [naive.Hit(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def find(fields: Sequence[str], texts: Sequence[str], kinds: Sequence[int]) -> list[naive.Hit]:
    """The places where the texts stand in the fields."""
    return hits_of(match([{"title": field} for field in fields], texts, kinds)[1])
