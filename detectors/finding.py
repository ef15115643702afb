"""Find: the places of patterns in folded text, as columns. What they are for is the caller's matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.folding import FoldedText
from detectors.kernels.automaton import find_patterns
from detectors.watchlist.patterns import Patterns

HITS_PER_FIELD = 8  # room to begin with; more is allocated when a page needs it


@dataclass(frozen=True, slots=True)
class Found:
    """One row per place. fields, symbols (the first), lengths, patterns: int32[h]. bits: uint32[h]."""

    fields: NDArray[np.int32]
    symbols: NDArray[np.int32]
    lengths: NDArray[np.int32]
    patterns: NDArray[np.int32]
    bits: NDArray[np.uint32]


def find(symbols: FoldedText, bounds: NDArray[np.int32], patterns: Patterns) -> Found:
    """Where the patterns stand between neighbouring `bounds`: int32[f + 1] of first symbols, as FoldedText.fields."""
    trie, capacity = patterns.trie, HITS_PER_FIELD * len(bounds) + 64
    while True:
        fields, firsts = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        lengths, found = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        bits = np.empty(capacity, np.uint32)
        count = find_patterns(
            symbols.looks, symbols.bases, symbols.sources, symbols.kinds, symbols.gaps, symbols.bits, bounds,
            symbols.code_points, trie.heads, trie.prefixes, trie.entrance, trie.edges, trie.labels, trie.outs,
            trie.patterns, patterns.offsets, patterns.bases, patterns.looks, patterns.gaps, patterns.kinds,
            fields, firsts, lengths, found, bits,
        )  # fmt: skip
        if count >= 0:
            return Found(fields[:count], firsts[:count], lengths[:count], found[:count], bits[:count])
        capacity *= 4
