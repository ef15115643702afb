"""Texts that stand somewhere in UTF-8 bytes: their code points one after the other, and which of them are equal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline, kernel

_PROBES = 16
_MIX = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: odd, near 2**64 / golden ratio


@kernel
def read_texts(
    content: NDArray[np.uint8],
    firsts: NDArray[np.int32],
    ends: NDArray[np.int32],
    code_points: NDArray[np.uint32],
    starts: NDArray[np.int32],
) -> None:
    """Fills `code_points`, uint32[as many as bytes], and where each text starts in it: int32[texts + 1].

    content: whole characters, lone surrogates too. firsts, ends: int32[texts].
    """
    count = 0
    for text in range(firsts.size):
        starts[text] = count
        at, end = firsts[text], ends[text]
        while at < end:
            byte = np.uint32(content[at])
            if byte < 0x80:
                code_points[count] = byte
                at += 1
            elif byte < 0xE0:
                code_points[count] = (byte & 0x1F) << 6 | (content[at + 1] & 0x3F)
                at += 2
            elif byte < 0xF0:
                middle = np.uint32(content[at + 1] & 0x3F) << 6
                code_points[count] = (byte & 0x0F) << 12 | middle | (content[at + 2] & 0x3F)
                at += 3
            else:
                second, third = np.uint32(content[at + 1] & 0x3F), np.uint32(content[at + 2] & 0x3F)
                code_points[count] = (byte & 0x07) << 18 | second << 12 | third << 6 | (content[at + 3] & 0x3F)
                at += 4
            count += 1
    starts[firsts.size] = count


@inline
def _are_equal(
    content: NDArray[np.uint8], firsts: NDArray[np.int32], ends: NDArray[np.int32], one: int, other: int
) -> bool:
    size = ends[one] - firsts[one]
    if ends[other] - firsts[other] != size:
        return False
    same = 0
    while same < size and content[firsts[one] + same] == content[firsts[other] + same]:
        same += 1
    return bool(same == size)


@kernel
def number_texts(
    content: NDArray[np.uint8],
    firsts: NDArray[np.int32],
    ends: NDArray[np.int32],
    slots: NDArray[np.int32],
    numbers: NDArray[np.int32],
    chosen: NDArray[np.int32],
) -> int:
    """Gives equal texts one number, int32[texts], and tells which text stands for each: the first entries of `chosen`.

    Returns how many numbers there are. slots: int32[a power of two above the number of texts], zeros. Where very many
    texts ask for the same slots, as somebody may have made them do, equal ones may get several numbers.
    """
    count = 0
    for text in range(firsts.size):
        hashed = np.uint64(ends[text] - firsts[text])
        for at in range(firsts[text], ends[text]):
            hashed = (hashed ^ np.uint64(content[at])) * _MIX
        slot = (hashed >> np.uint64(32)) & np.uint64(slots.size - 1)
        number = -1
        for _ in range(_PROBES):
            held = slots[slot] - 1
            if held < 0:
                slots[slot] = count + 1
                break
            if _are_equal(content, firsts, ends, text, chosen[held]):
                number = held
                break
            slot = (slot + np.uint64(1)) & np.uint64(slots.size - 1)
        if number < 0:
            chosen[count] = text
            number = count
            count += 1
        numbers[text] = number
    return count
