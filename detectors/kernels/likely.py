"""Which places of a text are worth a look in the trie: a block of symbols at a time, in passes without branches.

What a place may hold is as good as random, so the processor guesses half of the branches on it wrong, and what is
behind a wrong guess is begun anew. Here every place of a block is taken through one step before any goes through the
next one, and the questions to the filters, which do not depend on each other, are answered side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import CLAUSE, HAN, HANGUL, KANA, LEET_SIGN, NO_GAP
from detectors.kernels.entrance import HEAD, HEAD_TAG, TRUNK, is_set, mixed, prefix_key
from detectors.kernels.jit import inline

BLOCK = 512  # symbols: what is noted of them stays in the processor's first cache
_IS_HEAD = 1 << HEAD
_HEADS = _IS_HEAD - 1


@inline
def note_starts(
    block: int,
    size: int,
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    fields: NDArray[np.int32],
    field: int,
    breaks: NDArray[np.uint8],
    starts: NDArray[np.uint8],
    short: NDArray[np.uint8],
) -> None:
    """Of each symbol from `block` on: whether a long word may start there, and how much is missing of TRUNK symbols.

    field: one that begins at the block or before. breaks, uint8[BLOCK + TRUNK], is for the time being: where a clause
    or a field begins. starts: uint8[BLOCK], as words.may_start. short: uint8[BLOCK], symbols up to the next break.
    """
    end = int(fields[fields.size - 1])
    seen = min(size + TRUNK, end - block)
    for n in range(seen):
        breaks[n] = np.uint8(gaps[block + n] == CLAUSE)
    for n in range(seen, size + TRUNK):
        breaks[n] = 1
    for n in range(int(block == 0), size):  # the text's very first symbol begins a field
        here, before = kinds[block + n], kinds[block + n - 1]
        is_word = np.uint8(gaps[block + n] != NO_GAP) | np.uint8(here != before) | np.uint8(before == LEET_SIGN)
        starts[n] = is_word | np.uint8(here == HAN) | np.uint8(here == HANGUL) | np.uint8(here == KANA)
    while field < fields.size - 1 and fields[field] < block + seen:
        at = int(fields[field]) - block
        if at >= 0:
            breaks[at] = 1
            if at < size:
                starts[at] = 1
        field += 1
    for n in range(size):
        is_past, missing = np.uint8(0), np.uint8(0)
        for depth in range(1, TRUNK):
            is_past |= breaks[n + depth]
            missing += is_past
        short[n] = missing


@inline
def ask_heads(
    block: int,
    count: int,
    places: NDArray[np.int32],
    short: NDArray[np.uint8],
    looks: NDArray[np.uint32],
    heads: NDArray[np.uint64],
    likely: NDArray[np.int32],
    hashes: NDArray[np.uint64],
) -> None:
    """What the filter says of the first HEAD looks: a bit for each depth, and one for the head of something longer.

    places: int32[count] in the block. likely, hashes: int32[count] and uint64[count], the bits and the head's hash.
    """
    for n in range(count):
        place = int(places[n])
        room = TRUNK - int(short[place])
        hashed, found = np.uint64(0), 0
        for depth in range(HEAD):
            hashed = mixed(hashed, looks[block + place + min(depth, room - 1)])
            found |= int(is_set(prefix_key(hashed, depth + 1), heads)) << depth
        found |= int(is_set(prefix_key(hashed, HEAD_TAG), heads)) << HEAD
        likely[n] = found & ((1 << (room + int(room >= HEAD))) - 1)
        hashes[n] = hashed


@inline
def keep_likely(count: int, places: NDArray[np.int32], likely: NDArray[np.int32], hashes: NDArray[np.uint64]) -> int:
    """Leaves out the places of which nothing is likely; returns how many are left."""
    kept = 0
    for n in range(count):
        places[kept], likely[kept], hashes[kept] = places[n], likely[n], hashes[n]
        kept += int(likely[n] != 0)
    return kept


@inline
def ask_trunks(
    block: int,
    count: int,
    places: NDArray[np.int32],
    short: NDArray[np.uint8],
    looks: NDArray[np.uint32],
    prefixes: NDArray[np.uint64],
    likely: NDArray[np.int32],
    hashes: NDArray[np.uint64],
) -> None:
    """The same of what is longer than HEAD: the bit of the head gives way to one for each depth up to TRUNK."""
    for n in range(count):
        place, found = int(places[n]), int(likely[n])
        room = TRUNK - int(short[place])
        hashed, longer = hashes[n], 0
        for depth in range(HEAD, TRUNK):
            hashed = mixed(hashed, looks[block + place + min(depth, room - 1)])
            longer |= int(is_set(prefix_key(hashed, depth + 1), prefixes)) << depth
        is_head = -(found >> HEAD)  # all bits, or none
        likely[n] = ((found & _HEADS) | (longer & is_head)) & ((1 << room) - 1)
