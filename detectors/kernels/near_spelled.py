"""Marks spelled in other letters: a Chinese one in pinyin, a Latin one in Cyrillic or Greek."""

from __future__ import annotations

import numpy as np

from detectors.kernels.codes import PINYIN, STRONG, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import (
    ROMAN,
    SPELLED,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Window,
    emit,
    is_new,
    near_key,
    owners_of,
)
from detectors.kernels.near_keys import ROMAN_WAYS, is_han, is_latin, roman_hash, romanised, sound_of, spelled_hash

GREEK, CYRILLIC_END = 0x370, 0x530  # what lexicon.romans covers


@inline
def _has_syllables(window: Window, size: int, words: int, mark: int, marks: Marks, lexicon: Lexicon) -> bool:
    """Whether the window is one word, or one word a character: nai ke."""
    first, end = marks.offsets[mark], marks.offsets[mark + 1]
    if words == 1:
        return True
    if words != end - first:
        return False
    place = 0
    for at in range(first, end):
        if place >= size or not window.breaks[place]:
            return False
        for letter in lexicon.syllables[sound_of(int(marks.bases[at]), lexicon.sounds)]:
            place += letter != 0
    return place == size


@inline
def find_pinyin(
    window: Window, size: int, words: int, unknown: bool,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Chinese marks whose pinyin the window is."""
    before = count
    low, high = owners_of(near_key(window.prefix[size], SPELLED), near)
    for slot in range(low, high):
        mark = near.owners[slot]
        if not is_new(found, before, count, mark):
            continue  # the bucket may hold other keys of the same mark
        if not is_han(mark, marks) or spelled_hash(mark, marks, lexicon) != window.prefix[size]:
            continue
        if not _has_syllables(window, size, words, mark, marks, lexicon):
            continue
        count = emit(found, count, field, first, size, mark, PINYIN | (STRONG if unknown or words > 2 else WEAK))
        if count < 0:
            return -1
    return count


@inline
def find_transliterations(
    window: Window, size: int, bits: int,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Latin marks that the window renders letter by letter."""
    before = count
    hashed, last = np.uint64(0), 0
    for p in range(size):
        for letter in lexicon.romans[int(window.letters[p]) - GREEK]:
            if letter != 0:
                hashed, last = romanised(hashed, last, int(letter))
    low, high = owners_of(near_key(hashed, ROMAN), near)
    for slot in range(low, high):
        mark = near.owners[slot]
        if not is_latin(mark, marks) or not is_new(found, before, count, mark):
            continue
        for way in range(ROMAN_WAYS):
            if roman_hash(mark, way, marks) == hashed:
                count = emit(found, count, field, first, size, mark, bits)
                if count < 0:
                    return -1
                break
    return count
