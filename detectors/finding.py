"""Find: the places of patterns in folded text, as columns. What they are for is the caller's matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.folding import FoldedText
from detectors.kernels.automaton import find_patterns
from detectors.kernels.near import Found
from detectors.watchlist.patterns import Patterns

HITS_PER_FIELD = 8  # room to begin with; more is allocated when a page needs it


def find(symbols: FoldedText, bounds: NDArray[np.int32], patterns: Patterns) -> Found:
    """Where the patterns stand between neighbouring `bounds`: int32[f + 1] of first symbols, as FoldedText.fields."""
    trie, room = patterns.trie, HITS_PER_FIELD * len(bounds) + 64
    while True:
        found = room_for(room)
        count = find_patterns(
            symbols.looks, symbols.bases, symbols.sources, symbols.kinds, symbols.gaps, symbols.bits, bounds,
            symbols.code_points, trie.heads, trie.prefixes, trie.entrance, trie.edges, trie.labels, trie.outs,
            trie.patterns, patterns.offsets, patterns.bases, patterns.looks, patterns.gaps, patterns.kinds, *found,
        )  # fmt: skip
        if count >= 0:
            return first_of(found, count)
        room *= 4


def room_for(hits: int) -> Found:
    """Columns that nothing is written in yet."""
    return Found(
        np.empty(hits, np.int32), np.empty(hits, np.int32), np.empty(hits, np.int32), np.empty(hits, np.int32),
        np.empty(hits, np.uint32),
    )  # fmt: skip


def first_of(found: Found, count: int) -> Found:
    """The first hits of them."""
    return Found._make([column[:count] for column in found])
