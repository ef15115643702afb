"""Words that name goods beside which a counterfeit wording is innocent: AAA beside "battery", A货 beside 翡翠."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel

_REACH = 80  # symbols between the wording and the goods, in one clause: as far as wording speaks of a mark


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
