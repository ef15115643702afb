"""The index of near spellings: built with the patterns, searched beside their trie."""

from __future__ import annotations

import numpy as np

from detectors.kernels import codes
from detectors.kernels.near import SOUNDS, Marks, NearIndex, fill_index
from detectors.kernels.near_keys import HAN_FIRST, HAN_LAST, near_keys
from detectors.lexicon import lexicon
from detectors.watchlist.patterns import Patterns

FILTER_BITS = 16  # per key, which sets four: one in two hundred that is not there passes by chance
KEYS_PER_BUCKET = 4  # a bucket's tags are read in one go
KEYS_AT_BREAK = 2  # of a mark of two words three; about every second break is in one of those
SIZES_PER_CHARACTER = 2  # words of NearIndex.sizes: about one key in each
SOUND_WORDS = SOUNDS * SOUNDS // 64
KEYS_PER_SYMBOL = 4  # enough for most watchlists; the kernel says when it is not


def marks_of(patterns: Patterns) -> Marks:
    """The columns that kernels compare near spellings with."""
    return Marks(patterns.offsets, patterns.bases, patterns.gaps, patterns.kinds)


def no_near() -> NearIndex:
    """The index of no mark at all."""
    return NearIndex(
        np.zeros(1, np.uint64),
        np.zeros(1, np.uint64),
        np.zeros(2, np.int32),
        np.zeros(0, np.uint32),
        np.zeros(0, np.int32),
        np.zeros(1, np.uint64),
        np.zeros(SOUND_WORDS, np.uint64),
    )


def build_near(patterns: Patterns) -> NearIndex:
    """The index of every mark's near spellings."""
    marks, capacity = marks_of(patterns), KEYS_PER_SYMBOL * len(patterns.bases) + 64
    breaks = np.count_nonzero(patterns.gaps != codes.NO_GAP)
    pairs = np.zeros(1 + breaks * KEYS_AT_BREAK * FILTER_BITS // 64, np.uint64)
    characters = np.count_nonzero((patterns.bases >= HAN_FIRST) & (patterns.bases <= HAN_LAST))
    while True:
        keys, owners = np.empty(capacity, np.uint64), np.empty(capacity, np.int32)
        sizes, sounds = np.zeros(1 + SIZES_PER_CHARACTER * characters, np.uint64), np.zeros(SOUND_WORDS, np.uint64)
        count = near_keys(marks, lexicon(), keys, owners, sizes, sounds, pairs)
        if count <= capacity:
            break
        capacity = count
    order = np.argsort(keys[:count], kind="stable")
    index = NearIndex(
        bits=np.zeros(1 + count * FILTER_BITS // 64, np.uint64),
        pairs=pairs,
        starts=np.zeros(2 + count // KEYS_PER_BUCKET, np.int32),
        tags=np.empty(count, np.uint32),
        owners=owners[order],
        sizes=sizes,
        sounds=sounds,
    )
    fill_index(keys[order], index)
    return index
