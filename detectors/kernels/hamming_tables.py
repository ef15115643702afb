"""Making the tables of pieces, step by step: from columns of codes, and from two segments' tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_probe import TABLES, piece_of_column
from detectors.kernels.jit import inline, kernel
from detectors.kernels.simd import prefetch

AHEAD = 16
"""Thresholds, which lie anywhere, are on their way for so many codes while one is copied."""


@kernel
def count_keys(
    columns: NDArray[np.uint64],
    slots: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    job: int,
    table: int,
    low: int,
    high: int,
    fill: NDArray[np.int32],
) -> None:
    """Count the codes in columns [low, high) under each key of one table: fill[key + 1] grows.

    columns : uint64[4, n], slots : int32[n]
    thresholds : int32[slots]; slots withdrawn before `job` are left out, see `is_dropped`; 0: none is read
    fill : int32[65537]; its running sum is where each bucket begins
    """
    for column in range(low, high):
        if not (job and is_dropped(thresholds[slots[column]], job)):
            fill[piece_of_column(columns, column, table) + 1] += 1


@kernel
def file_codes(
    columns: NDArray[np.uint64],
    slots: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    job: int,
    table: int,
    low: int,
    high: int,
    fill: NDArray[np.int32],
    beside: NDArray[np.uint16],
    filed: NDArray[np.int32],
    dropped: NDArray[np.int32],
    drops: int,
) -> int:
    """Put the codes in columns [low, high) into the buckets of one table.

    columns, slots, thresholds, job : as in `count_keys`
    fill : int32[65537], at [key] the row where the next code under the key goes; moved on
    beside : uint16[16 n + ...], filed : int32[16 n], the tables
    dropped : int32[room], the slots that are left out, from `drops` on; without room they are only counted
    Returns how many are in `dropped`.
    """
    base = table * (filed.shape[0] // TABLES)
    for column in range(low, high):
        slot = slots[column]
        if job and is_dropped(thresholds[slot], job):
            drops = _drop(slot, dropped, drops)
            continue
        key = piece_of_column(columns, column, table)
        place = base + fill[key]
        fill[key] += 1
        beside[place] = np.uint16(piece_of_column(columns, column, (table + 1) % TABLES))
        filed[place] = slot
    return drops


@kernel
def join_buckets(
    offsets: NDArray[np.int32],
    beside: NDArray[np.uint16],
    filed: NDArray[np.int32],
    other_offsets: NDArray[np.int32],
    other_beside: NDArray[np.uint16],
    other_filed: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    job: int,
    table: int,
    low: int,
    high: int,
    new_offsets: NDArray[np.int32],
    new_beside: NDArray[np.uint16],
    new_filed: NDArray[np.int32],
    dropped: NDArray[np.int32],
    drops: int,
) -> int:
    """Write the buckets [low, high) of one table: those of one segment and those of the other, in this order.

    offsets, beside, filed and other_... : as in `probe_tables`; new_... : with room for all of both
    thresholds, job, dropped, drops : as in `file_codes`
    new_offsets : int32[16, 65537]; [table, low] is where to begin, and [table, low + 1 : high + 1] is written
    Returns how many are in `dropped`.
    """
    row = int(new_offsets[table, low])
    for key in range(low, high):
        row, drops = _copy(
            offsets, beside, filed, thresholds, job, table, key, row, new_beside, new_filed, dropped, drops
        )
        row, drops = _copy(
            other_offsets,
            other_beside,
            other_filed,
            thresholds,
            job,
            table,
            key,
            row,
            new_beside,
            new_filed,
            dropped,
            drops,
        )
        new_offsets[table, key + 1] = row
    return drops


@inline
def _copy(
    offsets: NDArray[np.int32],
    beside: NDArray[np.uint16],
    filed: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    job: int,
    table: int,
    key: int,
    row: int,
    new_beside: NDArray[np.uint16],
    new_filed: NDArray[np.int32],
    dropped: NDArray[np.int32],
    drops: int,
) -> tuple[int, int]:
    base, new_base = table * (filed.shape[0] // TABLES), table * (new_filed.shape[0] // TABLES)
    for place in range(base + offsets[table, key], base + offsets[table, key + 1]):
        if job and place + AHEAD < filed.shape[0]:
            prefetch(thresholds, filed[place + AHEAD])
        if job and is_dropped(thresholds[filed[place]], job):
            drops = _drop(filed[place], dropped, drops)
        else:
            new_beside[new_base + row], new_filed[new_base + row] = beside[place], filed[place]
            row += 1
    return row, drops


@inline
def _drop(slot: int, dropped: NDArray[np.int32], drops: int) -> int:
    if drops < dropped.shape[0]:
        dropped[drops] = slot
    return drops + 1


@inline
def is_dropped(threshold: int, job: int) -> bool:
    """Whether the slot was withdrawn before this job began. While job j is the last begun, withdrawing gives -1 - j.

    So all steps of a job leave out the same slots, whatever is withdrawn between them.
    """
    return threshold < 0 and -1 - threshold < job
