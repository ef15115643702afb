"""How much a resemblance proves: points for and against, and where chance ends.

A point is a tenth of the natural logarithm of how much likelier the resemblance is in a mark misspelled than in an
honest title (logistic regression on 16,000 slips of 6,700 marks and on all 203 resemblances to 15,000 rights in 29,000
honest titles, each half of the marks tried on the other). The thresholds were chosen by what then alerts; see
docs/decisions/0005-near-spellings.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import DOUBLED, LIKELY, ONE_LETTER, STRONG, WEAK
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import Lexicon, Window, word_class

SHORT = 4  # letters of a mark of which no resemblance is certain, whatever its points
CERTAIN = 0  # points from which nothing but intent explains it
PLAUSIBLE = -9  # ... from which the right's own goods are enough of a second signal
OF_FOUR, OF_FIVE, OF_SIX, OF_SEVEN, OF_MANY = -17, -13, -2, 3, 16  # a mark of so many letters
REPEATED = 28  # neighbours swapped, a letter doubled: no other letter comes in
LEFT_OUT, PUT_IN = 11, 8  # rather than changed
ENDING = -7  # another ending is often grammar, or another name: Fabiana
RARE = -15  # somewhere the word is written: a name
KNOWN_WORD = -25  # beside the other word of a mark of two: Blue Nike
OF_WORD = -4  # the mark is an ordinary word
SIGN, LATER = 5, -5  # whether it stands where a title has its brand, or in a domain
PLAUSIBILITY = 34  # tenths less the mean of -8 * log2 of each letter's probability after the two before it

IN_SHOP_NAME, IN_WORDS, IN_ANYTHING = 15, 0, -10  # a mark inside a word, the rest being words of trade, others, or none
IN_PAIR = 5  # ... or a word of trade of two letters: uk, my
AT_START, AT_HEAD, IN_DOMAIN = 5, 5, 10  # the mark begins the word; a shop's name begins a title; it is a domain
UNMISTAKABLE = 10  # letters of a mark beside which no letters speak for chance
BY_LETTER = 5  # for each letter above five of a mark inside a word, up to eight
INSIDE_OF_WORD = -15  # the mark is an ordinary word, or several of it
CERTAIN_INSIDE, PLAUSIBLE_INSIDE = 15, 5
LETTERS = 27  # a to z, and the edge of a word


@inline
def strength(points: int, certain: int, plausible: int) -> int:
    """STRONG, WEAK but LIKELY, or WEAK."""
    if points >= certain:
        return STRONG
    return WEAK | LIKELY if points >= plausible else WEAK


@inline
def _place(before: int, last: int, letter: int) -> int:
    return (before * LETTERS + last) * LETTERS + letter


@inline
def implausibility(window: Window, size: int, lexicon: Lexicon) -> int:
    """How unlike a word the letters are: the mean of -8 * log2 of each letter's probability, the end's too."""
    before, last, total = 0, 0, 0
    for p in range(size):
        letter = int(window.letters[p]) - 96
        total += int(lexicon.trigrams[_place(before, last, letter)])
        before, last = last, letter
    return (total + int(lexicon.trigrams[_place(before, last, 0)])) // (size + 1)


@inline
def _length_points(wanted: int) -> int:
    if wanted >= 7:
        return OF_MANY if wanted > 7 else OF_SEVEN
    return OF_FOUR if wanted <= 4 else (OF_FIVE if wanted == 5 else OF_SIX)


@inline
def slip_points(window: Window, size: int, wanted: int, step: int, is_ending: bool, lexicon: Lexicon) -> int:
    """The points of a window of `size` letters that are one slip away from a mark of `wanted`."""
    points = implausibility(window, size, lexicon) - PLAUSIBILITY + _length_points(wanted)
    if step != ONE_LETTER:
        points += REPEATED
    elif size != wanted:
        points += LEFT_OUT if size < wanted else PUT_IN
    points += ENDING if is_ending and step != DOUBLED else 0
    return points + (RARE if word_class(window.prefix[size], lexicon.rare) else 0)


@inline
def place_points(is_sign: bool, is_known: bool) -> int:
    """The points of where words stand, and of their all being known ones."""
    return (SIGN if is_sign else LATER) + (KNOWN_WORD if is_known else 0)


@inline
def inside_points(wanted: int, is_start: bool, is_head: bool, is_domain: bool, is_word: bool) -> int:
    """The points of a mark of `wanted` letters written together with others; those of the others not counted."""
    points = BY_LETTER * (min(wanted, 8) - 5)
    if is_word:
        return points + INSIDE_OF_WORD  # where it stands says nothing: powerplanetonline.com
    points += (AT_START if is_start else 0) + (AT_HEAD if is_head else 0)
    return points + (IN_DOMAIN if is_domain else 0)


@kernel
def count_trigrams(letters: NDArray[np.uint32], offsets: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
    """Adds to counts: int64[27 * 27 * 27] how often a letter follows two others in words of a to z; 0 is the edge."""
    for word in range(offsets.size - 1):
        is_latin = True
        for at in range(offsets[word], offsets[word + 1]):
            is_latin = is_latin and 97 <= letters[at] <= 122
        if not is_latin:
            continue
        before, last = 0, 0
        for at in range(offsets[word], offsets[word + 1]):
            letter = int(letters[at]) - 96
            counts[_place(before, last, letter)] += 1
            before, last = last, letter
        counts[_place(before, last, 0)] += 1
