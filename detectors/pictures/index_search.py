"""One batch of queries through all parts of the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_probe import probe_tables
from detectors.kernels.hamming_scan import scan_columns
from detectors.pictures.index_columns import Columns
from detectors.pictures.index_tiers import Tier

ROOM = 1024
SLOT_BITS, DISTANCE_BITS = 31, 9

PASSED_SHARE, READ_SHARE = 2, 256
"""A query that passes one in so many of all codes in buckets, or reads one in so many, has done as much as looking
through all would take. It then does that instead, so at worst it costs twice as much."""

PASSED_FREE, READ_FREE = 65_536, 512

_NO_SLOTS = np.empty(0, np.int32)

Found = NDArray[np.int32]


def find(tiers: Sequence[Tier], columns: Columns, codes: NDArray[np.uint64]) -> Found:
    """All (query, slot, distance) within the slot's threshold, int32[m, 3], by query, then distance, then slot."""
    budgets = np.empty((len(codes), 2), np.int64)
    found = _all_of(lambda matched: _through_parts(tiers, columns, codes, budgets, matched))
    heavy = budgets.min(axis=1) < 0
    if heavy.any():
        rows = np.flatnonzero(heavy).astype(np.int32)
        rest = _all_of(lambda matched: _through_all(tiers, columns, codes[rows], matched))
        rest[:, 0] = rows[rest[:, 0]]
        found = np.concatenate((found[~heavy[found[:, 0]]], rest))
    return _sorted(found)


def _sorted(found: Found) -> Found:
    """As one number a pair: NumPy sorts those with vectors, 7 times as fast as by three keys."""
    queries, slots, distances = found.T.astype(np.int64)
    keys = queries << (SLOT_BITS + DISTANCE_BITS) | distances << SLOT_BITS | slots
    keys.sort()
    columns = (
        keys >> (SLOT_BITS + DISTANCE_BITS),
        keys & (1 << SLOT_BITS) - 1,
        keys >> SLOT_BITS & (1 << DISTANCE_BITS) - 1,
    )
    return np.stack(columns, axis=1).astype(np.int32)


def _all_of(search: Callable[[Found], int]) -> Found:
    """What the search writes, with as much room as it says that it needs."""
    matched = np.empty((ROOM, 3), np.int32)
    while (found := search(matched)) > len(matched):
        matched = np.empty((found, 3), np.int32)
    return matched[:found]


def _through_parts(
    tiers: Sequence[Tier], columns: Columns, codes: NDArray[np.uint64], budgets: NDArray[np.int64], matched: Found
) -> int:
    budgets[:] = columns.count // PASSED_SHARE + PASSED_FREE, columns.count // READ_SHARE + READ_FREE
    found = 0
    for tier in tiers:
        for segment in tier.segments:
            found = probe_tables(
                segment.offsets, segment.beside, segment.slots, tier.flips, tier.flipped, columns.words,
                columns.thresholds, codes, budgets, matched, found,
            )  # fmt: skip
        for block in tier.blocks:
            found = scan_columns(
                block.words, 0, block.count, block.slots, columns.thresholds, tier.cutoff, codes, matched, found
            )
    return found


def _through_all(tiers: Sequence[Tier], columns: Columns, codes: NDArray[np.uint64], matched: Found) -> int:
    cutoff = max(tier.cutoff for tier in tiers if tier.held)
    return scan_columns(columns.words, 0, columns.count, _NO_SLOTS, columns.thresholds, cutoff, codes, matched, 0)
