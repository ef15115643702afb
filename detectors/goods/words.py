"""Read: the words for goods in the few listings of a page that may alert.

Most listings of a page never get here: what is only mentioned is decided in columns. So the goods lexicon is a set of
patterns of its own, looked for a second time in those few, and costs the others nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from detectors.finding import find
from detectors.folding import fold
from detectors.goods.lexicon import GoodsLexicon
from detectors.records import Listing

TITLE_READ, CATEGORY_READ, VALUE_READ = 300, 300, 100  # code points; honest ones are shorter
VALUES_READ = 8  # attributes that name the kind or state of the goods
TITLE, CATEGORY, KIND, CONDITION = range(4)  # which of a listing's texts


class GoodsWord(NamedTuple):
    """A word of the lexicon in a listing's text: span in code points, clause, meaning (class bits and flags)."""

    source: int
    start: int
    end: int
    clause: int
    text: str
    meaning: int


@dataclass(frozen=True, slots=True)
class _Texts:
    texts: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)

    def add(self, owner: int, source: int, text: str) -> None:
        self.texts.append(text)
        self.owners.append(owner)
        self.sources.append(source)


def read_goods(
    listings: Sequence[Listing], positions: Sequence[int], lexicon: GoodsLexicon
) -> Mapping[int, tuple[GoodsWord, ...]]:
    """The goods words of the listings at `positions`, in text order; of words within words only the longest."""
    texts = _Texts()
    for position in positions:
        _gather(listings[position], position, texts, lexicon)
    symbols = fold(texts.texts)
    places = find(symbols, symbols.fields, lexicon.patterns)
    lasts = places.symbols.astype(np.int64) + places.lengths
    order = np.lexsort((-lasts, places.symbols))
    lasts = lasts[order]
    reached = np.maximum.accumulate(np.concatenate([[0], lasts[:-1]])) if len(lasts) else lasts
    rows = order[lasts > reached]  # symbols are numbered over all texts, so no text reaches into the next
    fields, first = places.fields[rows], places.symbols[rows]
    origins = symbols.field_starts[fields]
    sources, last = symbols.sources, first + places.lengths[rows] - 1
    starts = (np.minimum(sources[first], sources[last]) - origins).tolist()  # shown backwards, it ends before it begins
    ends = (np.maximum(sources[first], sources[last]) - origins + 1).tolist()
    clauses = symbols.clauses[first].tolist()
    meanings = lexicon.meanings[places.patterns[rows]].tolist()
    found: dict[int, list[GoodsWord]] = {position: [] for position in positions}
    for number, start, end, clause, meaning in zip(fields.tolist(), starts, ends, clauses, meanings, strict=True):
        word = GoodsWord(texts.sources[number], start, end, clause, texts.texts[number][start:end], meaning)
        found[texts.owners[number]].append(word)
    return {position: tuple(words) for position, words in found.items()}


def _gather(listing: Listing, position: int, texts: _Texts, lexicon: GoodsLexicon) -> None:
    texts.add(position, TITLE, listing["title"][:TITLE_READ])
    if category := listing.get("category"):
        texts.add(position, CATEGORY, category[-CATEGORY_READ:])
    values = 0
    for name, value in (listing.get("attributes") or {}).items():
        key = name.casefold() if len(name) < VALUE_READ else ""
        source = (
            KIND
            if key in lexicon.source.kind_attributes
            else CONDITION
            if key in lexicon.source.condition_attributes
            else None
        )
        if source is not None and values < VALUES_READ:
            values += 1
            texts.add(position, source, value[:VALUE_READ])
