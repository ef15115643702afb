"""Which single slip of the pen makes a word of a mark. How much it proves: near_evidence.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import DOUBLED, NO_GAP, ONE_LETTER, TRANSPOSED
from detectors.kernels.jit import inline
from detectors.kernels.near import Marks, Window

SHORTEST = 4  # letters of a mark, by the examiners' rule
ENDING = 1  # the change is at the mark's end
CERTAIN_JOINED = 10  # letters from which a mark of several words written together is no chance
_FARTHEST = 2  # places that one letter may have moved: Vuttion
_LOWER_S = 115
_MASK = (1 << 32) - 1


@inline
def _is_moved(letters: NDArray[np.uint32], at: int, size: int, first: int, marks: Marks) -> bool:
    """Whether the letters from `at` are the mark's but for one at an end that has moved to the other."""
    forth = letters[at] == marks.bases[first + at + size - 1]
    back = letters[at + size - 1] == marks.bases[first + at]
    for p in range(at, at + size - 1):
        forth = forth and letters[p + 1] == marks.bases[first + p]
        back = back and letters[p] == marks.bases[first + p + 1]
    return bool(forth or back)


@inline
def edit_of(letters: NDArray[np.uint32], size: int, mark: int, marks: Marks) -> int:
    """The step, ENDING, and the place of the change above them (<< 32); 0 when it is not one single slip.

    A word that begins with another letter is another word (the examiners' exception), and one more or one less s at
    the end is the plural.
    """
    first = marks.offsets[mark]
    wanted = int(marks.offsets[mark + 1] - first)
    at = 0
    while at < min(size, wanted) and letters[at] == marks.bases[first + at]:
        at += 1
    behind = 0
    while behind < min(size, wanted) - at and letters[size - 1 - behind] == marks.bases[first + wanted - 1 - behind]:
        behind += 1
    step = ONE_LETTER
    if size == wanted:
        if at == size:
            return 0
        middle = size - behind - at
        if 2 <= middle <= _FARTHEST + 1 and _is_moved(letters, at, middle, first, marks):
            step = TRANSPOSED
        elif middle != 1:
            return 0
    else:
        if abs(size - wanted) != 1 or at + behind != min(size, wanted):
            return 0
        odd = letters[at] if size > wanted else marks.bases[first + at]
        if at > 0 and odd == letters[at - 1]:
            step = DOUBLED
        elif at == max(size, wanted) - 1 and odd == _LOWER_S:
            return 0
    if at == 0:
        return 0
    return (at << 32) | step | (ENDING if at == max(size, wanted) - 1 else 0)


@inline
def step_of(edit: int) -> int:
    return edit & _MASK & ~ENDING


@inline
def _is_farther_over(window: Window, size: int, at: int, first: int, marks: Marks) -> bool:
    """Whether the letter that moved left its word and is no neighbour: nobody writes so, and it is not looked for."""
    if at + 2 >= size or window.letters[at + 2] == marks.bases[first + at + 2]:
        return False
    return bool(window.breaks[at + 1] or window.breaks[at + 2])


@inline
def stands_in_window(window: Window, size: int, words: int, edit: int, mark: int, marks: Marks) -> bool:
    """Whether the slip is in an unknown word and the window is one word, or has its breaks where the mark has them."""
    if words == 1:
        return True
    first = marks.offsets[mark]
    wanted = int(marks.offsets[mark + 1] - first)
    at = edit >> 32
    if step_of(edit) == TRANSPOSED and _is_farther_over(window, size, at, first, marks):
        return False
    if not (window.odd[min(at, size - 1)] or window.odd[at - 1]):
        return False
    seen = 1
    for p in range(1, wanted):
        if marks.gaps[first + p] == NO_GAP:
            continue
        seen += 1
        place = p if p <= at else p + size - wanted
        if p == at and size > wanted and not window.breaks[place]:
            place += 1  # the letter too many ends the word before: Wingg Machine
        if place <= 0 or place >= size or not window.breaks[place]:
            return False
    return seen == words


@inline
def is_loosely_joined(size: int, words: int, mark: int, marks: Marks) -> bool:
    """Whether a short word is held against a mark of several: Bestune is seldom Best One."""
    if words > 1 or size >= CERTAIN_JOINED:
        return False
    first, end = int(marks.offsets[mark]), int(marks.offsets[mark + 1])
    for at in range(first + 1, end):  # noqa: SIM110  # numba has no generators
        if marks.gaps[at] != NO_GAP:
            return True
    return False
