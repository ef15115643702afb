"""Where words begin and end: "ike" may not begin inside "bike", 耐克 may stand inside 耐克鞋."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    COMPATIBILITY,
    DIGIT,
    HAN,
    HANGUL,
    KANA,
    LEET_SIGN,
    NO_GAP,
)
from detectors.kernels.jit import inline

_LOWER_R, _LOWER_S = 114, 115
SHORT = 4  # letters: below it a substitution or a digit glued on proves nothing
PLURAL = 5  # letters of a mark that may be written with an s more
LONGEST = 64  # stands for "long enough" where only a short word would be refused


@inline
def may_start(at: int, first: int, length: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a word of `length` symbols may begin here: "ike" may not begin inside "bike"."""
    if at == first or gaps[at] != NO_GAP:
        return True
    here, before = kinds[at], kinds[at - 1]
    if before == LEET_SIGN or here != before:
        glued = (here == ALPHABETIC and before == DIGIT) or (here == DIGIT and before == ALPHABETIC)
        return not glued or length >= SHORT
    if here == HAN or here == HANGUL:
        return length > 1
    return bool(here == KANA and length > 2)


@inline
def may_end(
    last: int,
    end: int,
    length: int,
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bases: NDArray[np.uint32],
    bits: NDArray[np.uint16],
) -> bool:
    """Whether a word may end here. Chinese, kana and Hangul run on (耐克鞋); Ⓡ and a plural's s end one."""
    after = last + 1
    if after == end or gaps[after] != NO_GAP:
        return True
    if after + 1 == end or gaps[after + 1] != NO_GAP:
        if bases[after] == _LOWER_R and bits[after] & COMPATIBILITY:
            return True
        if bases[after] == _LOWER_S and kinds[after] == kinds[last] and PLURAL <= length < LONGEST:
            return True
    if kinds[after] != kinds[last]:
        return True
    if kinds[last] == ALPHABETIC or kinds[last] == DIGIT:
        return False
    return length > 1


@inline
def stands_alone(at: int, last: int, first: int, end: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether nothing of the same script touches the hit on either side."""
    free_before = at == first or gaps[at] != NO_GAP or kinds[at - 1] != kinds[at]
    return free_before and (last + 1 == end or gaps[last + 1] != NO_GAP or kinds[last + 1] != kinds[last])
