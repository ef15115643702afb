"""Codes within a distance by looking at every one: for what is in no table, and where tables would not pay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_simd import ROW_LANES, near_halves, near_rows, popcount64
from detectors.kernels.jit import inline, kernel

TILE = 512
"""Codes that every query of a batch meets before the next come: 16 KiB, which stay in the first-level cache."""

HALF_LIMIT = 47
"""Up to this cutoff the first 128 bits are looked at alone: of random pairs, 1 in 900 passes at 47, 1 in 10^8 at 31."""


@kernel
def scan_columns(
    columns: NDArray[np.uint64],
    low: int,
    high: int,
    slots: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    cutoff: int,
    queries: NDArray[np.uint64],
    matched: NDArray[np.int32],
    found: int,
) -> int:
    """Append (query, slot, distance) of all pairs within the slot's threshold to `matched`, from row `found` on.

    columns : uint64[4, n], word by word; n is a multiple of ROW_LANES, and [low, high) of it is looked at
    slots : int32[n], which slot each column is; empty: its own number
    thresholds : int32[slots], the greatest distance that counts; a negative one is none
    cutoff : no threshold is above it
    queries : uint64[q, 4]
    matched : int32[room, 3]; what exceeds the room is counted and not written
    Returns the row after the last. Order: undefined.
    """
    for tile in range(low, high, TILE):
        end = min(tile + TILE, high)
        for row in range(queries.shape[0]):
            q0, q1, q2, q3 = queries[row, 0], queries[row, 1], queries[row, 2], queries[row, 3]
            for place in range(tile, end, ROW_LANES):
                if cutoff <= HALF_LIMIT and not near_halves(columns, columns.shape[1], place, q0, q1, cutoff):
                    continue
                near = np.int64(near_rows(columns, columns.shape[1], place, q0, q1, q2, q3, cutoff))
                if near:
                    found = _report(near, place, end, columns, slots, thresholds, queries, row, matched, found)
    return found


@inline
def _report(
    near: np.int64,
    place: int,
    end: int,
    columns: NDArray[np.uint64],
    slots: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    queries: NDArray[np.uint64],
    row: int,
    matched: NDArray[np.int32],
    found: int,
) -> int:
    while near:
        at = place + popcount64(np.uint64((near & -near) - 1))
        near &= near - 1
        if at >= end:
            break
        distance = (
            popcount64(columns[0, at] ^ queries[row, 0])
            + popcount64(columns[1, at] ^ queries[row, 1])
            + popcount64(columns[2, at] ^ queries[row, 2])
            + popcount64(columns[3, at] ^ queries[row, 3])
        )
        slot = slots[at] if slots.shape[0] else np.int32(at)
        if distance <= thresholds[slot]:
            if found < matched.shape[0]:
                matched[found, 0], matched[found, 1], matched[found, 2] = row, slot, distance
            found += 1
    return found
