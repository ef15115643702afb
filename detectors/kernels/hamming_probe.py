"""Codes within a distance through tables of 16-bit pieces: exact, and a code is read only where two pieces are near.

A code is a ring of 16 pieces. If two codes are at most c = 16 k + 15 apart, then from some piece on any m pieces in a
row are at most m c / 16 apart, for every m at once: the cycle lemma, used for this by Qin and Xiao (Pigeonring, VLDB
2018). The first alone: at most k. The first two: at most 2 k + 1. So table i holds every code under its piece i, with
piece i + 1 beside it; a query looks under each key within k bits of its own piece, and 32 pieces beside at a time tell
which codes are read: at c = 31, 87 of ten million instead of the 41,500 in the buckets. Most end at their first word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_simd import PIECE_LANES, near_pieces, popcount64
from detectors.kernels.jit import inline, kernel
from detectors.kernels.simd import prefetch

TABLES = 16
PIECE_BITS = 16
KEYS = 1 << PIECE_BITS
WAITING = 1024
"""Candidates that are looked at together, so that their memory comes at the same time."""


AHEAD = 16
"""Candidates whose slots are on their way while one is read."""

LINES = 6
"""Cache lines of a bucket that are fetched ahead; of more, the processor itself sees what comes next."""


@inline
def piece_of(codes: NDArray[np.uint64], row: int, table: int) -> np.int64:
    return np.int64((codes[row, table >> 2] >> np.uint64(16 * (table & 3))) & np.uint64(KEYS - 1))


@inline
def piece_of_column(columns: NDArray[np.uint64], column: int, table: int) -> np.int64:
    return np.int64((columns[table >> 2, column] >> np.uint64(16 * (table & 3))) & np.uint64(KEYS - 1))


@kernel
def probe_tables(
    offsets: NDArray[np.int32],
    beside: NDArray[np.uint16],
    slots: NDArray[np.int32],
    flips: NDArray[np.int32],
    flipped: NDArray[np.int32],
    columns: NDArray[np.uint64],
    thresholds: NDArray[np.int32],
    queries: NDArray[np.uint64],
    budgets: NDArray[np.int64],
    matched: NDArray[np.int32],
    found: int,
) -> int:
    """Append (query, slot, distance) of all pairs within the slot's threshold to `matched`, from row `found` on.

    offsets : int32[16, 65537], where the bucket of each key begins in its table's part
    beside, slots : uint16[16 n + PIECE_LANES], int32[16 n], the piece after the key and the slot of each code
    flips, flipped : int32[f], the masks of at most k bits and how many each has, fewest first
    columns : uint64[4, slots], the codes, word by word
    thresholds : int32[slots], the greatest distance that counts, at most 16 k + 15; a negative one is none
    queries : uint64[q, 4]
    budgets : int64[q, 2], how many codes a query may pass in buckets, and how many it may read, before looking at all
        would be cheaper; one that is exceeded is negative afterwards, and what was written for its query incomplete
    matched : int32[room, 3]; what exceeds the room is counted and not written
    Returns the row after the last. Order: undefined, each pair once.
    """
    stride = slots.shape[0] // TABLES
    radius = flipped[-1]
    bounds = np.empty((2, flips.shape[0], 2), np.int64)
    waiting = np.empty((WAITING, 2), np.int64)
    for table in range(TABLES):
        count = 0
        beside_table = (table + 1) % TABLES
        _look_up(offsets, beside, table, stride, flips, queries, 0, bounds)
        for row in range(queries.shape[0]):
            if row + 2 < queries.shape[0]:
                _fetch_offsets(offsets, table, flips, queries, row + 2)
            if row + 1 < queries.shape[0]:
                _look_up(offsets, beside, table, stride, flips, queries, row + 1, bounds)
            if budgets[row, 0] < 0 or budgets[row, 1] < 0:
                continue
            piece = np.uint16(piece_of(queries, row, beside_table))
            for flip in range(flips.shape[0]):
                start, end = bounds[row & 1, flip, 0], bounds[row & 1, flip, 1]
                limit = np.uint16(2 * radius + 1 - flipped[flip])
                budgets[row, 0] -= end - start
                place = start
                while True:
                    near = np.int64(near_pieces(beside, place, piece, limit))
                    near &= (np.int64(1) << min(end - place, PIECE_LANES)) - 1
                    while near:
                        lane = popcount64(np.uint64((near & -near) - 1))
                        near &= near - 1
                        waiting[count, 0], waiting[count, 1] = row, place + lane
                        count += 1
                        budgets[row, 1] -= 1
                        if count == WAITING:
                            found = _read(
                                waiting, count, table, radius, slots, columns, thresholds, queries, matched, found
                            )
                            count = 0
                    place += PIECE_LANES
                    if place >= end or budgets[row, 1] < 0:
                        break
                if budgets[row, 0] < 0 or budgets[row, 1] < 0:
                    break
        found = _read(waiting, count, table, radius, slots, columns, thresholds, queries, matched, found)
    return found


@inline
def _fetch_offsets(
    offsets: NDArray[np.int32], table: int, flips: NDArray[np.int32], queries: NDArray[np.uint64], row: int
) -> None:
    """Have a query's cells of the offsets brought near, two queries before it is answered."""
    key = piece_of(queries, row, table)
    for flip in range(flips.shape[0]):
        prefetch(offsets, table * (KEYS + 1) + (key ^ flips[flip]))


@inline
def _look_up(
    offsets: NDArray[np.int32],
    beside: NDArray[np.uint16],
    table: int,
    stride: int,
    flips: NDArray[np.int32],
    queries: NDArray[np.uint64],
    row: int,
    bounds: NDArray[np.int64],
) -> None:
    """Find the buckets of a query and have them brought near, while the query before it is being answered."""
    key = piece_of(queries, row, table)
    base = table * stride
    for flip in range(flips.shape[0]):
        near = key ^ flips[flip]
        start, end = base + offsets[table, near], base + offsets[table, near + 1]
        bounds[row & 1, flip, 0], bounds[row & 1, flip, 1] = start, end
        for place in range(start, min(end, start + LINES * PIECE_LANES), PIECE_LANES):
            prefetch(beside, place)
        prefetch(beside, min(end, start + LINES * PIECE_LANES) - 1)


@inline
def _read(
    waiting: NDArray[np.int64],
    count: int,
    table: int,
    radius: int,
    slots: NDArray[np.int32],
    columns: NDArray[np.uint64],
    thresholds: NDArray[np.int32],
    queries: NDArray[np.uint64],
    matched: NDArray[np.int32],
    found: int,
) -> int:
    """Read the candidates' codes: first the word of which the table tells least, and the others if that is near."""
    first = first_word(table)
    for one in range(min(count, AHEAD)):
        prefetch(slots, waiting[one, 1])
    for one in range(count):
        if one + AHEAD < count:
            prefetch(slots, waiting[one + AHEAD, 1])
        slot = np.int64(slots[waiting[one, 1]])
        waiting[one, 1] = slot
        prefetch(columns, first * columns.shape[1] + slot)
    for one in range(count):
        row, slot = waiting[one, 0], waiting[one, 1]
        if not _goes_on(table, radius, columns, slot, queries, row):
            continue
        distance = 0
        for word in range(4):
            distance += popcount64(columns[word, slot] ^ queries[row, word])
        if distance <= thresholds[slot] and _is_first(table, radius, columns, slot, queries, row):
            if found < matched.shape[0]:
                matched[found, 0], matched[found, 1], matched[found, 2] = row, slot, distance
            found += 1
    return found


@inline
def _is_first(
    table: int, radius: int, columns: NDArray[np.uint64], slot: int, queries: NDArray[np.uint64], row: int
) -> bool:
    """Whether no table before this one has told of the pair."""
    for earlier in range(table):
        one = _apart(earlier, columns, slot, queries, row)
        two = one + _apart((earlier + 1) % TABLES, columns, slot, queries, row)
        if one <= radius and two <= 2 * radius + 1 and _goes_on(earlier, radius, columns, slot, queries, row):
            return False
    return True


@inline
def first_word(table: int) -> int:
    """The word to read first: where the first piece is that is not in the table."""
    return ((table + 2) >> 2) & 3


@inline
def _goes_on(
    table: int, radius: int, columns: NDArray[np.uint64], slot: int, queries: NDArray[np.uint64], row: int
) -> bool:
    """Whether the pieces from `table` on to the end of its first word are as near as the lemma has them."""
    word, within = first_word(table), table & 3
    apart = columns[word, slot] ^ queries[row, word]
    if within == 1:
        apart >>= np.uint64(16)  # the piece before is in the same word
    seen = 4 if within == 0 else 3 if within == 1 else 6 if within == 2 else 5
    return bool(popcount64(apart) <= seen * (16 * radius + 15) // TABLES)


@inline
def _apart(table: int, columns: NDArray[np.uint64], slot: int, queries: NDArray[np.uint64], row: int) -> int:
    word, shift = table >> 2, np.uint64(16 * (table & 3))
    return int(popcount64((columns[word, slot] ^ queries[row, word]) >> shift & np.uint64(KEYS - 1)))
