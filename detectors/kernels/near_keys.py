"""The keys of the marks' near spellings: what fill_index is fed with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import MARK
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import DELETED, LONGEST, ROMAN, SPELLED, Lexicon, Marks, appended, joined, near_key, raised
from detectors.kernels.near_edits import SHORTEST

_C, _J, _K, _S, _I, _Q, _V, _W, _X, _Y, _B = 99, 106, 107, 115, 105, 113, 118, 119, 120, 121, 98
ROMAN_WAYS = 6
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
def sound_of(char: int, lexicon: Lexicon) -> int:
    """The syllable of a Chinese character, 0 when none is known."""
    place = char - 0x4E00
    return int(lexicon.sounds[place]) if 0 <= place < lexicon.sounds.size else 0


@inline
def spelled_hash(mark: int, marks: Marks, lexicon: Lexicon) -> np.uint64:
    """The hash of a Chinese mark's pinyin; 0 when a character has none, or it is too short to say anything."""
    hashed = np.uint64(0)
    size = 0
    for at in range(marks.offsets[mark], marks.offsets[mark + 1]):
        sound = sound_of(int(marks.bases[at]), lexicon)
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
def _add(
    keys: NDArray[np.uint64], owners: NDArray[np.int32], count: int, hashed: np.uint64, tag: int, mark: int
) -> int:
    if count < keys.size:
        keys[count] = near_key(hashed, tag)
        owners[count] = mark
    return count + 1


@inline
def _add_letters(
    mark: int, marks: Marks, prefix: NDArray[np.uint64], keys: NDArray[np.uint64], owners: NDArray[np.int32], count: int
) -> int:
    first = marks.offsets[mark]
    size = int(marks.offsets[mark + 1] - first)
    for p in range(size):
        prefix[p + 1] = appended(prefix[p], int(marks.bases[first + p]))
    count = _add(keys, owners, count, prefix[size], DELETED, mark)
    rest, power = np.uint64(0), np.uint64(1)
    for p in range(size - 1, -1, -1):
        letter = marks.bases[first + p]
        if p == 0 or letter != marks.bases[first + p - 1]:  # of two equal letters either may go
            count = _add(keys, owners, count, joined(prefix[p], rest, power), DELETED, mark)
        rest += np.uint64(letter) * power
        power = raised(power)
    known = np.zeros(ROMAN_WAYS, np.uint64)
    for way in range(ROMAN_WAYS):
        hashed = roman_hash(mark, way, marks)
        known[way] = hashed
        if not np.any(known[:way] == hashed):
            count = _add(keys, owners, count, hashed, ROMAN, mark)
    return count


@kernel
def near_keys(marks: Marks, lexicon: Lexicon, keys: NDArray[np.uint64], owners: NDArray[np.int32]) -> int:
    """Fills keys and the pattern of each as far as there is room, and returns how many there are in all."""
    prefix = np.zeros(LONGEST + 1, np.uint64)
    count = 0
    for mark in range(marks.kinds.size):
        if is_latin(mark, marks):
            count = _add_letters(mark, marks, prefix, keys, owners, count)
        elif is_han(mark, marks):
            hashed = spelled_hash(mark, marks, lexicon)
            if hashed != 0:
                count = _add(keys, owners, count, hashed, SPELLED, mark)
    return count
