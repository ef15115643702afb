"""How far chance explains a text that is nearly a Chinese mark: words that cover it, cut it, or are in the mark."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import LIKELY, ONE_CHARACTER, SPLIT, STRONG, TRANSPOSED, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import DICTIONARY, Lexicon, Marks, appended, text_hash, word_class
from detectors.kernels.near_han_words import BEGINS, COVERED, CUT, ENDS, LONGEST_WORD, SIZES, Run

CERTAIN, POSSIBLE = 2, 4  # doubts up to which a text is surely meant as the mark, and may be meant so
ANY = 0xFFFF  # stands for the character that words of one pattern differ in

# Points of a text with one character that is any other, from 4 for three characters on. Rounded from a logistic
# regression on real titles and marks; surely meant from 0 on.
THREE, MORE = 4, 7  # characters
PROBABLE, CONCEIVABLE = -3, -6  # points from which the right's own goods are enough, and any second signal
LATER, WITHIN = -5, -9  # after a space or sign in the field, amid other characters
NO_WORD_BEFORE, NO_WORD_BEHIND = -2, -3
A_WORD, MADE_OF_WORDS = -9, -5  # the text is one, or in one; common words alone make it up
SOME_OTHERS, MANY_OTHERS = -1, -3  # known words that are the mark but for the same character


class Chance(NamedTuple):
    """Classes of words, 0 for none, KNOWN, or DICTIONARY for a common one.

    cover: of the most ordinary word that a changed character stands in; cut: that goes on over an edge of the text;
    rest: in the mark, without a changed character. is_begun, is_ended: before, behind it stands a word, or nothing.
    begins: 0 amid other characters, 1 after a space or sign, 2 at the beginning of the field.
    """

    cover: int
    cut: int
    rest: int
    is_begun: bool
    is_ended: bool
    begins: int


class Parts(NamedTuple):
    """The same words apart. whole: of one that is all of the text or more; inner, outer: a changed character stands in
    it, inside the text or over an edge; crossing: over an edge without. is_tiled: common words side by side are it.
    """

    whole: int
    inner: int
    outer: int
    crossing: int
    is_tiled: bool


@inline
def _most_ordinary(classes: int | np.int64) -> int:
    """KNOWN and DICTIONARY are bits where several words were found."""
    return DICTIONARY if classes & DICTIONARY != 0 else int(classes)


@inline
def chance_of(at: int, end: int, run: Run, changed: int, rest: int, words: NDArray[np.uint16]) -> Chance:
    """What the words around say about the text from `at` to `end`, in the run.

    changed: bits, the characters of the text that are not the mark's. words: as read_words fills them.
    """
    begins = 0 if at > run.low else (2 if at == run.field else 1)
    before = begins > 0 or words[at] & ENDS != 0
    after = end == run.high or words[end] & BEGINS != 0
    cut = np.int64(0) if begins > 0 else np.int64(words[at]) >> CUT
    if end < run.high:
        cut |= np.int64(words[end]) >> CUT
    cover = np.int64(0)
    for place in range(end - at):
        if (changed >> place) & 1 != 0:
            cover |= np.int64(words[at + place])
    return Chance(_most_ordinary(cover & COVERED), _most_ordinary(cut & COVERED), rest, before, after, begins)


@inline
def parts_of(at: int, end: int, run: Run, changed: int, words: NDArray[np.uint16]) -> Parts:
    """Each word around looked at by itself: asked only of a text that is near a mark. words: see read_words."""
    whole, inner, outer, crossing = 0, 0, 0, 0
    tiled = 1  # bits: places up to which common words reach
    for first in range(max(run.low, at - LONGEST_WORD + 1), min(end, run.high - 1)):
        classes = np.int64(words[first]) >> SIZES
        for stop in range(first + 2, first + LONGEST_WORD + 1):
            found = int(classes & 3)
            classes >>= 2
            if found == 0 or stop <= at:
                continue
            low_bit, high_bit = max(first, at) - at, min(stop, end) - at
            is_inside = at <= first and stop <= end
            if is_inside and found == DICTIONARY and (tiled >> low_bit) & 1 != 0:
                tiled |= 1 << high_bit
            if first <= at and stop >= end:
                whole = max(whole, found)
            elif (changed >> low_bit) & ((1 << (high_bit - low_bit)) - 1) == 0:
                crossing = crossing if is_inside else max(crossing, found)
            elif is_inside:
                inner = max(inner, found)
            else:
                outer = max(outer, found)
    return Parts(whole, inner, outer, crossing, (tiled >> (end - at)) & 1 != 0)


@inline
def word_in_mark(mark: int, changed: int, marks: Marks, lexicon: Lexicon) -> int:
    """The class of the most ordinary word among the mark's characters that are not changed (bits)."""
    start, end = marks.offsets[mark], marks.offsets[mark + 1]
    found = 0
    for first in range(start, end - 1):
        for stop in range(first + 2, min(end, first + LONGEST_WORD) + 1):
            if (changed >> (first - start)) & ((1 << (stop - first)) - 1) == 0:
                found = max(found, word_class(text_hash(marks.bases, first, stop), lexicon.han_words))
    return found


@inline
def points_of_place(size: int, chance: Chance) -> int:
    """What the place of a text with one changed character says, whatever mark it is near."""
    points = THREE if size == 3 else MORE
    points += 0 if chance.begins == 2 else (LATER if chance.begins == 1 else WITHIN)
    points += 0 if chance.is_begun else NO_WORD_BEFORE
    return points + (0 if chance.is_ended else NO_WORD_BEHIND)


@inline
def points_of_parts(parts: Parts) -> int:
    """What the words say that the text with one changed character is made of."""
    points = A_WORD if parts.whole > 0 else (MADE_OF_WORDS if parts.is_tiled else 0)
    return points - (0, 1, 3)[parts.inner] - (0, 2, 4)[parts.outer] - (0, 1, 4)[parts.crossing]


@inline
def points_of_mark(mark: int, place: int, marks: Marks, lexicon: Lexicon) -> int:
    """What the mark says when the character at `place` became another.

    不锈钢 and a character is not much of a mark, nor is one that many words are like: 大鸭子, 大苑子, 大房子.
    """
    first, end = int(marks.offsets[mark]), int(marks.offsets[mark + 1])
    points = 0
    if place == end - first - 1:
        points -= (0, 2, 5)[word_class(text_hash(marks.bases, first, end - 1), lexicon.han_words)]
    if end - first > LONGEST_WORD:
        return points
    hashed = np.uint64(0)
    for at in range(first, end):
        hashed = appended(hashed, ANY if at == first + place else int(marks.bases[at]))
    return points + (0, SOME_OTHERS, MANY_OTHERS)[word_class(hashed, lexicon.han_patterns)]


@inline
def strength_of_points(points: int) -> int:
    if points >= 0:
        return ONE_CHARACTER | STRONG
    if points < CONCEIVABLE:
        return 0
    return ONE_CHARACTER | WEAK | (LIKELY if points >= PROBABLE else 0)


@inline
def doubt_of(chance: Chance) -> int:
    """The doubts about a text that is near a mark in another way."""
    return chance.cover + chance.cut + 2 - chance.begins + int(not (chance.is_begun and chance.is_ended))


@inline
def may_be_meant(size: int, chance: Chance) -> bool:
    """Whether the strength may be anything but 0 for some mark of `size`, where no character is in parts or swapped.

    Asked before the marks are looked at: among a million marks a hundred may share all characters but one.
    """
    doubt = doubt_of(chance)
    if size == 2:
        return chance.cut < DICTIONARY and chance.cover < DICTIONARY and doubt <= CERTAIN
    points = points_of_place(size, chance) - (0, 1, 3)[chance.cover]  # at least so much for such a word
    return doubt + int(chance.cover == DICTIONARY) <= POSSIBLE or points >= CONCEIVABLE


@inline
def asks_the_rest(step: int, size: int, is_start: bool) -> bool:
    """Whether strength_of asks what is left of the mark, which is a dozen questions to the word list."""
    return size > 2 and step != TRANSPOSED and not is_start


@inline
def strength_of(step: int, size: int, chance: Chance, whole: int) -> int:
    """The step with how much it proves against a mark of `size` characters, 0 when chance is the better explanation.

    Not for ONE_CHARACTER. Doubts are added up; their weights and bounds were chosen by measuring on real titles and
    marks. A name stands at the beginning of a title more often than anywhere else. whole: see Parts; three characters
    that are a known word are likely that word, of two nearly all are one.
    """
    doubt = doubt_of(chance)
    if size == 2 and step != SPLIT:
        return step | WEAK if chance.cut < DICTIONARY and chance.cover < DICTIONARY and doubt <= CERTAIN else 0
    doubt += int(chance.cover == DICTIONARY) + 2 * int(whole > 0 and size > 2)
    if step == SPLIT or step == TRANSPOSED:  # the same characters are left
        doubt -= 2 * int(size > 2)
    elif chance.begins == 0:  # 便宜 and a character that sounds like 坊 are cheap and something else
        doubt += int(chance.rest == DICTIONARY)
    if doubt <= CERTAIN:
        return step | STRONG
    if doubt > POSSIBLE:
        return 0
    is_likely = doubt == CERTAIN + 1 and chance.begins == 2
    return step | WEAK | (LIKELY if is_likely else 0)
