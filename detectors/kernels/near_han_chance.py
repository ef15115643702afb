"""How far chance explains a text that is nearly a Chinese mark: words that cover it, cut it, or are in the mark."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectors.kernels.codes import LIKELY, ONE_CHARACTER, SPLIT, STRONG, TRANSPOSED, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import DICTIONARY, Lexicon, Marks, Symbols, appended, text_hash, word_class

LONGEST_WORD = 4  # characters
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

    cover: of the most ordinary word that a changed character stands in; cut: that goes on over an edge of the text.
    rest: in the mark, without a changed character. Of the same words apart: whole is all of the text or more; inner,
    outer: a changed character stands in it, inside the text or over an edge; crossing: over an edge without.
    is_tiled: common words side by side are the text. is_begun, is_ended: before, behind it stands a word, or nothing.
    begins: 0 amid other characters, 1 after a space or sign, 2 at the beginning of the field.
    """

    cover: int
    cut: int
    rest: int
    whole: int
    inner: int
    outer: int
    crossing: int
    is_tiled: bool
    is_begun: bool
    is_ended: bool
    begins: int


@inline
def chance_of(
    at: int, end: int, low: int, high: int, field: int, changed: int, rest: int, text: Symbols, lexicon: Lexicon
) -> Chance:
    """What the words around say about the text from `at` to `end`, in the run from low to high.

    changed: bits, the characters of the text that are not the mark's.
    """
    whole, inner, outer, crossing, cut = 0, 0, 0, 0, 0
    before, after = at == low, end == high
    tiled = 1  # bits: places up to which common words reach
    for first in range(max(low, at - LONGEST_WORD), min(end, high - 2) + 1):
        for stop in range(first + 2, min(high, first + LONGEST_WORD) + 1):
            if stop < at:
                continue
            found = word_class(text_hash(text.bases, first, stop), lexicon.han_words)
            if found == 0:
                continue
            before = before or stop == at
            after = after or first == end
            if stop == at or first == end:
                continue
            low_bit, high_bit = max(first, at) - at, min(stop, end) - at
            is_changed = (changed >> low_bit) & ((1 << (high_bit - low_bit)) - 1) != 0
            if first < at or stop > end:
                cut = max(cut, found)
            elif found == DICTIONARY and (tiled >> low_bit) & 1 != 0:
                tiled |= 1 << high_bit
            if first <= at and stop >= end:
                whole = max(whole, found)
            elif is_changed and (first < at or stop > end):
                outer = max(outer, found)
            elif is_changed:
                inner = max(inner, found)
            elif first < at or stop > end:
                crossing = max(crossing, found)
    cover = max(inner, outer, whole if changed != 0 else 0)
    is_tiled = (tiled >> (end - at)) & 1 != 0
    begins = 0 if at > low else (2 if at == field else 1)
    return Chance(cover, cut, rest, whole, inner, outer, crossing, is_tiled, before, after, begins)


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
def points_around(size: int, chance: Chance) -> int:
    """What the text and its place say about one changed character, whatever mark it is near."""
    points = THREE if size == 3 else MORE
    points += 0 if chance.begins == 2 else (LATER if chance.begins == 1 else WITHIN)
    points += 0 if chance.is_begun else NO_WORD_BEFORE
    points += 0 if chance.is_ended else NO_WORD_BEHIND
    points += A_WORD if chance.whole > 0 else (MADE_OF_WORDS if chance.is_tiled else 0)
    points -= (0, 1, 3)[chance.inner] + (0, 2, 4)[chance.outer] + (0, 1, 4)[chance.crossing]
    return points


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
def doubt_of(size: int, chance: Chance) -> int:
    """The doubts about a text that is near a mark in another way. Three characters that are a known word are that word;
    of two characters nearly all are one."""
    doubt = chance.cover + chance.cut + 2 - chance.begins + int(not (chance.is_begun and chance.is_ended))
    return doubt + 2 * int(chance.whole > 0 and size > 2)


@inline
def may_be_meant(size: int, chance: Chance) -> bool:
    """Whether the strength may be anything but 0 for some mark of `size`, where no character is in parts or swapped.

    Asked before the marks are looked at: among a million marks a hundred may share all characters but one.
    """
    doubt = doubt_of(size, chance)
    if size == 2:
        return chance.cut < DICTIONARY and chance.cover < DICTIONARY and doubt <= CERTAIN
    return doubt + int(chance.cover == DICTIONARY) <= POSSIBLE or points_around(size, chance) >= CONCEIVABLE


@inline
def strength_of(step: int, size: int, chance: Chance) -> int:
    """The step with how much it proves against a mark of `size` characters, 0 when chance is the better explanation.

    Not for ONE_CHARACTER. Doubts are added up; their weights and bounds were chosen by measuring on real titles and
    marks. A name stands at the beginning of a title more often than anywhere else.
    """
    doubt = doubt_of(size, chance)
    if size == 2 and step != SPLIT:
        return step | WEAK if chance.cut < DICTIONARY and chance.cover < DICTIONARY and doubt <= CERTAIN else 0
    if chance.cover == DICTIONARY:
        doubt += 1
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
