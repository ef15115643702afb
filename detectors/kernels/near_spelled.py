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
_DE, _ZHE, _YU, _YA, _I = 0x434, 0x436, 0x44E, 0x44F, 105


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
def _rendered(window: Window, size: int, by_sound: bool, lexicon: Lexicon) -> np.uint64:
    """The hash of the window's letters as Latin ones; by sound ю and я are u and a (ЛЮМОРА), дж is j (ДЖОРДАН)."""
    hashed, last = np.uint64(0), 0
    for p in range(size):
        char = int(window.letters[p])
        if by_sound and char == _DE and p + 1 < size and window.letters[p + 1] == _ZHE:
            continue
        for letter in lexicon.romans[char - GREEK]:
            if letter != 0 and not (by_sound and letter == _I and (char == _YU or char == _YA)):
                hashed, last = romanised(hashed, last, int(letter))
    return hashed


@inline
def find_transliterations(
    window: Window, size: int, bits: int,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Latin marks that the window renders letter by letter, or by its sounds."""
    before = count
    plain = _rendered(window, size, False, lexicon)
    count = _find_rendered(plain, size, bits, before, marks, near, found, count, field, first)
    heard = _rendered(window, size, True, lexicon)
    if count >= 0 and heard != plain:
        count = _find_rendered(heard, size, bits, before, marks, near, found, count, field, first)
    return int(count)


@inline
def _find_rendered(
    hashed: np.uint64, size: int, bits: int, before: int,
    marks: Marks, near: NearIndex, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
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
