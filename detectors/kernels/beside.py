"""Words that name goods beside which a counterfeit wording is innocent: AAA beside "battery", A货 beside 翡翠."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel

_REACH = 80  # symbols between the wording and the goods, in one clause: as far as wording speaks of a mark


@kernel
def find_excusable(patterns: NDArray[np.int32], excused_by: NDArray[np.uint32], rows: NDArray[np.int64]) -> int:
    """Fills `rows`, int64[n], with the rows of `patterns`, int32[n], that any goods excuse; returns how many there are.

    excused_by: uint32, the groups that excuse each of the base's patterns; all that lie past those are marks.
    """
    count = 0
    for row in range(patterns.size):
        if patterns[row] < excused_by.size and excused_by[patterns[row]]:
            rows[count] = row
            count += 1
    return count


@kernel
def bound_fields(
    wording_fields: NDArray[np.int32],
    listing_of: NDArray[np.int32],
    headlines: int,
    listings: int,
    starts: NDArray[np.int32],
    fields: NDArray[np.int32],
    bounds: NDArray[np.int32],
) -> int:
    """Fills `fields`, int32[f], with those to search for goods: the wordings' own, and their listings' headlines.

    Returns how many there are. The last one comes first, also in `bounds`, int32[2 * f], where each starts and ends, so
    that what lies between two fields is no range: it ends before it begins. wording_fields: int32[w]. listing_of:
    int32[f]; fields before `headlines` are titles and brands. starts: int32[f + 1], where the fields' symbols begin.
    """
    concerned, wanted = np.zeros(listings, np.bool_), np.zeros(listing_of.size, np.bool_)
    for field in wording_fields:
        concerned[listing_of[field]] = wanted[field] = True
    count = 0
    for field in range(listing_of.size - 1, -1, -1):
        if wanted[field] or (field < headlines and concerned[listing_of[field]]):
            fields[count], bounds[2 * count], bounds[2 * count + 1] = field, starts[field], starts[field + 1]
            count += 1
    return count


@kernel
def excuse_wording(
    wordings: NDArray[np.int32],
    wording_fields: NDArray[np.int32],
    excused_by: NDArray[np.uint32],
    goods: NDArray[np.int32],
    goods_fields: NDArray[np.int32],
    excuses: NDArray[np.uint32],
    clauses: NDArray[np.int32],
    listing_of: NDArray[np.int32],
    headlines: int,
    listings: int,
    excused: NDArray[np.bool_],
) -> None:
    """Fills `excused`, bool[w], for each wording that has goods of one of its groups in its clause or its title.

    wordings, goods: first symbols, int32[w] and int32[g], each rising, with their fields. excused_by, excuses: the
    groups as bits, uint32[w] and uint32[g]. clauses: int32 per symbol. listing_of: int32 per field; fields before
    `headlines` are titles and brands, which say what the whole listing offers.
    """
    offered = np.zeros(listings, np.uint32)
    for place in range(goods.size):
        if goods_fields[place] < headlines:
            offered[listing_of[goods_fields[place]]] |= excuses[place]
    nearest = 0
    for row in range(wordings.size):
        at = wordings[row]
        groups = excused_by[row]
        if offered[listing_of[wording_fields[row]]] & groups:
            excused[row] = True
            continue
        while nearest < goods.size and goods[nearest] < at - _REACH:
            nearest += 1
        place = nearest
        while place < goods.size and goods[place] <= at + _REACH:
            if excuses[place] & groups and clauses[goods[place]] == clauses[at]:
                excused[row] = True
                break
            place += 1
