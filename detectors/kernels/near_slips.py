"""Marks that a window of words is one slip of the pen away from."""

from __future__ import annotations

import numpy as np

from detectors.kernels.codes import STRONG, WEAK
from detectors.kernels.entrance import is_set
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
    near_key,
    owners_of,
    raised,
)
from detectors.kernels.near_edits import bits_of, edit_of, is_loosely_joined, stands_in_window
from detectors.kernels.near_keys import is_latin


@inline
def find_slips(
    window: Window, size: int, words: int,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Adds the hits to `found`; see find_near_words. Looks up the window whole and without each of its letters."""
    before = count
    letters, prefix, bits = window.letters, window.prefix, near.bits
    rest, power = np.uint64(0), np.uint64(1)
    for p in range(size, -1, -1):
        hashed = prefix[size]
        if p < size:
            hashed = joined(prefix[p], rest, power)
            rest += np.uint64(letters[p]) * power
            power = raised(power)
            if p > 0 and letters[p] == letters[p - 1]:
                continue
        if not is_set(near_key(hashed, DELETED), bits):
            continue
        low, high = owners_of(near_key(hashed, DELETED), near)
        for slot in range(low, high):
            mark = near.owners[slot]
            if not is_latin(mark, marks) or not is_new(found, before, count, mark):
                continue
            edit = edit_of(window.letters, size, mark, marks)
            if edit == 0 or not stands_in_window(window, size, words, edit, mark, marks):
                continue
            step = bits_of(edit)
            if mark_class(mark, marks, lexicon) == DICTIONARY or is_loosely_joined(size, words, mark, marks):
                step = (step & ~STRONG) | WEAK  # a misspelled word is not a hidden mark
            count = emit(found, count, field, first, size, mark, step)
            if count < 0:
                return -1
    return count
