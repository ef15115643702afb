"""Match: every mark and phrase of the watchlist found in a page, as columns. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.finding import Found, find
from detectors.innocence import innocent_by_goods
from detectors.kernels import codes
from detectors.kernels.context import weigh_context
from detectors.kernels.near import Found as NearHits
from detectors.nearness import find_near
from detectors.text import PageText
from detectors.watchlist import Watchlist

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
    symbols = text.folded
    found, kinds = _find_all(text, watchlist)
    kinds[innocent_by_goods(text, listings, found, watchlist.beside)] = codes.INNOCENT
    context = np.zeros(len(kinds), np.uint8)
    weigh_context(
        kinds, found.patterns, found.fields, found.symbols, found.lengths, symbols.clauses, symbols.kinds,
        text.listing_of, text.headlines, listings, context,
    )  # fmt: skip
    return Hits(
        found.fields, found.symbols, found.lengths, found.patterns, found.bits, kinds, context,
        text.listing_of[found.fields],
    )  # fmt: skip


def _find_all(text: PageText, watchlist: Watchlist) -> tuple[Found, NDArray[np.uint8]]:
    """The hits of every segment and the kinds of their patterns, in text order as the context's kernel wants them."""
    found: list[Found | NearHits] = []
    kinds: list[NDArray[np.uint8]] = []
    numbered = 0  # patterns run on from one segment to the next
    for segment in watchlist.segments:
        here: list[Found | NearHits] = [find(text.folded, text.folded.fields, segment.patterns)]
        if watchlist.rules.near_spellings:
            here.append(find_near(text.folded, text.headlines, segment.patterns, segment.near))
        for hits in here:
            if len(hits.fields):
                kinds.append(segment.patterns.kinds[hits.patterns])
                hits.patterns[:] += np.int32(numbered)
                found.append(hits)
        numbered += len(segment.patterns.sources)
    return _in_text_order(found, kinds)


def _in_text_order(
    found: Sequence[Found | NearHits], kinds: Sequence[NDArray[np.uint8]]
) -> tuple[Found, NDArray[np.uint8]]:
    columns = [
        np.concatenate([np.zeros(0, np.int32), *(getattr(hits, name) for hits in found)])
        for name in ("fields", "symbols", "lengths", "patterns")
    ]
    columns += [np.concatenate([np.zeros(0, np.uint32), *(hits.bits for hits in found)])]
    all_kinds = np.concatenate([np.zeros(0, np.uint8), *kinds])
    order = np.argsort(columns[1], kind="stable")
    return Found(*(column[order] for column in columns)), all_kinds[order]


def spans(hits: Hits, text: PageText, hit: int) -> tuple[str, str, int, int]:
    """The field's name, the matched text as received (its start), and its code-point span in the field."""
    symbols, field = text.folded, hits.fields.item(hit)
    first = hits.symbols.item(hit)
    last = first + hits.lengths.item(hit) - 1
    origin = symbols.field_starts.item(field)
    start, end = symbols.sources.item(first) - origin, symbols.sources.item(last) - origin + 1
    return text.name(field), text.texts.part(field, start, min(end, start + TEXT_SHOWN)), start, end


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
