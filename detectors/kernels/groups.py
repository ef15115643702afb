"""Groups of hits, one listing and one right each: what their hits say, and what that and the right's facts decide."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    COMPATIBLE_USE,
    DISGUISES,
    IN_CODED_CLAUSE,
    IN_CODED_LISTING,
    IN_DOMAIN,
    LIKELY,
    WEAK,
)
from detectors.kernels.jit import kernel

# What the hits of a group say, as bits.
LIFTED: Final = 1  # any is more than a mention, or may be by its goods
COMPATIBLE: Final = 2  # all name what the goods are for
SIMILAR: Final = 4  # all are only similar

# Why a group does not alert.
LAPSED_RIGHT: Final = 0
OTHER_TERRITORY: Final = 1
OPEN: Final = 2  # no reason yet: somebody must look
COMPATIBLE_ONLY: Final = 3
MENTION: Final = 4
SIMILAR_ONLY: Final = 5

_LIFTING_BITS = DISGUISES | LIKELY
_LIFTING_CONTEXT = IN_CODED_CLAUSE | IN_CODED_LISTING | IN_DOMAIN


@kernel
def find_groups(
    keys: NDArray[np.int64],
    rows: NDArray[np.int64],
    bits: NDArray[np.uint32],
    context: NDArray[np.uint8],
    starts: NDArray[np.int64],
    said: NDArray[np.uint8],
) -> int:
    """Fills where each run of equal `keys` begins, and what its hits say; returns how many runs there are.

    keys: int64[n]. rows: int64[n], the hit of each key. bits: uint32, and context: uint8, of hits. starts: int64[n + 1]
    and said: uint8[n] have room for that many; behind the last run's start stands its end.
    """
    count, begin = 0, 0
    while begin < keys.size:
        any_bits, any_context = np.uint32(0), np.uint8(0)
        all_bits, all_context = np.uint32(WEAK), np.uint8(COMPATIBLE_USE)
        end = begin
        while end < keys.size and keys[end] == keys[begin]:
            any_bits |= bits[rows[end]]
            all_bits &= bits[rows[end]]
            any_context |= context[rows[end]]
            all_context &= context[rows[end]]
            end += 1
        is_lifted = any_bits & _LIFTING_BITS != 0 or any_context & _LIFTING_CONTEXT != 0
        said[count] = LIFTED * is_lifted | COMPATIBLE * (all_context != 0) | SIMILAR * (all_bits != 0)
        starts[count] = begin
        begin, count = end, count + 1
    starts[count] = begin
    return count


@kernel
def decide_groups(
    said: NDArray[np.uint8],
    listings: NDArray[np.int32],
    rights: NDArray[np.int32],
    first: int,
    force_from: NDArray[np.int32],
    force_to: NDArray[np.int32],
    territory_sets: NDArray[np.int32],
    any_use: NDArray[np.bool_],
    has_price: NDArray[np.bool_],
    has_no_parts: NDArray[np.bool_],
    day: int,
    known: NDArray[np.bool_],
    markets: NDArray[np.int32],
    covered: NDArray[np.bool_],
    reasons: NDArray[np.uint8],
    tally: NDArray[np.int64],
) -> None:
    """Fills `reasons`, uint8[g], for the groups whose rights the facts are of; adds to `tally`, int64 per reason.

    said: uint8[g], listings, rights: int32[g], of the groups. force_from to has_no_parts: facts of the rights from
    `first` on, see Facts. known: bool per listing, whether any right names its seller. markets: int32 per listing, a
    row of covered: bool[markets, territory sets], whether an offer there concerns a right that holds there.
    A single set is everywhere: then no right is asked for its own, which would lie far away in memory.
    """
    for group in range(rights.size):
        right = rights[group] - first
        if not 0 <= right < any_use.size:
            continue
        says, listing = said[group], listings[group]
        if not force_from[right] <= day <= force_to[right]:
            reasons[group] = LAPSED_RIGHT
        elif covered.size > 1 and not covered[markets[listing], territory_sets[right]]:
            reasons[group] = OTHER_TERRITORY
        elif says & LIFTED or known[listing] or any_use[right] or has_price[right]:
            reasons[group] = OPEN
        elif says & COMPATIBLE:
            reasons[group] = OPEN if has_no_parts[right] else COMPATIBLE_ONLY
        else:
            reasons[group] = SIMILAR_ONLY if says & SIMILAR else MENTION
        tally[reasons[group]] += 1
