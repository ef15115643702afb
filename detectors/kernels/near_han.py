"""Near spellings in Chinese: other characters of the same sound or shape, one character changed, one in its parts."""

from __future__ import annotations

import numpy as np

from detectors.kernels.codes import HAN, HOMOPHONE, NO_GAP, ONE_CHARACTER, SHAPE, SPLIT, TRANSPOSED
from detectors.kernels.entrance import is_set
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import (
    APART,
    PAIR,
    PARTED,
    SHAPED,
    SOUND_PREFIX,
    SOUNDED,
    SWAPPED,
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
    sizes_of,
    text_hash,
)
from detectors.kernels.near_han_chance import chance_of, may_be_meant, strength_of, word_in_mark
from detectors.kernels.near_keys import changed_of, is_han, missing_tag, pair_hash, sound_of

MOST = 8  # characters of a mark
FEW = 4  # marks that are looked at sooner than the words around


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
def _is_swap(at: int, first: int, place: int, text: Symbols, marks: Marks) -> bool:
    """Whether the text's characters at a place and after it are the mark's in each other's place."""
    one, other = text.bases[at + place], text.bases[at + place + 1]
    return bool(one == marks.bases[first + place + 1] and other == marks.bases[first + place])


@inline
def difference(
    at: int, size: int, low: int, high: int, field: int, mark: int, text: Symbols, marks: Marks, lexicon: Lexicon
) -> int:
    """The step and its strength that make the text from `at` of the mark, 0 when none does or it is ordinary words.

    A changed first character is another mark (the examiners' exception), unless it sounds or looks the same.
    """
    first = marks.offsets[mark]
    changed, last, count = 0, 0, 0
    same_sound = True
    for p in range(size):
        have, want = int(text.bases[at + p]), int(marks.bases[first + p])
        if have == want:
            continue
        changed |= 1 << p
        last = p
        count += 1
        sound = sound_of(have, lexicon.heard)
        same_sound = same_sound and sound != 0 and sound == sound_of(want, lexicon.heard)
    if count == 0:
        return 0
    if count == 2 and changed == 3 << (last - 1) and _is_swap(at, first, last - 1, text, marks):
        step = TRANSPOSED
    elif same_sound:
        step = HOMOPHONE
    elif count > 1:
        return 0
    elif _is_drawn_like(int(text.bases[at + last]), int(marks.bases[first + last]), lexicon):
        step = SHAPE
    elif size > 2 and last > 0:
        step = ONE_CHARACTER
    else:
        return 0
    rest = word_in_mark(mark, changed, marks, lexicon)
    chance = chance_of(at, at + size, low, high, field, changed, rest, text, lexicon)
    return strength_of(step, size, chance)


@inline
def split_of(
    at: int, size: int, low: int, high: int, field: int, mark: int, text: Symbols, marks: Marks, lexicon: Lexicon
) -> int:
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
            rest = word_in_mark(mark, 1 << place, marks, lexicon)
            chance = chance_of(at, at + size + 1, low, high, field, 3 << place, rest, text, lexicon)
            return strength_of(SPLIT, size, chance)
    return 0


@inline
def _check(
    hashed: np.uint64, tag: int, at: int, size: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Compares the marks that have a key with the text from `at`; size: characters of the mark."""
    begin, stop = owners_of(near_key(hashed, tag), near)
    if stop - begin > FEW and tag != PARTED and tag != SWAPPED:
        begins, changed = int(text.fields[field]), changed_of(tag)
        chance = chance_of(at, at + size, low, high, begins, changed, 0, text, lexicon)
        if not may_be_meant(size, chance):
            return count
    for slot in range(begin, stop):
        mark = near.owners[slot]
        if not is_han(mark, marks) or marks.offsets[mark + 1] - marks.offsets[mark] != size:
            continue
        if not is_new(found, before, count, mark):
            continue
        begin_of_field = int(text.fields[field])
        if tag == PARTED:
            bits = split_of(at, size, low, high, begin_of_field, mark, text, marks, lexicon)
            length = size + 1
        else:
            bits = difference(at, size, low, high, begin_of_field, mark, text, marks, lexicon)
            length = size
        if bits != 0:
            count = emit(found, count, field, at, length, mark, bits)
            if count < 0:
                return -1
    return count


@inline
def _check_missing(
    at: int, place: int, sizes: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Marks of these sizes (bits) that the text from `at` would be with another character at a place."""
    hashed = text_hash(text.bases, at, at + place)
    for size in range(max(place + 1, 2), min(MOST, high - at) + 1):
        if size > place + 1:
            hashed = appended(hashed, int(text.bases[at + size - 1]))
        if sizes >> (size - 1) == 0:
            break
        tag = missing_tag(size, place)
        if size > 2 and (sizes >> (size - 1)) & 1 != 0 and is_set(near_key(hashed, tag), near.bits):
            count = _check(hashed, tag, at, size, low, high, text, marks, near, lexicon, found, before, count, field)
            if count < 0:
                return -1
    return count


@inline
def _check_characters(
    at: int, sizes: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Marks of these sizes (bits) that the text from `at` begins like.

    It has a character in parts, two swapped, or a later one changed.
    """
    whole = text_hash(text.bases, at, at + 1)
    for size in range(2, min(MOST, high - at) + 1):
        if sizes >> (size - 1) == 0:
            break
        whole = appended(whole, int(text.bases[at + size - 1]))
        if (sizes >> (size - 1)) & 1 == 0:
            continue
        if is_set(near_key(whole, SWAPPED), near.bits):
            count = _check(whole, SWAPPED, at, size, low, high, text, marks, near, lexicon, found, before, count, field)
        if count < 0:
            return -1
        if at + size == high:
            break
        hashed = appended(whole, int(text.bases[at + size]))
        if is_set(near_key(hashed, PARTED), near.bits):
            count = _check(hashed, PARTED, at, size, low, high, text, marks, near, lexicon, found, before, count, field)
            if count < 0:
                return -1
    whole = text_hash(text.bases, at, at + 2)
    if sizes & 2 != 0 and is_set(near_key(whole, SHAPED), near.bits):
        count = _check(whole, SHAPED, at, 2, low, high, text, marks, near, lexicon, found, before, count, field)
    for place in range(2, min(MOST, high - at)):
        if count < 0:
            return -1
        if sizes >> place == 0:
            break
        count = _check_missing(at, place, sizes, low, high, text, marks, near, lexicon, found, before, count, field)
    return count


@inline
def _check_sounds(
    at: int, low: int, high: int, text: Symbols, marks: Marks,
    near: NearIndex, lexicon: Lexicon, found: Found, before: int, count: int, field: int,
) -> int:  # fmt: skip
    """Marks that the text from `at` is read like."""
    bases, bits, sounds = text.bases, near.bits, lexicon.heard
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


@inline
def _sizes_with(one: int, other: int, tag: int, near: NearIndex) -> int:
    """The sizes (bits) of marks whose near spellings may begin with the two characters, or that go on with them."""
    return sizes_of(near_key(pair_hash(one, other), tag), near)


@kernel
def find_near_han(text: Symbols, marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int) -> int:
    """Adds near spellings in Chinese to the `count` hits there are. Returns how many now, or -1 when there is no room.

    Three questions to the filter, about the first two or three characters, spare the rest at almost every place.
    """
    bases, kinds, gaps, fields = text.bases, text.kinds, text.gaps, text.fields  # a record's fields cost in a loop
    bits, sounds = near.bits, lexicon.heard
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
            follows = _sizes_with(int(bases[low]), int(bases[min(low + 1, high - 1)]), PAIR, near)
            heard = sound_of(int(bases[low]), sounds)
            for at in range(low, high - 1):
                one, two = int(bases[at]), int(bases[at + 1])
                sound, heard = heard, sound_of(two, sounds)
                read = is_set(near_key(pair_hash(sound, heard), SOUND_PREFIX), bits)
                begins, follows, apart = follows, 0, 0
                if at + 2 < high:
                    three = int(bases[at + 2])
                    follows = _sizes_with(two, three, PAIR, near)
                    apart = _sizes_with(one, three, APART, near)
                before = count
                if begins != 0:  # first of all: what is written in parts may begin with a look-alike of the whole
                    count = _check_characters(
                        at, begins, low, high, text, marks, near, lexicon, found, before, count, field
                    )
                if apart != 0 and count >= 0:
                    count = _check_missing(
                        at, 1, apart, low, high, text, marks, near, lexicon, found, before, count, field
                    )
                if follows != 0 and count >= 0:
                    count = _check_missing(
                        at, 0, follows, low, high, text, marks, near, lexicon, found, before, count, field
                    )
                if read and count >= 0:
                    count = _check_sounds(at, low, high, text, marks, near, lexicon, found, before, count, field)
                if count < 0:
                    return -1
    return count
