"""Patterns: marks and phrases folded like the text they will be found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detectors.folding import FoldedText, fold
from detectors.kernels import codes
from detectors.watchlist.trie import Trie, build_trie

MAX_SYMBOLS = 64


@dataclass(frozen=True, slots=True)
class Patterns:
    """Columns of all patterns and the trie over their looks.

    offsets: int64[p + 1] into bases and looks: uint32, and gaps: uint8 (what stands before a symbol, as its owner
    writes it). kinds: uint8[p]. sources: int32[p], which of the given texts a pattern spells.
    """

    offsets: NDArray[np.int64]
    bases: NDArray[np.uint32]
    looks: NDArray[np.uint32]
    gaps: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    sources: NDArray[np.int32]
    trie: Trie


def build_patterns(texts: Sequence[str], kinds: Sequence[int]) -> Patterns:
    """Patterns of `texts`. A text without symbols, with more than 64, or a mark of one letter or digit has none.

    Capitals may be drawn like other letters than small ones (Ν like N, ν like v), so a text whose looks differ by
    case becomes a pattern for each.
    """
    spelled = [(spelling, source) for source, text in enumerate(texts) for spelling in _spellings(text)]
    symbols = fold([spelling for spelling, _ in spelled])
    bounds = symbols.fields.tolist()
    ends = [_end(symbols, first, end) for first, end in pairwise(bounds)]
    chosen: list[int] = []
    seen: set[tuple[int, bytes, bytes, bytes]] = set()
    for row, (_, source) in enumerate(spelled):
        first, end = bounds[row], ends[row]
        if not _is_usable(symbols, first, end - first, kinds[source]):
            continue
        key = (
            source if kinds[source] == codes.MARK else -kinds[source],  # réplica and replica are one phrase
            symbols.looks[first:end].tobytes(),
            b"" if kinds[source] == codes.MARK else symbols.bases[first:end].tobytes(),
            symbols.gaps[first:end].tobytes(),
        )
        if key not in seen:
            seen.add(key)
            chosen.append(row)
    rows = np.array(chosen, np.int64)
    first = symbols.fields[rows].astype(np.int64)
    lengths = np.array(ends, np.int64)[rows] - first
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    places = np.repeat(first - offsets[:-1], lengths) + np.arange(offsets[-1])
    sources = np.array([spelled[row][1] for row in chosen], np.int32)
    return Patterns(
        offsets=offsets,
        bases=symbols.bases[places],
        looks=symbols.looks[places],
        gaps=symbols.gaps[places],
        kinds=np.array(kinds, np.uint8)[sources],
        sources=sources,
        trie=build_trie(symbols.looks[places], offsets, np.array(kinds, np.uint8)[sources]),
    )


def _spellings(text: str) -> tuple[str, ...]:
    return (text,) if text.isascii() else tuple(dict.fromkeys((text, text.upper(), text.lower())))


def _end(symbols: FoldedText, first: int, end: int) -> int:
    """Where a text's symbols end. A text of nothing but pictures is looked for; among words they are ornaments."""
    if end > first and symbols.kinds[end - 1] == codes.PICTURE and symbols.kinds[first] != codes.PICTURE:
        return first + int(np.argmax(symbols.kinds[first:end] == codes.PICTURE))
    return end


def _is_usable(symbols: FoldedText, first: int, length: int, kind: int) -> bool:
    if length == 1 and kind == codes.MARK:
        return bool(symbols.kinds[first] >= codes.HAN)
    return 0 < length <= MAX_SYMBOLS
