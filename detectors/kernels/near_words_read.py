"""The words in letters of a text, block by block: what find_near_words looks at, with what it needs brought near.

A word is looked up in a table of two megabytes, so a block of words is read first: each one's place in the table is
asked for, and comes while the others are read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import ALPHABETIC, AMPERSAND, APOSTROPHE, DIGIT, DOT, LEET_SIGN, MIXED, NO_GAP
from detectors.kernels.jit import inline, making
from detectors.kernels.near import LONGEST, appended, word_slot
from detectors.kernels.near_spelled import CYRILLIC_END, GREEK
from detectors.kernels.simd import prefetch

WORDS = 4  # of a window: lu yi wei deng
CARRIED = WORDS - 1  # words before a block, which a window may begin with
BLOCK_WORDS = 128  # what they ask for fits the second cache
LATIN, FOREIGN, OTHER = 1, 2, 0


class Words(NamedTuple):
    """A block of words behind the last CARRIED of the one before, of which the first four columns are carried.

    firsts, ends: int64, first symbol and end. hashes: uint64. classes: uint8, see word_class. scripts: uint8, LATIN or
    FOREIGN. rows: uint8, how many words of one row end here, at most WORDS. fields: int64.
    """

    firsts: NDArray[np.int64]
    ends: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    classes: NDArray[np.uint8]
    scripts: NDArray[np.uint8]
    rows: NDArray[np.uint8]
    fields: NDArray[np.int64]


@making
def no_words() -> Words:
    room = CARRIED + BLOCK_WORDS
    return Words(
        np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room, np.uint64), np.zeros(room, np.uint8),
        np.zeros(room, np.uint8), np.zeros(room, np.uint8), np.zeros(room, np.int64),
    )  # fmt: skip


@inline
def carry(filled: int, words: Words) -> None:
    """Puts the last of `filled` words before the next block."""
    for to in range(CARRIED):
        word = filled - CARRIED + to
        words.firsts[to], words.ends[to] = words.firsts[word], words.ends[word]
        words.hashes[to], words.classes[to] = words.hashes[word], words.classes[word]


@inline
def _script(lowest: int, highest: int) -> int:
    """LATIN, FOREIGN (Greek or Cyrillic), or OTHER for letters in between, beyond or of both."""
    if lowest >= 97 and highest <= 122:
        return LATIN
    return FOREIGN if lowest >= GREEK and highest < CYRILLIC_END else OTHER


@inline
def _is_glued(first: int, end: int, low: int, high: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a figure or a sign read as a letter touches the word: it is a model number, or leetspeak."""
    if first > low and gaps[first] == NO_GAP and (kinds[first - 1] == DIGIT or kinds[first - 1] == LEET_SIGN):
        return True
    return end < high and gaps[end] == NO_GAP and (kinds[end] == DIGIT or kinds[end] == LEET_SIGN)


@inline
def _is_between_words(gap: int) -> bool:
    """Whether the words on its sides may belong to one mark: Jack & Jones, Arc'teryx, Dr. Martens."""
    return NO_GAP < gap <= DOT or AMPERSAND <= gap <= APOSTROPHE or gap == MIXED


@inline
def read_on(
    field: int, at: int, before: int, row: int,
    bases: NDArray[np.uint32], kinds: NDArray[np.uint8], gaps: NDArray[np.uint8], fields: NDArray[np.int32],
    known: NDArray[np.uint32], words: Words,
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """Reads a block of words from the symbol `at` of `field` on, and further in the next fields, which begin where it
    ends; returns where the block ends in `words`, and with what to go on.

    before: the script of the word before. row: how many words of one row end with that. known: see Lexicon.words.
    """
    firsts, ends, hashes = words.firsts, words.ends, words.hashes
    filled = CARRIED
    while field < fields.size - 1:
        low, high = int(fields[field]), int(fields[field + 1])
        while at < high:
            if filled == CARRIED + BLOCK_WORDS:
                return filled, field, at, before, row
            first = at
            at += 1
            if kinds[first] != ALPHABETIC:
                before = OTHER
                continue
            lowest = highest = int(bases[first])
            hashed = appended(np.uint64(0), lowest)
            while at < high and kinds[at] == ALPHABETIC and gaps[at] == NO_GAP:
                letter = int(bases[at])
                hashed = appended(hashed, letter)
                lowest, highest = min(lowest, letter), max(highest, letter)
                at += 1
            script = _script(lowest, highest)
            if script == OTHER or at - first > LONGEST or _is_glued(first, at, low, high, kinds, gaps):
                before = OTHER
                continue
            prefetch(known, word_slot(hashed, known))
            goes_on = before == script and _is_between_words(int(gaps[first]))
            row = min(row + 1, WORDS) if goes_on else 1
            before = script
            firsts[filled], ends[filled], hashes[filled] = first, at, hashed
            words.scripts[filled], words.rows[filled], words.fields[filled] = script, row, field
            filled += 1
        field += 1
        before = OTHER
    return filled, field, at, before, row
