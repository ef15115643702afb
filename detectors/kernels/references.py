"""Character references: &#76; &#x4c; &nbsp; and what was escaped twice, &amp;#76;, read as the character they show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.entrance import mixed
from detectors.kernels.jit import inline

AMPERSAND = 38
LAST_CODE = 0x10FFFF
_NUMBER, _END, _LONGEST_NAME = 35, 59, 31  # # and ;


@inline
def _digit(code: int, base: int) -> int:
    """The value of a digit to base 10 or 16, -1 for anything else."""
    if 48 <= code <= 57:
        return code - 48
    small = code | 32
    return small - 87 if base == 16 and 97 <= small <= 102 else -1


@inline
def _numbered(code_points: NDArray[np.uint32], at: int, end: int) -> tuple[int, int]:
    """The character of "76;" or "x4c;" at a place, and its length; browsers do without the semicolon."""
    place, base = at, 10
    if place < end and int(code_points[place]) | 32 == 120:
        place, base = place + 1, 16
    begin, value = place, 0
    while place < end and _digit(int(code_points[place]), base) >= 0:
        value = min(value * base + _digit(int(code_points[place]), base), LAST_CODE + 1)
        place += 1
    if place == begin or not 0 < value <= LAST_CODE:
        return 0, 0
    return value, place - at + int(place < end and code_points[place] == _END)


@inline
def _body(
    code_points: NDArray[np.uint32], at: int, end: int, names: NDArray[np.uint64], named: NDArray[np.uint32]
) -> tuple[int, int]:
    """The character and length of a reference without its ampersand; a length of 0 means that it is none."""
    if at < end and code_points[at] == _NUMBER:
        code, width = _numbered(code_points, at + 1, end)
        return code, width + int(width > 0)
    place, hashed = at, np.uint64(0)
    while place < end and place - at < _LONGEST_NAME and code_points[place] < 128 and code_points[place] != _END:
        hashed = mixed(hashed, code_points[place])
        place += 1
    if place == at or place >= end or code_points[place] != _END:
        return 0, 0
    slot = np.searchsorted(names, hashed)
    if slot == names.size or names[slot] != hashed:
        return 0, 0
    return int(named[slot]), place - at + 1


@inline
def reference(
    code_points: NDArray[np.uint32], at: int, end: int, names: NDArray[np.uint64], named: NDArray[np.uint32]
) -> tuple[int, int]:
    """What the ampersand at a place begins: the character and how many code points stand for it.

    names: uint64, rising, the hashes of the names of HTML; named: uint32, the character of each.
    """
    code, width = _body(code_points, at + 1, end, names, named)
    if width == 0:
        return AMPERSAND, 1
    if code == AMPERSAND:
        again, more = _body(code_points, at + 1 + width, end, names, named)
        if more > 0:
            return again, width + 1 + more
    return code, width + 1
