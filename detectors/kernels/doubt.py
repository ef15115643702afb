"""What is doubtful by itself, settled by ordinary words: note5 is a note, "micro phone" is two words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import DIGIT, DOUBTFUL, LEET, LEET_SIGN, NO_GAP, SEPARATORS, WEAK
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import appended, word_class

SLIGHT = 4  # letters of a mark whose figure at the edge may still be a model number: the goods must fit
_ENOUGH = 6  # letters that remain of several words say enough


@inline
def _is_figure(kind: int) -> bool:
    return kind == DIGIT or kind == LEET_SIGN


@inline
def _word(at: int, last: int, bases: NDArray[np.uint32], gaps: NDArray[np.uint8]) -> tuple[np.uint64, int]:
    """The hash of the word that begins at a place, and where it ends: at the next gap or behind `last`."""
    hashed = appended(np.uint64(0), int(bases[at]))
    end = at + 1
    while end <= last and gaps[end] == NO_GAP:
        hashed = appended(hashed, int(bases[end]))
        end += 1
    return hashed, end


@inline
def _settle_figures(
    at: int,
    length: int,
    bases: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    words: NDArray[np.uint32],
) -> bool:
    """Whether figures at the edges of a hit disguise it: what remains of their words is not itself a word."""
    first, last = at, at + length - 1
    while first < last and _is_figure(kinds[first]):
        first += 1
    while last > first and _is_figure(kinds[last]):
        last -= 1
    letters, known = 0, False
    place = first
    while place <= last:
        begin = place
        hashed, place = _word(begin, last, bases, gaps)
        is_edge = (begin == first and first > at) or (place > last and last < at + length - 1)
        known = known or (is_edge and word_class(hashed, words) != 0)
        letters += place - begin
    is_one_word = _word(at, at + length - 1, bases, gaps)[1] == at + length
    return not known or (letters >= _ENOUGH and not is_one_word)


@inline
def _settle_parts(
    at: int, length: int, bases: NDArray[np.uint32], gaps: NDArray[np.uint8], words: NDArray[np.uint32]
) -> int:
    """What a mark in parts is: SEPARATORS if none of them is a word, WEAK if some are, 0 if all are."""
    place, known, parts = at, 0, 0
    while place < at + length:
        hashed, place = _word(place, at + length - 1, bases, gaps)
        known += int(word_class(hashed, words) != 0)
        parts += 1
    return SEPARATORS if known == 0 else (WEAK if known < parts else 0)


@kernel
def settle(
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    bits: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    words: NDArray[np.uint32],
    believed: NDArray[np.bool_],
) -> None:
    """Fills `believed`, bool[hits], and takes DOUBTFUL out of `bits` where nothing speaks for chance any more."""
    for hit in range(bits.size):
        believed[hit] = True
        if not bits[hit] & DOUBTFUL:
            continue
        at, length = int(symbols[hit]), int(lengths[hit])
        if bits[hit] & LEET:
            believed[hit] = _settle_figures(at, length, bases, kinds, gaps, words)
            if length > SLIGHT:
                bits[hit] &= ~np.uint32(DOUBTFUL)
            continue
        settled = _settle_parts(at, length, bases, gaps, words)
        believed[hit] = settled != 0
        bits[hit] = bits[hit] & ~np.uint32(DOUBTFUL | SEPARATORS) | np.uint32(settled)
