"""Marks that a window of words is one slip of the pen away from."""

from __future__ import annotations

import numpy as np

from detectors.kernels.codes import LIKELY, STRONG, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import (
    DELETED,
    DICTIONARY,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Window,
    emit,
    is_new,
    joined,
    mark_class,
    may_have,
    near_key,
    owners_of,
    raised,
)
from detectors.kernels.near_edits import ENDING, edit_of, is_loosely_joined, stands_in_window, step_of
from detectors.kernels.near_evidence import CERTAIN, OF_WORD, PLAUSIBLE, SHORT, slip_points, strength
from detectors.kernels.near_keys import is_latin


@inline
def _slip(window: Window, size: int, words: int, points: int, mark: int, marks: Marks, lexicon: Lexicon) -> int:
    """The step and its strength that make the window of the mark, 0 when it is not one slip."""
    edit = edit_of(window.letters, size, mark, marks)
    if edit == 0 or not stands_in_window(window, size, words, edit, mark, marks):
        return 0
    step = step_of(edit)
    if is_loosely_joined(size, words, mark, marks):
        return step | WEAK
    wanted = int(marks.offsets[mark + 1] - marks.offsets[mark])
    points += slip_points(window, size, wanted, step, bool(edit & ENDING), lexicon)
    points += OF_WORD if mark_class(mark, marks, lexicon) == DICTIONARY else 0
    proved = strength(points, CERTAIN, PLAUSIBLE)
    if wanted <= SHORT and proved == STRONG:
        proved = WEAK | LIKELY
    return step | proved


@inline
def find_slips(
    window: Window, size: int, words: int, low: int, high: int, points: int,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Adds the hits to `found`; `points` are those of place_points.

    Looks up the window whole and without each of its letters from low to high; without the first only where another
    like it follows, since no mark that begins otherwise is meant (see edit_of).
    """
    before = count
    letters, prefix, bits = window.letters, window.prefix, near.bits
    rest, power = np.uint64(0), np.uint64(1)
    for p in range(size, -1, -1):
        hashed = prefix[size]
        if p < size:
            hashed = joined(prefix[p], rest, power)
            rest += np.uint64(letters[p]) * power
            power = raised(power)
            if p < low:
                break
            if p >= high or (p > low and letters[p] == letters[p - 1]) or (p == 0 and letters[1] != letters[0]):
                continue
        if not may_have(near_key(hashed, DELETED), bits):
            continue
        begin, stop = owners_of(near_key(hashed, DELETED), near)
        for slot in range(begin, stop):
            mark = near.owners[slot]
            if not is_new(found, before, count, mark):
                continue
            step = _slip(window, size, words, points, mark, marks, lexicon)
            if step == 0 or not is_latin(mark, marks):
                continue
            count = emit(found, count, field, first, size, mark, step)
            if count < 0:
                return -1
    return count
