"""Patterns: marks and phrases folded like the text they will be found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    spellings = [_spellings(text) for text in texts]
    counts = np.fromiter(map(len, spellings), np.int64, len(texts))
    sources = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    symbols = fold([spelling for several in spellings for spelling in several])
    ends = _ends(symbols)
    row_kinds = np.array(kinds, np.uint8)[sources]
    is_chosen = _are_usable(symbols, ends, row_kinds)
    may_repeat = (np.repeat(counts, counts) > 1) | (row_kinds != codes.MARK)
    _leave_repeats(symbols, ends, sources, row_kinds, np.flatnonzero(is_chosen & may_repeat), is_chosen)
    rows = np.flatnonzero(is_chosen)
    sources = sources[rows]
    first, lengths = symbols.fields[rows].astype(np.int64), (ends - symbols.fields[:-1])[rows]
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    places = np.repeat(first - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Patterns(
        offsets=offsets,
        bases=symbols.bases[places],
        looks=symbols.looks[places],
        gaps=symbols.gaps[places],
        kinds=row_kinds[rows],
        sources=sources,
        trie=build_trie(symbols.looks[places], offsets, row_kinds[rows]),
    )


def _spellings(text: str) -> tuple[str, ...]:
    return (text,) if text.isascii() else tuple(dict.fromkeys((text, text.upper(), text.lower())))


def _ends(symbols: FoldedText) -> NDArray[np.int32]:
    """int32[fields], where each ends. One of pictures alone is looked for; among words they are ornaments."""
    firsts, ends = symbols.fields[:-1], symbols.fields[1:].copy()
    ends_in_picture = (ends > firsts) & (symbols.kinds[np.maximum(ends - 1, 0)] == codes.PICTURE)
    for row in np.flatnonzero(ends_in_picture).tolist():
        kinds = symbols.kinds[firsts[row] : ends[row]]
        if kinds[0] != codes.PICTURE:
            ends[row] = firsts[row] + int(np.argmax(kinds == codes.PICTURE))
    return ends


def _are_usable(symbols: FoldedText, ends: NDArray[np.int32], kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """bool[fields]. kinds: uint8[fields], of the pattern that each would be."""
    lengths = ends - symbols.fields[:-1]
    first_kinds = symbols.kinds[np.minimum(symbols.fields[:-1], len(symbols.kinds) - 1)]
    is_letter = (lengths == 1) & (kinds == codes.MARK) & (first_kinds < codes.HAN)
    are_usable: NDArray[np.bool_] = (lengths > 0) & (lengths <= MAX_SYMBOLS) & ~is_letter
    return are_usable


def _leave_repeats(
    symbols: FoldedText,
    ends: NDArray[np.int32],
    sources: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    rows: NDArray[np.int64],
    is_chosen: NDArray[np.bool_],
) -> None:
    """Of the fields that `rows` names, those that fold like an earlier one are not chosen."""
    seen: set[tuple[int, bytes, bytes, bytes]] = set()
    for row in rows.tolist():
        first, end = symbols.fields[row], ends[row]
        is_mark = kinds[row] == codes.MARK
        key = (
            int(sources[row]) if is_mark else -int(kinds[row]),  # réplica and replica are one phrase
            symbols.looks[first:end].tobytes(),
            b"" if is_mark else symbols.bases[first:end].tobytes(),
            symbols.gaps[first:end].tobytes(),
        )
        is_chosen[row] = key not in seen
        seen.add(key)
