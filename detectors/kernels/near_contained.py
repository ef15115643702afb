"""Marks inside a word that is otherwise made of ordinary words: cheappaulsmithsale."""

from __future__ import annotations

from detectors.kernels.codes import CONTAINED, STRONG, WEAK
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
    mark_class,
    near_key,
    owners_of,
    part_hash,
    word_class,
)
from detectors.kernels.near_keys import is_latin

CONTAINED_MARK = 5  # letters of a mark that may be found inside a word
CERTAIN = 8  # letters from which a mark in a word is no chance
PART = 3  # letters of a word beside it


@inline
def _is_known_text(window: Window, low: int, high: int, lexicon: Lexicon) -> bool:
    """Whether the letters are nothing, one ordinary word, or two written together."""
    if low == high:
        return True
    if high - low < PART:
        return False
    if word_class(part_hash(window, low, high), lexicon.words):
        return True
    for middle in range(low + PART, high - PART + 1):
        if word_class(part_hash(window, low, middle), lexicon.words) and word_class(
            part_hash(window, middle, high), lexicon.words
        ):
            return True
    return False


@inline
def find_contained(
    window: Window, size: int, lexicon: Lexicon,
    marks: Marks, near: NearIndex, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Marks inside one unknown word whose rest is ordinary words: cheappaulsmithsale."""
    prefix, powers, bits = window.prefix, window.powers, near.bits
    for low in range(size - CONTAINED_MARK + 1):
        for high in range(low + CONTAINED_MARK, size + 1):
            if high - low > size - PART:
                continue
            key = near_key(prefix[high] - prefix[low] * powers[high - low], DELETED)
            if not is_set(key, bits):
                continue
            begin, stop = owners_of(key, near)
            before = count
            for slot in range(begin, stop):
                mark = near.owners[slot]
                if not is_new(found, before, count, mark):
                    continue  # the bucket may hold other keys of the same mark
                offset = marks.offsets[mark]
                if not is_latin(mark, marks) or marks.offsets[mark + 1] - offset != high - low:
                    continue
                same = True
                for p in range(low, high):
                    same = same and window.letters[p] == marks.bases[offset + p - low]
                if not same or mark_class(mark, marks, lexicon) == DICTIONARY:
                    continue
                if not _is_known_text(window, 0, low, lexicon):
                    continue
                if _is_known_text(window, high, size, lexicon):
                    step = CONTAINED | (STRONG if high - low >= CERTAIN else WEAK)
                    count = emit(found, count, field, first + low, high - low, mark, step)
                    if count < 0:
                        return -1
    return count
