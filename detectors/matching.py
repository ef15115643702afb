"""Match: every mark and phrase of the watchlist found in a page, as columns. Nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.folding import FoldedText
from detectors.kernels import codes
from detectors.kernels.automaton import find_patterns
from detectors.kernels.context import weigh_context
from detectors.text import PageText
from detectors.watchlist import Watchlist
from detectors.watchlist.patterns import Patterns

HITS_PER_FIELD = 8  # room to begin with; more is allocated when a page needs it
TEXT_SHOWN = 1_000  # code points of a matched text; invisible characters can stretch a mark over a whole field


@dataclass(frozen=True, slots=True)
class Hits:
    """One row per place where a pattern was found, in text order.

    fields, symbols, lengths, patterns: int32[h]. bits: uint16[h], how the text differs from the pattern. kinds:
    uint8[h], of the pattern. context: uint8[h], what stands around a mark. listings: int32[h].
    """

    fields: NDArray[np.int32]
    symbols: NDArray[np.int32]
    lengths: NDArray[np.int32]
    patterns: NDArray[np.int32]
    bits: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    context: NDArray[np.uint8]
    listings: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.fields)


@dataclass(frozen=True, slots=True)
class Places:
    """Where patterns were found, in text order. fields, symbols, lengths, patterns: int32[h]. bits: uint16[h]."""

    fields: NDArray[np.int32]
    symbols: NDArray[np.int32]
    lengths: NDArray[np.int32]
    patterns: NDArray[np.int32]
    bits: NDArray[np.uint16]


def match_text(text: PageText, listings: int, watchlist: Watchlist) -> Hits:
    """All hits of the watchlist in the page's text."""
    found = find_places(text.folded, watchlist.patterns)
    kinds = watchlist.patterns.kinds[found.patterns]
    context = np.zeros(len(kinds), np.uint8)
    weigh_context(
        kinds, found.patterns, found.fields, found.symbols, found.lengths, text.folded.clauses, text.listing_of,
        text.headlines, listings, context,
    )  # fmt: skip
    return Hits(
        found.fields, found.symbols, found.lengths, found.patterns, found.bits, kinds, context,
        text.listing_of[found.fields],
    )  # fmt: skip


def find_places(symbols: FoldedText, patterns: Patterns) -> Places:
    """All places of the patterns in folded fields."""
    trie = patterns.trie
    capacity = HITS_PER_FIELD * len(symbols.fields) + 64
    while True:
        fields, starts = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        lengths, found = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        bits = np.empty(capacity, np.uint16)
        count = find_patterns(
            symbols.looks, symbols.bases, symbols.sources, symbols.kinds, symbols.gaps, symbols.bits, symbols.fields,
            symbols.code_points, trie.prefixes, trie.keys, trie.nodes, trie.edges, trie.labels, trie.outs,
            trie.patterns, patterns.offsets, patterns.bases, patterns.looks, patterns.gaps, patterns.kinds,
            fields, starts, lengths, found, bits,
        )  # fmt: skip
        if count >= 0:
            return Places(fields[:count], starts[:count], lengths[:count], found[:count], bits[:count])
        capacity *= 4


def spans(hits: Hits, text: PageText, hit: int) -> tuple[str, str, int, int]:
    """The field's name, the matched text as received (its start), and its code-point span in the field."""
    symbols, field = text.folded, int(hits.fields[hit])
    first = int(hits.symbols[hit])
    last = first + int(hits.lengths[hit]) - 1
    origin = int(symbols.field_starts[field])
    start, end = int(symbols.sources[first]) - origin, int(symbols.sources[last]) - origin + 1
    return text.name(field), text.texts[field][start : min(end, start + TEXT_SHOWN)], start, end


HOW_NAMES = (
    (codes.LEET, "leetspeak"),
    (codes.CONFUSABLE, "confusable"),
    (codes.ZERO_WIDTH, "zero_width"),
    (codes.COMBINING, "combining"),
    (codes.SEPARATORS, "separators"),
    (codes.COMPATIBILITY, "compatibility"),
    (codes.TRADITIONAL, "traditional"),
    (codes.DIACRITIC, "diacritic"),
    (codes.WIDTH, "width"),
)


def how(bits: int, text: str, mark: str) -> str:
    """The strongest step that was needed to see the mark in the text."""
    if text.casefold() == mark.casefold():
        return "identical"
    return next((name for bit, name in HOW_NAMES if bits & bit), "identical")
