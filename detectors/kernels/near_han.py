"""Near spellings in Chinese: other characters of the same sound or shape, one character changed, one in its parts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import HAN, HOMOPHONE, NO_GAP, ONE_CHARACTER, SHAPE, SPLIT, TRANSPOSED
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import (
    APART,
    PAIR,
    PARTED,
    SHAPED,
    SOUNDED,
    SWAPPED,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Symbols,
    appended,
    begins_with_sounds,
    emit,
    is_new,
    near_key,
    owners_of,
    sizes_of,
    text_hash,
)
from detectors.kernels.near_han_asked import (
    AHEAD,
    DRAWN_LIKE,
    IN_PARTS,
    MOST,
    ask_characters,
    ask_missing,
    ask_sounds,
    bring_near,
    hash_of_sounds,
    hash_without,
    sizes_at,
)
from detectors.kernels.near_han_chance import (
    CONCEIVABLE,
    asks_the_rest,
    chance_of,
    may_be_meant,
    parts_of,
    points_of_mark,
    points_of_parts,
    points_of_place,
    strength_of,
    strength_of_points,
    word_in_mark,
)
from detectors.kernels.near_han_words import Run, read_words
from detectors.kernels.near_keys import is_han, missing_tag, pair_hash, sound_of


class Search(NamedTuple):
    """What a page is searched with, and where the finds go. words: see near_han_words."""

    text: Symbols
    marks: Marks
    near: NearIndex
    lexicon: Lexicon
    words: NDArray[np.uint16]
    found: Found


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
    at: int, size: int, run: Run, mark: int, text: Symbols, marks: Marks, lexicon: Lexicon, words: NDArray[np.uint16]
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
    if step == ONE_CHARACTER:
        points = points_of_place(size, chance_of(at, at + size, run, changed, 0, words))
        if points >= CONCEIVABLE:  # what is asked below only takes away
            points += points_of_parts(parts_of(at, at + size, run, changed, words))
        if points >= CONCEIVABLE:
            points += points_of_mark(mark, last, marks, lexicon)
        return strength_of_points(points)
    rest = word_in_mark(mark, changed, marks, lexicon) if asks_the_rest(step, size, at == run.low) else 0
    chance = chance_of(at, at + size, run, changed, rest, words)
    return strength_of(step, size, chance, parts_of(at, at + size, run, changed, words).whole)


@inline
def split_of(
    at: int, size: int, run: Run, mark: int, text: Symbols, marks: Marks, lexicon: Lexicon, words: NDArray[np.uint16]
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
            chance = chance_of(at, at + size + 1, run, 3 << place, 0, words)
            parts = parts_of(at, at + size + 1, run, 3 << place, words)
            return strength_of(SPLIT, size, chance, parts.whole)
    return 0


@inline
def _check(
    hashed: np.uint64, tag: int, changed: int, at: int, size: int, run: Run, field: int,
    search: Search, before: int, count: int,
) -> int:  # fmt: skip
    """Compares the marks that have a key with the text from `at`; size: characters of the mark.

    changed: the character (as a bit) that is not the mark's, 0 where the key leaves it open. The words around are asked
    before the marks: among a million, hundreds share all characters but one.
    """
    text, marks, near, lexicon, words, found = search
    read_words(run, text, lexicon, words)
    if tag != PARTED and tag != SWAPPED and not may_be_meant(size, chance_of(at, at + size, run, changed, 0, words)):
        return count
    begin, stop = owners_of(near_key(hashed, tag), near)
    for slot in range(begin, stop):
        mark = near.owners[slot]
        if marks.offsets[mark + 1] - marks.offsets[mark] != size or not is_new(found, before, count, mark):
            continue
        if tag == PARTED:
            bits = split_of(at, size, run, mark, text, marks, lexicon, words)
            length = size + 1
        else:
            bits = difference(at, size, run, mark, text, marks, lexicon, words)
            length = size
        if bits != 0 and is_han(mark, marks):
            count = emit(found, count, field, at, length, mark, bits)
            if count < 0:
                return -1
    return count


@inline
def _check_characters(at: int, asked: int, run: Run, field: int, search: Search, before: int, count: int) -> int:
    """Marks that the text from `at` has with a character in parts, two swapped, or of two one that looks like it.

    asked: see near_han_asked.ask_characters.
    """
    bases = search.text.bases
    for size in range(2, MOST + 1):
        whole = text_hash(bases, at, at + size)
        if (asked >> (size - 1)) & 1 != 0:
            count = _check(whole, SWAPPED, 0, at, size, run, field, search, before, count)
        if count >= 0 and (asked >> (size - 1 + IN_PARTS)) & 1 != 0:
            parted = appended(whole, int(bases[at + size]))
            count = _check(parted, PARTED, 0, at, size, run, field, search, before, count)
        if count < 0 or asked >> (size - 1) == 0:
            break
    if count >= 0 and asked & DRAWN_LIKE != 0:
        count = _check(text_hash(bases, at, at + 2), SHAPED, 0, at, 2, run, field, search, before, count)
    return count


@inline
def _check_missing(
    at: int, place: int, asked: int, run: Run, field: int, search: Search, before: int, count: int
) -> int:
    """Marks of these sizes (bits) that the text from `at` would be with another character at a place."""
    for size in range(3, MOST + 1):
        if (asked >> (size - 1)) & 1 != 0 and count >= 0:
            hashed = hash_without(at, place, size, search.text.bases)
            count = _check(hashed, missing_tag(size, place), 1 << place, at, size, run, field, search, before, count)
    return count


@inline
def _check_asked(
    at: int, characters: int, missing: np.uint64, sounds: int,
    run: Run, field: int, search: Search, before: int, count: int,
) -> int:  # fmt: skip
    """Marks that the text from `at` may be near, as the filter says (near_han_asked.py).

    First of all what is written in parts, which may begin with a look-alike of the whole.
    """
    if characters != 0:
        count = _check_characters(at, characters, run, field, search, before, count)
    for place in (2, 3, 4, 5, 6, 7, 1, 0):
        asked = sizes_at(place, missing)
        if count >= 0 and asked != 0:
            count = _check_missing(at, place, asked, run, field, search, before, count)
    for size in range(2, MOST + 1):
        if count >= 0 and (sounds >> (size - 1)) & 1 != 0:
            hashed = hash_of_sounds(at, size, search.text.bases, search.lexicon.heard)
            count = _check(hashed, SOUNDED, 0, at, size, run, field, search, before, count)
    return count


@inline
def _sizes_with(one: int, other: int, tag: int, sizes: NDArray[np.uint64]) -> int:
    """The sizes (bits) of marks whose near spellings may begin with the two characters, or that go on with them."""
    return sizes_of(near_key(pair_hash(one, other), tag), sizes)


@kernel
def find_near_han(
    text: Symbols, marks: Marks, near: NearIndex, lexicon: Lexicon, words: NDArray[np.uint16], found: Found, count: int
) -> int:
    """Adds near spellings in Chinese to the `count` hits there are. Returns how many now, or -1 when there is no room.

    words: a zero for each symbol, to note what words it stands in. Three questions, about the first two or three
    characters and their sounds, spare the rest at almost every place; among very many marks the words around do.
    """
    bases, kinds, gaps, fields = text.bases, text.kinds, text.gaps, text.fields  # a record's fields cost in a loop
    bits, sizes, begun, sounds = near.bits, near.sizes, near.sounds, lexicon.heard
    search = Search(text, marks, near, lexicon, words, found)
    hashes, sized = np.empty(AHEAD, np.uint64), np.empty(AHEAD, np.int64)
    brought, total = 0, int(fields[-1])
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
            while brought < high:  # of a run all of it: those longer than a block are no text
                first, brought = brought, min(brought + AHEAD, total)
                bring_near(first, brought, bases, kinds, sizes, lexicon.han_begins, lexicon.han_words, hashes, sized)
            run = Run(int(np.int64(low)), int(np.int64(high)), int(np.int64(fields[field])))
            follows = _sizes_with(int(bases[low]), int(bases[min(low + 1, high - 1)]), PAIR, sizes)
            heard = sound_of(int(bases[low]), sounds)
            for at in range(low, high - 1):
                one, two = int(bases[at]), int(bases[at + 1])
                sound, heard = heard, sound_of(two, sounds)
                begins, follows, apart = follows, 0, 0
                if at + 2 < high:
                    three = int(bases[at + 2])
                    follows = _sizes_with(two, three, PAIR, sizes)
                    apart = _sizes_with(one, three, APART, sizes)
                characters, missing = 0, np.uint64(0)
                if begins != 0:
                    characters, missing = ask_characters(at, high, begins, bases, bits)
                if apart != 0:
                    missing |= ask_missing(at, high, 1, apart, bases, bits)
                if follows != 0:
                    missing |= ask_missing(at, high, 0, follows, bases, bits)
                heard_like = ask_sounds(at, high, bases, bits, sounds) if begins_with_sounds(sound, heard, begun) else 0
                if characters | heard_like != 0 or missing != 0:
                    count = _check_asked(at, characters, missing, heard_like, run, field, search, count, count)
                    if count < 0:
                        return -1
    return count
