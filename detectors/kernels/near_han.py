"""Near spellings in Chinese: other characters of the same sound or shape, one character changed, one in its parts."""

from __future__ import annotations

import numpy as np

from detectors.kernels.codes import HAN, HOMOPHONE, NO_GAP, ONE_CHARACTER, SHAPE, SPLIT, STRONG, WEAK
from detectors.kernels.entrance import is_set
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import (
    APART,
    PAIR,
    PARTED,
    SHAPED,
    SOUND_PREFIX,
    SOUNDED,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Symbols,
    appended,
    emit,
    is_new,
    near_key,
    owners_of,
    text_hash,
    word_class,
)
from detectors.kernels.near_keys import is_han, missing_tag, pair_hash, sound_of

MOST = 8  # characters of a mark
CERTAIN = 4  # characters from which one changed by itself is no chance


@inline
def _is_drawn_like(one: int, other: int, lexicon: Lexicon) -> bool:
    place = other - 0x4E00
    if not 0 <= place < lexicon.shape_starts.size - 1:
        return False
    for slot in range(lexicon.shape_starts[place], lexicon.shape_starts[place + 1]):
        if lexicon.shapes[slot] == one:
            return True
    return False


@inline
def _is_in_word(place: int, low: int, high: int, text: Symbols, lexicon: Lexicon) -> bool:
    """Whether the character is part of an ordinary word of two or three, in the run from low to high."""
    for size in (2, 3):
        for first in range(max(low, place - size + 1), min(place, high - size) + 1):
            if word_class(text_hash(text.bases, first, first + size), lexicon.words) != 0:
                return True
    return False


@inline
def _cuts_word(place: int, low: int, high: int, text: Symbols, lexicon: Lexicon) -> bool:
    """Whether an ordinary word of two or three goes on over a place between characters: 加湿|器, 巧|克力."""
    for size in (2, 3):
        for first in range(max(low, place - size + 1), min(place - 1, high - size) + 1):
            if word_class(text_hash(text.bases, first, first + size), lexicon.words) != 0:
                return True
    return False


@inline
def _is_ordinary(
    at: int, end: int, low: int, high: int, wanted: int, text: Symbols, marks: Marks, lexicon: Lexicon
) -> bool:
    """Whether ordinary words explain the text from `at` to `end`: one that is cut, or one with a changed character."""
    if _cuts_word(at, low, high, text, lexicon) or _cuts_word(end, low, high, text, lexicon):
        return True
    for place in range(at, end):
        is_changed = text.bases[place] != marks.bases[wanted + place - at]
        if is_changed and _is_in_word(place, low, high, text, lexicon):
            return True
    return False


@inline
def difference(
    at: int, size: int, low: int, high: int, mark: int, text: Symbols, marks: Marks, lexicon: Lexicon
) -> int:
    """The step and its strength that make the text from `at` of the mark, 0 when none does or it is ordinary words.

    A changed first character is another mark (the examiners' exception), unless it sounds or looks the same.
    """
    first = marks.offsets[mark]
    changed, last = 0, 0
    same_sound = True
    for p in range(size):
        have, want = int(text.bases[at + p]), int(marks.bases[first + p])
        if have == want:
            continue
        changed += 1
        last = p
        sound = sound_of(have, lexicon.sounds)
        same_sound = same_sound and sound != 0 and sound == sound_of(want, lexicon.sounds)
    if changed == 0 or (changed > 1 and not same_sound):
        return 0
    bits = ONE_CHARACTER | (WEAK if size < CERTAIN else STRONG)
    if same_sound:
        bits = HOMOPHONE | (WEAK if size == 2 else STRONG)
    elif _is_drawn_like(int(text.bases[at + last]), int(marks.bases[first + last]), lexicon):
        bits = SHAPE | (WEAK if size == 2 else STRONG)
    elif size < 3 or last == 0:
        return 0
    return 0 if _is_ordinary(at, at + size, low, high, first, text, marks, lexicon) else bits


@inline
def split_of(at: int, size: int, low: int, high: int, mark: int, text: Symbols, marks: Marks, lexicon: Lexicon) -> int:
    """SPLIT with its strength when the text of size + 1 is the mark with one character in its parts, else 0."""
    first = marks.offsets[mark]
    place = 0
    while place < size and text.bases[at + place] == marks.bases[first + place]:
        place += 1
    if place == size:
        return 0
    for p in range(place + 1, size):
        if text.bases[at + p + 1] != marks.bases[first + p]:
            return 0
    char = int(marks.bases[first + place]) - 0x4E00
    if not 0 <= char < lexicon.part_starts.size - 1:
        return 0
    pair = text.bases[at + place] << 16 | text.bases[at + place + 1]
    for slot in range(lexicon.part_starts[char], lexicon.part_starts[char + 1]):
        if lexicon.parts[slot] == pair:
            is_cut = _cuts_word(at, low, high, text, lexicon) or _cuts_word(at + size + 1, low, high, text, lexicon)
            is_word = _is_in_word(at + place, low, high, text, lexicon)
            return 0 if is_cut or is_word or _is_in_word(at + place + 1, low, high, text, lexicon) else SPLIT | STRONG
    return 0


@inline
def _check(
    hashed: np.uint64, tag: int, at: int, size: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Compares the marks that have a key with the text from `at`; size: characters of the mark."""
    begin, stop = owners_of(near_key(hashed, tag), near)
    for slot in range(begin, stop):
        mark = near.owners[slot]
        if not is_han(mark, marks) or marks.offsets[mark + 1] - marks.offsets[mark] != size:
            continue
        if not is_new(found, before, count, mark):
            continue
        if tag == PARTED:
            bits, length = split_of(at, size, low, high, mark, text, marks, lexicon), size + 1
        else:
            bits, length = difference(at, size, low, high, mark, text, marks, lexicon), size
        if bits != 0:
            count = emit(found, count, field, at, length, mark, bits)
            if count < 0:
                return -1
    return count


@inline
def _check_characters(
    at: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Marks that the text from `at` is drawn like, lacks one character of, or has one of in parts."""
    bases, bits = text.bases, near.bits
    hashed = text_hash(bases, at, at + 2)
    if is_set(near_key(hashed, SHAPED), bits):
        count = _check(hashed, SHAPED, at, 2, low, high, text, marks, near, lexicon, found, before, count, field)
    for size in range(2, min(MOST, high - at) + 1):
        if count >= 0 and at + size < high:
            hashed = text_hash(bases, at, at + size + 1)
            if is_set(near_key(hashed, PARTED), bits):
                count = _check(
                    hashed, PARTED, at, size, low, high, text, marks, near, lexicon, found, before, count, field
                )
        for place in range(1, size if size > 2 else 1):
            if count < 0:
                return -1
            hashed = text_hash(bases, at, at + place)
            for p in range(at + place + 1, at + size):
                hashed = appended(hashed, int(bases[p]))
            tag = missing_tag(size, place)
            if not is_set(near_key(hashed, tag), bits):
                continue
            count = _check(hashed, tag, at, size, low, high, text, marks, near, lexicon, found, before, count, field)
    return count


@inline
def _check_sounds(
    at: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Marks that the text from `at` is read like."""
    bases, bits, sounds = text.bases, near.bits, lexicon.sounds
    hashed = np.uint64(0)
    for size in range(1, min(MOST, high - at) + 1):
        sound = sound_of(int(bases[at + size - 1]), sounds)
        if sound == 0:
            return count
        hashed = appended(hashed, sound)
        if size > 1:
            if not is_set(near_key(hashed, SOUND_PREFIX), bits):
                return count
            if not is_set(near_key(hashed, SOUNDED), bits):
                continue
            count = _check(
                hashed, SOUNDED, at, size, low, high, text, marks, near, lexicon, found, before, count, field
            )
            if count < 0:
                return -1
    return count


@kernel
def find_near_han(text: Symbols, marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int) -> int:
    """Adds near spellings in Chinese to the `count` hits there are. Returns how many now, or -1 when there is no room.

    Three questions to the filter, about the first two or three characters, spare the rest at almost every place.
    """
    bases, kinds, gaps, fields = text.bases, text.kinds, text.gaps, text.fields  # a record's fields cost in a loop
    bits, sounds = near.bits, lexicon.sounds
    for field in range(fields.size - 1):
        end = fields[field + 1]
        high = fields[field]
        while high < end:
            low = high
            high += 1
            if kinds[low] != HAN:
                continue
            while high < end and kinds[high] == HAN and gaps[high] == NO_GAP:
                high += 1
            for at in range(low, high - 1):
                one, two = int(bases[at]), int(bases[at + 1])
                read = is_set(near_key(pair_hash(sound_of(one, sounds), sound_of(two, sounds)), SOUND_PREFIX), bits)
                drawn = is_set(near_key(pair_hash(one, two), PAIR), bits)
                if not drawn and at + 2 < high:
                    drawn = is_set(near_key(pair_hash(one, int(bases[at + 2])), APART), bits)
                before = count
                if read:
                    count = _check_sounds(at, low, high, text, marks, near, lexicon, found, before, count, field)
                if drawn and count >= 0:
                    count = _check_characters(at, low, high, text, marks, near, lexicon, found, before, count, field)
                if count < 0:
                    return -1
    return count
