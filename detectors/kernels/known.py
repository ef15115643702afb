"""Which texts of a page stand in a table of known ones: all are asked for at once, and their bytes are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.entrance import MIX
from detectors.kernels.jit import inline, kernel

_PROBES = 16
_MIX = np.uint64(MIX)


@inline
def _slot_of(content: NDArray[np.uint8], first: int, end: int, slots: NDArray[np.int32]) -> np.uint64:
    hashed = np.uint64(end - first)
    for at in range(first, end):
        hashed = hashed * np.uint64(31) + np.uint64(content[at])
    return (hashed * _MIX >> np.uint64(32)) & np.uint64(slots.size - 1)


@inline
def _stands_at(content: NDArray[np.uint8], first: int, end: int, octets: NDArray[np.uint8], start: int) -> bool:
    """Whether the text is what `octets` have from `start` on, where there are as many."""
    same = 0
    while first + same < end and content[first + same] == octets[start + same]:
        same += 1
    return bool(first + same == end)


@kernel
def add_known(octets: NDArray[np.uint8], bounds: NDArray[np.int32], start: int, slots: NDArray[np.int32]) -> None:
    """Puts the texts from number `start` on into the table.

    octets: texts in UTF-8 one after the other. bounds: int32[texts + 1], where each begins. slots: int32[a power of
    two, at least twice their number], a text's number + 1 or 0. A text is left out where very many ask for the same
    slots, as somebody may have made them do.
    """
    for text in range(start, bounds.size - 1):
        slot = _slot_of(octets, bounds[text], bounds[text + 1], slots)
        for _ in range(_PROBES):
            if slots[slot] == 0:
                slots[slot] = text + 1
                break
            slot = (slot + np.uint64(1)) & np.uint64(slots.size - 1)


@kernel
def find_unknown(
    content: NDArray[np.uint8],
    spans: NDArray[np.int32],
    octets: NDArray[np.uint8],
    bounds: NDArray[np.int32],
    slots: NDArray[np.int32],
    unknown: NDArray[np.int32],
) -> int:
    """Writes which texts are not in the table, int32[texts], and returns how many.

    spans: int32[texts, 2], where each starts and ends in `content`. octets, bounds, slots: as `add_known` has them.
    """
    count = 0
    for text in range(len(spans)):
        first, end = spans[text, 0], spans[text, 1]
        slot = _slot_of(content, first, end, slots)
        is_known = False
        for _ in range(_PROBES):
            number = slots[slot] - 1
            if number < 0:
                break
            start = bounds[number]
            if bounds[number + 1] - start == end - first and _stands_at(content, first, end, octets, start):
                is_known = True
                break
            slot = (slot + np.uint64(1)) & np.uint64(slots.size - 1)
        if not is_known:
            unknown[count] = text
            count += 1
    return count
