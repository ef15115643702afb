"""What the filters of near spellings say about two words in letters: whether some mark of two may be near them.

Asked of nearly every two words of a text and answered with no, so it takes few arrays, as near_han_asked.py does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline
from detectors.kernels.near import (
    DELETED,
    FIRST_HEAD,
    FIRST_SHORT,
    FIRST_TAIL,
    LAST_HEAD,
    appended,
    may_have,
    near_key,
    without,
)
from detectors.kernels.near_keys import SHORT_WORD


@inline
def changed_of(
    before: np.uint64, hashed: np.uint64, is_open: bool, first: int, at: int, end: int,
    bases: NDArray[np.uint32], pairs: NDArray[np.uint64],
) -> tuple[int, int]:  # fmt: skip
    """Where in two words, from `first` and from `at`, a slip may make them a mark of two: from a place, to another.

    In a word only if some mark has the other as it is (see FIRST_HEAD), or at the break where neighbours are swapped:
    Jacw Kolfskin. A slip in a dictionary's word, one that is not open, is at its first letter, if at all: see
    stands_in_window.
    """
    last, head, tail = int(bases[at - 1]), int(bases[at]), int(bases[end - 1])
    low, high = end, first
    if (
        (is_open and may_have(near_key(appended(before, head), FIRST_HEAD), pairs))
        or may_have(near_key(appended(before, tail), FIRST_TAIL), pairs)
        or (end - at <= SHORT_WORD + 1 and may_have(near_key(before, FIRST_SHORT), pairs))
    ):
        low, high = at, end
    elif may_have(near_key(appended(before - np.uint64(last) + np.uint64(head), last), FIRST_HEAD), pairs):
        low, high = at, at + 1
    if may_have(near_key(appended(hashed, int(bases[first])), LAST_HEAD), pairs):
        low, high = first, max(at, high)
    return low, high


@inline
def may_be_slip(
    whole: np.uint64, low: int, high: int, end: int,
    bases: NDArray[np.uint32], powers: NDArray[np.uint64], bits: NDArray[np.uint64],
) -> bool:  # fmt: skip
    """Whether some mark may have this hash, of words to `end`, or that without one of the letters from low to high.

    All letters are asked about before any answer is looked at: hardly one is yes, and the questions wait together.
    """
    found = may_have(near_key(whole, DELETED), bits)
    behind = np.uint64(0)
    for at in range(end - 1, low - 1, -1):
        rest = behind + np.uint64(bases[at]) * powers[end - 1 - at]
        found |= (at < high) & may_have(near_key(without(whole, rest, behind), DELETED), bits)
        behind = rest
    return found
