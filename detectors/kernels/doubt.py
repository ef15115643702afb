"""What is doubtful by itself, settled by what stands around and by ordinary words.

note5 is a note, "micro phone" is two words, loungers are no mark in the plural, and 1A2ER in PRG-300-1A2ER is part of
a model number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    DIGIT,
    DOUBTFUL,
    HYPHEN,
    LEET,
    LEET_SIGN,
    NO_GAP,
    SEPARATORS,
    SLASH,
    SPACE,
    UNDERSCORE,
    WEAK,
)
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import DICTIONARY, appended, text_hash, word_class

_FEW = 4  # letters that remain beside figures: no more make a model number
_LOWER_S = 115
_ENOUGH = 6  # letters that remain of several words say enough
_ZERO = 48
_PIECES = 3  # parts between signs: no text has two-letter words in such a row


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
    """Whether figures at the edges of a hit disguise it: what remains of their words is not itself a word.

    Nobody counts from nothing: a word and a single zero (LEG0) is no model number.
    """
    first, last = at, at + length - 1
    if bases[last] == _ZERO and not _is_figure(kinds[first]) and not _is_figure(kinds[last - 1]):
        return True
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
def _has_figure(at: int, step: int, low: int, high: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether figures, or letters glued to the hit, stand in the rest of the word and the one joined to it by a sign.

    `at` is the symbol next to the hit, `step` the way to go on.
    """
    joined = 0
    place = at
    while low <= place < high and joined < 2:
        gap = gaps[place + 1] if step < 0 else gaps[place]
        if gap != NO_GAP and not HYPHEN <= gap <= UNDERSCORE and gap != SLASH:
            return False
        joined += int(gap != NO_GAP)
        if joined < 2 and (kinds[place] == DIGIT or (place == at and gap == NO_GAP)):
            return True
        place += step
    return False


@inline
def _is_in_code(at: int, length: int, low: int, high: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether a hit with few letters and more figures is part of a number with figures around it."""
    letters = 0
    for place in range(at, at + length):
        if kinds[place] == LEET_SIGN:
            return False
        letters += int(kinds[place] != DIGIT)
    if letters > _FEW:
        return False
    return _has_figure(at - 1, -1, low, high, kinds, gaps) or _has_figure(at + length, 1, low, high, kinds, gaps)


@inline
def _is_slight(at: int, length: int, kinds: NDArray[np.uint8]) -> bool:
    """Whether what begins or ends with a figure may be a model number even so, and the goods must fit."""
    figures = 0
    for place in range(at, at + length):
        figures += int(_is_figure(kinds[place]))
    return length - figures < _FEW or (figures > 1 and length - figures == _FEW)


@inline
def _settle_parts(
    at: int, length: int, bases: NDArray[np.uint32], gaps: NDArray[np.uint8], words: NDArray[np.uint32]
) -> int:
    """What a mark in parts is: SEPARATORS if none of them is a word, WEAK if some are, 0 if all are.

    Two letters are a word in some language; three parts between signs (LU/MO/RA) are hidden even so.
    """
    place, known, parts, pairs, signs = at, 0, 0, 0, 0
    while place < at + length:
        begin = place
        hashed, place = _word(place, at + length - 1, bases, gaps)
        is_known = word_class(hashed, words) != 0
        known += int(is_known)
        pairs += int(is_known and place - begin == 2)
        signs += int(begin > at and gaps[begin] != SPACE)
        parts += 1
    if signs == parts - 1 and parts >= _PIECES:
        known -= pairs
    return SEPARATORS if known == 0 else (WEAK if known < parts else 0)


@kernel
def settle(
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    bits: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bounds: NDArray[np.int32],
    words: NDArray[np.uint32],
    believed: NDArray[np.bool_],
) -> None:
    """Fills `believed`, bool[hits], and takes DOUBTFUL out of `bits` where nothing speaks for chance any more.

    fields, symbols, lengths, bits: one per hit. bases, kinds, gaps: the text's symbols; bounds: int32[f + 1], where
    each field's begin. words: see Lexicon.
    """
    for hit in range(bits.size):
        believed[hit] = True
        at, length = int(symbols[hit]), int(lengths[hit])
        low, high = int(bounds[fields[hit]]), int(bounds[fields[hit] + 1])
        if at + length < high and gaps[at + length] == NO_GAP and kinds[at + length - 1] == ALPHABETIC:
            believed[hit] = (
                kinds[at + length] != ALPHABETIC
                or bases[at + length] != _LOWER_S
                or (word_class(text_hash(bases, at, at + length), words) != DICTIONARY)
            )
        if bits[hit] & LEET:
            believed[hit] = believed[hit] and not _is_in_code(at, length, low, high, kinds, gaps)
            if believed[hit] and bits[hit] & DOUBTFUL:
                believed[hit] = _settle_figures(at, length, bases, kinds, gaps, words)
                if not _is_slight(at, length, kinds):
                    bits[hit] &= ~np.uint32(DOUBTFUL)
            continue
        if not bits[hit] & DOUBTFUL:
            continue
        settled = _settle_parts(at, length, bases, gaps, words)
        believed[hit] = believed[hit] and settled != 0
        bits[hit] = bits[hit] & ~np.uint32(DOUBTFUL | SEPARATORS) | np.uint32(settled)
