"""Match: every mark and phrase of the watchlist found in a page, as columns. Nothing is judged here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from detectors.finding import find, room_for
from detectors.folding import FoldedText, fold_table, is_hangul, width_of
from detectors.innocence import innocent_by_goods
from detectors.japanese import note_japanese_forms
from detectors.kernels import codes
from detectors.kernels.context import weigh_context
from detectors.kernels.domains import find_domains
from detectors.kernels.doubt import settle
from detectors.kernels.near import Found
from detectors.kernels.order import put_in_order
from detectors.kernels.references import AMPERSAND
from detectors.lexicon import domain_endings, lexicon
from detectors.nearness import find_near
from detectors.text import PageText
from detectors.watchlist import Watchlist

WIDEST_SYMBOL = 64  # code points: the longest character reference
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
    order, places, lengths = _in_text(found, symbols)
    ordered, context = kinds[order], np.zeros(len(kinds), np.uint8)
    weigh_context(
        ordered, found.patterns[order], found.fields[order], places[order], lengths[order], symbols.clauses,
        symbols.kinds, text.listing_of, text.headlines, listings, context,
    )  # fmt: skip
    kinds[order], context[order] = ordered, context.copy()
    find_domains(
        kinds, found.fields, found.symbols, found.lengths, symbols.fields, symbols.bases, symbols.gaps, symbols.kinds,
        domain_endings(), lexicon().words, context,
    )  # fmt: skip
    return Hits(
        found.fields, found.symbols, found.lengths, found.patterns, found.bits, kinds, context,
        text.listing_of[found.fields],
    )  # fmt: skip


def _find_all(text: PageText, watchlist: Watchlist) -> tuple[Found, NDArray[np.uint8]]:
    """The hits of every segment and the kinds of their patterns, in text order as the context's kernel wants them."""
    searches: list[_Search] = []
    numbered = 0  # patterns run on from one segment to the next
    for segment in watchlist.segments:
        patterns = segment.patterns
        plain = _settled(find(text.folded, text.folded.fields, patterns), text.folded)
        note_japanese_forms(plain, text, segment)
        searches.append((plain, patterns.kinds, numbered))
        if watchlist.rules.near_spellings:
            near = find_near(text.folded, text.headlines, patterns, segment.near)
            searches.append((near, patterns.kinds, numbered))
        numbered += len(patterns.sources)
    return _in_text_order(searches)


_Search = tuple[Found, NDArray[np.uint8], int]  # its hits, the kinds of its patterns, and the first one's number


def _in_text_order(searches: Sequence[_Search]) -> tuple[Found, NDArray[np.uint8]]:
    order = np.concatenate([found.symbols for found, _, _ in searches]).argsort(kind="stable")
    ordered, kinds, first = room_for(len(order)), np.empty(len(order), np.uint8), 0
    for found, kinds_of, numbered in searches:
        put_in_order(order, first, found, kinds_of, numbered, ordered, kinds)
        first += len(found.symbols)
    return ordered, kinds


def _in_text(found: Found, symbols: FoldedText) -> tuple[Any, NDArray[np.int32], NDArray[np.int32]]:
    """The hits' order, first symbols and lengths as the text has them: a picture's symbol stands behind its field."""
    pictures = np.flatnonzero(symbols.kinds[found.symbols] == codes.PICTURE)
    if not len(pictures):
        return slice(None), found.symbols, found.lengths
    places, lengths = found.symbols.copy(), found.lengths.copy()
    for hit in pictures.tolist():
        first, picture = int(symbols.fields[found.fields[hit]]), int(found.symbols[hit])
        words = first + int(np.argmax(symbols.kinds[first : picture + 1] == codes.PICTURE))
        before = first + int(np.searchsorted(symbols.sources[first:words], symbols.sources[picture]))
        if words > first:
            places[hit], lengths[hit] = max(before - 1, first), int(before > first)
    return np.argsort(places, kind="stable"), places, lengths


def _settled(found: Found, symbols: FoldedText) -> Found:
    """The hits that ordinary words do not explain."""
    believed = np.empty(len(found.bits), np.bool_)
    settle(
        found.fields, found.symbols, found.lengths, found.bits, symbols.bases, symbols.kinds, symbols.gaps,
        symbols.fields, lexicon().words, believed,
    )  # fmt: skip
    if believed.all():
        return found
    return Found._make([column[believed] for column in found])


def spans(hits: Hits, text: PageText, hit: int) -> tuple[str, str, int, int]:
    """The field's name, the matched text as received (its start), and its code-point span in the field."""
    symbols, field = text.folded, hits.fields.item(hit)
    first = hits.symbols.item(hit)
    last = first + hits.lengths.item(hit) - 1
    origin, start, place = symbols.field_starts.item(field), symbols.sources.item(first), symbols.sources.item(last)
    if place < start:  # shown backwards, it ends before it begins
        start, place, last = place, start, first
    may_be_wide = symbols.code_points.item(place) == AMPERSAND or is_hangul(symbols.bases.item(last))
    start, place = start - origin, place - origin
    end = place + (_width(text, field, place, symbols.bases.item(last)) if may_be_wide else 1)
    return text.name(field), text.texts.part(field, start, min(end, start + TEXT_SHOWN)), start, end


def _width(text: PageText, field: int, place: int, base: int) -> int:
    """How many code points the symbol at a place of a field takes."""
    return width_of(text.texts.part(field, place, place + WIDEST_SYMBOL), chr(base))


NEAR = codes.WEAK | codes.STRONG | codes.TRANSLITERATION
HOW_NAMES = (
    (codes.CONTAINED, "contained"),
    (codes.DIGRAPH, "digraph"),
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
    shown = bits & ~codes.ZERO_WIDTH
    if bits & codes.ZERO_WIDTH and shown and _hides_nothing(text):
        bits = shown
    return next((name for bit, name in HOW_NAMES if bits & bit), "identical")


_SELECTED = re.compile("(.)[\ufe0e\ufe0f]", re.DOTALL)


def _hides_nothing(text: str) -> bool:
    """Whether all that is invisible are the selectors of symbols: keyboards put U+FE0F behind an emoji such as 🅾️."""
    left = _SELECTED.sub(lambda found: "" if category(found[1]) == "So" else found[0], text)
    hows = fold_table().hows
    unseen = any(ord(char) >= hows.size or hows[ord(char)] == codes.ZERO_WIDTH for char in left)
    return len(left) < len(text) and not unseen and "&" not in left  # a reference may stand for what is invisible
