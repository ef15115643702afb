"""The keys of the marks' near spellings: what fill_index is fed with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import MARK, NO_GAP
from detectors.kernels.jit import inline, kernel, making
from detectors.kernels.near import (
    APART,
    DELETED,
    FIRST_HEAD,
    FIRST_SHORT,
    FIRST_TAIL,
    LAST_HEAD,
    LONGEST,
    MISSING,
    PAIR,
    PARTED,
    ROMAN,
    SHAPED,
    SOUND_PREFIX,
    SOUNDED,
    SPELLED,
    SWAPPED,
    THREE,
    Lexicon,
    Marks,
    add_size,
    add_sounds,
    appended,
    joined,
    near_key,
    note,
    raised,
    text_hash,
)
from detectors.kernels.near_edits import SHORTEST

_C, _J, _K, _S, _I, _Q, _V, _W, _X, _Y, _B = 99, 106, 107, 115, 105, 113, 118, 119, 120, 121, 98
ROMAN_WAYS = 6
SHORT_WORD = 3  # letters of a mark's second word that one slip may change at both ends
HAN_FIRST, HAN_LAST = 0x3400, 0x9FFF


@inline
def is_latin(mark: int, marks: Marks) -> bool:
    """Whether the mark is of letters a to z alone, as many as near spellings are looked for."""
    first, end = marks.offsets[mark], marks.offsets[mark + 1]
    if marks.kinds[mark] != MARK or not SHORTEST <= end - first < LONGEST:
        return False
    for at in range(first, end):  # noqa: SIM110  # numba has no generators
        if not 97 <= marks.bases[at] <= 122:
            return False
    return True


@inline
def is_three(mark: int, marks: Marks) -> bool:
    """Whether the mark is three letters a to z: no slip is looked for, but a sign may have it inside."""
    first, end = marks.offsets[mark], marks.offsets[mark + 1]
    if marks.kinds[mark] != MARK or end - first != SHORTEST - 1:
        return False
    for at in range(first, end):  # noqa: SIM110  # numba has no generators
        if not 97 <= marks.bases[at] <= 122:
            return False
    return True


@inline
def is_han(mark: int, marks: Marks) -> bool:
    """Whether the mark is of two to eight Chinese characters."""
    first, end = marks.offsets[mark], marks.offsets[mark + 1]
    if marks.kinds[mark] != MARK or not 2 <= end - first <= 8:
        return False
    for at in range(first, end):  # noqa: SIM110  # numba has no generators
        if not HAN_FIRST <= marks.bases[at] <= HAN_LAST:
            return False
    return True


@inline
def sound_of(char: int, sounds: NDArray[np.uint16]) -> int:
    """The syllable of a Chinese character, 0 when none is known."""
    place = char - 0x4E00
    return int(sounds[place]) if 0 <= place < sounds.size else 0


@inline
def spelled_hash(mark: int, marks: Marks, lexicon: Lexicon) -> np.uint64:
    """The hash of a Chinese mark's pinyin; 0 when a character has none, or it is too short to say anything."""
    hashed = np.uint64(0)
    size = 0
    for at in range(marks.offsets[mark], marks.offsets[mark + 1]):
        sound = sound_of(int(marks.bases[at]), lexicon.sounds)
        if sound == 0:
            return np.uint64(0)
        for letter in lexicon.syllables[sound]:
            if letter == 0:
                break
            hashed = appended(hashed, letter)
            size += 1
    return hashed if SHORTEST <= size <= LONGEST else np.uint64(0)


@inline
def romanised(state: np.uint64, last: int, letter: int) -> tuple[np.uint64, int]:
    """Adds a letter as romanisations agree on it: q is k, w is v, y is i, double letters are one."""
    letter = _K if letter == _Q else (_V if letter == _W or letter == _B else (_I if letter == _Y else letter))
    if letter == _X:
        state = state if last == _K else appended(state, _K)
        return appended(state, _S), _S
    return (state if letter == last else appended(state, letter)), letter


@inline
def roman_hash(mark: int, way: int, marks: Marks) -> np.uint64:
    """The hash of a Latin mark as other scripts may render it: c as k, s or itself, j as itself or i."""
    c_as = _C if way % 3 == 0 else (_K if way % 3 == 1 else _S)
    j_as = _J if way < 3 else _I
    hashed = np.uint64(0)
    last = 0
    for at in range(marks.offsets[mark], marks.offsets[mark + 1]):
        letter = int(marks.bases[at])
        letter = c_as if letter == _C else (j_as if letter == _J else letter)
        hashed, last = romanised(hashed, last, letter)
    return hashed


@inline
def add_key(
    keys: NDArray[np.uint64], owners: NDArray[np.int32], count: int, hashed: np.uint64, tag: int, mark: int
) -> int:
    if count < keys.size:
        keys[count] = near_key(hashed, tag)
        owners[count] = mark
    return count + 1


@inline
def _add_two_words(mark: int, marks: Marks, prefix: NDArray[np.uint64], pairs: NDArray[np.uint64]) -> None:
    """What a mark of two words keeps; `prefix`: the hashes of the letters before each."""
    first, end = marks.offsets[mark], marks.offsets[mark + 1]
    middle = 0
    for at in range(first + 1, end):
        if marks.gaps[at] != NO_GAP:
            if middle != 0:
                return
            middle = at
    if middle == 0:
        return
    begun, last = prefix[middle - first], text_hash(marks.bases, middle, end)
    note(near_key(appended(begun, int(marks.bases[middle])), FIRST_HEAD), pairs)
    if end - middle > SHORT_WORD:
        note(near_key(appended(begun, int(marks.bases[end - 1])), FIRST_TAIL), pairs)
    else:
        note(near_key(begun, FIRST_SHORT), pairs)
    note(near_key(appended(last, int(marks.bases[first])), LAST_HEAD), pairs)


@making
def _add_letters(
    mark: int, marks: Marks, prefix: NDArray[np.uint64], pairs: NDArray[np.uint64],
    keys: NDArray[np.uint64], owners: NDArray[np.int32], count: int,
) -> int:  # fmt: skip
    first = marks.offsets[mark]
    size = int(marks.offsets[mark + 1] - first)
    for p in range(size):
        prefix[p + 1] = appended(prefix[p], int(marks.bases[first + p]))
    count = add_key(keys, owners, count, prefix[size], DELETED, mark)
    rest, power = np.uint64(0), np.uint64(1)
    for p in range(size - 1, -1, -1):
        letter = marks.bases[first + p]
        other = first + p - 1 if p > 0 else first + 1
        if (letter == marks.bases[other]) == (p == 0):  # of two equal letters either may go; the first stays as it is
            count = add_key(keys, owners, count, joined(prefix[p], rest, power), DELETED, mark)
        rest += np.uint64(letter) * power
        power = raised(power)
    _add_two_words(mark, marks, prefix, pairs)
    known = np.zeros(ROMAN_WAYS, np.uint64)
    for way in range(ROMAN_WAYS):
        hashed = roman_hash(mark, way, marks)
        known[way] = hashed
        if not np.any(known[:way] == hashed):
            count = add_key(keys, owners, count, hashed, ROMAN, mark)
    return count


@inline
def pair_hash(one: int, other: int) -> np.uint64:
    """The hash of two characters or sounds."""
    return appended(appended(np.uint64(0), one), other)


@inline
def _note_pair(one: int, other: int, tag: int, size: int, sizes: NDArray[np.uint64]) -> None:
    """Two characters that a near spelling of a mark of `size` begins with: PAIR, or APART."""
    add_size(near_key(pair_hash(one, other), tag), size, sizes)


@inline
def _hash_with(mark: int, place: int, one: int, other: int, marks: Marks) -> np.uint64:
    """The hash of the mark with `one` and `other` (0: nothing) at a place instead of its character."""
    hashed = np.uint64(0)
    for at in range(marks.offsets[mark], marks.offsets[mark + 1]):
        if at != marks.offsets[mark] + place:
            hashed = appended(hashed, int(marks.bases[at]))
            continue
        if one != 0:
            hashed = appended(hashed, one)
        if other != 0:
            hashed = appended(hashed, other)
    return hashed


@inline
def missing_tag(size: int, place: int) -> int:
    """The tag of a mark of `size` characters without the one at a place."""
    return MISSING | size << 8 | place << 16


@inline
def _add_sounds(
    mark: int, marks: Marks, lexicon: Lexicon, keys: NDArray[np.uint64], owners: NDArray[np.int32],
    sounds: NDArray[np.uint64], count: int,
) -> int:  # fmt: skip
    first, end = marks.offsets[mark], marks.offsets[mark + 1]
    hashed, before = np.uint64(0), 0
    for at in range(first, end):
        sound = sound_of(int(marks.bases[at]), lexicon.heard)
        if sound == 0:
            return count
        hashed = appended(hashed, sound)
        if at == first + 1:
            add_sounds(before, sound, sounds)
        elif at > first + 1:
            count = add_key(keys, owners, count, hashed, SOUND_PREFIX, mark)
        before = sound
    return add_key(keys, owners, count, hashed, SOUNDED, mark)


@inline
def _add_changed(
    mark: int, marks: Marks, keys: NDArray[np.uint64], owners: NDArray[np.int32], sizes: NDArray[np.uint64], count: int
) -> int:
    """A mark of three or more characters with one missing, which may have become any other."""
    first = marks.offsets[mark]
    size = int(marks.offsets[mark + 1] - first)
    one, two, three = int(marks.bases[first]), int(marks.bases[first + 1]), int(marks.bases[first + 2])
    _note_pair(one, two, PAIR, size, sizes)
    _note_pair(two, three, PAIR, size, sizes)
    _note_pair(one, three, APART, size, sizes)
    for place in range(size):
        count = add_key(keys, owners, count, _hash_with(mark, place, 0, 0, marks), missing_tag(size, place), mark)
    return count


@inline
def _add_swapped(
    mark: int, marks: Marks, keys: NDArray[np.uint64], owners: NDArray[np.int32], sizes: NDArray[np.uint64], count: int
) -> int:
    """A mark with two neighbours in each other's place."""
    first = marks.offsets[mark]
    size = int(marks.offsets[mark + 1] - first)
    for place in range(size - 1):
        one, other = int(marks.bases[first + place]), int(marks.bases[first + place + 1])
        if one == other:
            continue
        hashed = np.uint64(0)
        for p in range(size):
            char = other if p == place else (one if p == place + 1 else int(marks.bases[first + p]))
            hashed = appended(hashed, char)
        count = add_key(keys, owners, count, hashed, SWAPPED, mark)
        if place == 0:
            _note_pair(other, one, PAIR, size, sizes)
        elif place == 1:
            _note_pair(int(marks.bases[first]), other, PAIR, size, sizes)
    return count


@inline
def _add_parted(
    mark: int, place: int, marks: Marks, lexicon: Lexicon,
    keys: NDArray[np.uint64], owners: NDArray[np.int32], sizes: NDArray[np.uint64], count: int,
) -> int:  # fmt: skip
    """A mark with the character at a place in its parts."""
    first = marks.offsets[mark]
    size = int(marks.offsets[mark + 1] - first)
    char = int(marks.bases[first + place]) - 0x4E00
    if not 0 <= char < lexicon.part_starts.size - 1:
        return count
    for slot in range(lexicon.part_starts[char], lexicon.part_starts[char + 1]):
        one, other = int(lexicon.parts[slot] >> 16), int(lexicon.parts[slot] & 0xFFFF)
        count = add_key(keys, owners, count, _hash_with(mark, place, one, other, marks), PARTED, mark)
        begin = int(marks.bases[first]) if place > 0 else one
        follow = other if place == 0 else (one if place == 1 else int(marks.bases[first + 1]))
        _note_pair(begin, follow, PAIR, size, sizes)
    return count


@inline
def _add_characters(
    mark: int, marks: Marks, lexicon: Lexicon, keys: NDArray[np.uint64], owners: NDArray[np.int32],
    sizes: NDArray[np.uint64], sounds: NDArray[np.uint64], count: int,
) -> int:  # fmt: skip
    """The keys of a Chinese mark: its sounds, and itself with a character missing, in parts, like another, swapped."""
    first = marks.offsets[mark]
    size = int(marks.offsets[mark + 1] - first)
    count = _add_sounds(mark, marks, lexicon, keys, owners, sounds, count)
    count = _add_swapped(mark, marks, keys, owners, sizes, count)
    if size > 2:
        count = _add_changed(mark, marks, keys, owners, sizes, count)
    for place in range(size):
        count = _add_parted(mark, place, marks, lexicon, keys, owners, sizes, count)
        char = int(marks.bases[first + place]) - 0x4E00
        if size == 2 and 0 <= char < lexicon.shape_starts.size - 1:
            for slot in range(lexicon.shape_starts[char], lexicon.shape_starts[char + 1]):
                like, other = int(lexicon.shapes[slot]), int(marks.bases[first + 1 - place])
                count = add_key(keys, owners, count, _hash_with(mark, place, like, 0, marks), SHAPED, mark)
                _note_pair(other if place > 0 else like, like if place > 0 else other, PAIR, size, sizes)
    return count


@kernel
def near_keys(
    marks: Marks, lexicon: Lexicon, keys: NDArray[np.uint64], owners: NDArray[np.int32],
    sizes: NDArray[np.uint64], sounds: NDArray[np.uint64], pairs: NDArray[np.uint64],
) -> int:  # fmt: skip
    """Fills keys and the pattern of each as far as there is room, and returns how many there are in all.

    sizes, sounds, pairs: as NearIndex has them, zeros.
    """
    prefix = np.zeros(LONGEST + 1, np.uint64)
    count = 0
    for mark in range(marks.kinds.size):
        if is_latin(mark, marks):
            count = _add_letters(mark, marks, prefix, pairs, keys, owners, count)
        elif is_three(mark, marks):
            hashed = text_hash(marks.bases, int(marks.offsets[mark]), int(marks.offsets[mark + 1]))
            count = add_key(keys, owners, count, hashed, THREE, mark)
        elif is_han(mark, marks):
            hashed = spelled_hash(mark, marks, lexicon)
            if hashed != 0:
                count = add_key(keys, owners, count, hashed, SPELLED, mark)
            count = _add_characters(mark, marks, lexicon, keys, owners, sizes, sounds, count)
    return count
