"""Match: every mark and phrase of the watchlist found in a page, as columns. Nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.kernels import codes
from detectors.kernels.automaton import find_patterns
from detectors.kernels.context import weigh_context
from detectors.kernels.near import Found
from detectors.nearness import find_near
from detectors.text import PageText
from detectors.watchlist import Watchlist

HITS_PER_FIELD = 8  # room to begin with; more is allocated when a page needs it
TEXT_SHOWN = 1_000  # code points of a matched text; invisible characters can stretch a mark over a whole field


@dataclass(frozen=True, slots=True)
class Hits:
    """One row per place where a pattern was found, in text order.

    fields, symbols, lengths, patterns: int32[h]. bits: uint32[h], how the text differs from the pattern. kinds:
    uint8[h], of the pattern. context: uint8[h], what stands around a mark. listings: int32[h].
    """

    fields: NDArray[np.int32]
    symbols: NDArray[np.int32]
    lengths: NDArray[np.int32]
    patterns: NDArray[np.int32]
    bits: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    context: NDArray[np.uint8]
    listings: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.fields)


def match_text(text: PageText, listings: int, watchlist: Watchlist) -> Hits:
    """All hits of the watchlist in the page's text."""
    symbols, patterns, trie = text.folded, watchlist.patterns, watchlist.patterns.trie
    capacity = HITS_PER_FIELD * len(text.texts) + 64
    while True:
        fields, starts = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        lengths, found = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        bits = np.empty(capacity, np.uint32)
        count = find_patterns(
            symbols.looks, symbols.bases, symbols.sources, symbols.kinds, symbols.gaps, symbols.bits, symbols.fields,
            symbols.code_points, trie.prefixes, trie.keys, trie.nodes, trie.edges, trie.labels, trie.outs,
            trie.patterns, patterns.offsets, patterns.bases, patterns.looks, patterns.gaps, patterns.kinds,
            fields, starts, lengths, found, bits,
        )  # fmt: skip
        if count >= 0:
            break
        capacity *= 4
    rows = Found(fields[:count], starts[:count], lengths[:count], found[:count], bits[:count])
    fields, starts, lengths, found, bits = _merged(rows, find_near(symbols, text.headlines, watchlist))
    kinds = patterns.kinds[found]
    context = np.zeros(len(found), np.uint8)
    weigh_context(
        kinds, found, fields, starts, lengths, symbols.clauses, text.listing_of, text.headlines, listings, context
    )
    return Hits(fields, starts, lengths, found, bits, kinds, context, text.listing_of[fields])


def _merged(plain: Found, near: Found) -> Found:
    """All hits in text order, which the context's kernel relies on."""
    if not len(near.fields):
        return plain
    order = np.argsort(np.concatenate((plain.symbols, near.symbols)), kind="stable")
    fields, symbols, lengths, patterns, bits = (
        np.concatenate(columns)[order] for columns in zip(plain, near, strict=True)
    )
    return Found(fields, symbols, lengths, patterns, bits)


def spans(hits: Hits, text: PageText, hit: int) -> tuple[str, str, int, int]:
    """The field's name, the matched text as received (its start), and its code-point span in the field."""
    symbols, field = text.folded, int(hits.fields[hit])
    first = int(hits.symbols[hit])
    last = first + int(hits.lengths[hit]) - 1
    origin = int(symbols.field_starts[field])
    start, end = int(symbols.sources[first]) - origin, int(symbols.sources[last]) - origin + 1
    return text.name(field), text.texts[field][start : min(end, start + TEXT_SHOWN)], start, end


NEAR = codes.WEAK | codes.STRONG | codes.TRANSLITERATION
HOW_NAMES = (
    (codes.CONTAINED, "contained"),
    (codes.ONE_LETTER, "one_letter"),
    (codes.ONE_CHARACTER, "one_character"),
    (codes.TRANSPOSED, "transposed"),
    (codes.DOUBLED, "doubled"),
    (codes.SPLIT, "split"),
    (codes.SHAPE, "shape"),
    (codes.HOMOPHONE, "homophone"),
    (codes.PINYIN, "pinyin"),
    (codes.TRANSLITERATION, "transliteration"),
    (codes.BIDI, "bidi"),
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
    if not bits & NEAR and text.casefold() == mark.casefold():
        return "identical"
    return next((name for bit, name in HOW_NAMES if bits & bit), "identical")
