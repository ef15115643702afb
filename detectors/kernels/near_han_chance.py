"""How far chance explains a text that is nearly a Chinese mark: words that cover it, cut it, or are in the mark."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import LIKELY, ONE_CHARACTER, SPLIT, STRONG, TRANSPOSED, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import DICTIONARY, Lexicon, Marks, text_hash, word_class
from detectors.kernels.near_han_words import BEGINS, COVERED, CUT, ENDS, LONGEST_WORD, Run

CERTAIN, POSSIBLE = 2, 4  # doubts up to which a text is surely meant as the mark, and may be meant so
CERTAIN_OF_THREE = 1  # ... when one of three characters is any other: so many names are near each other


class Chance(NamedTuple):
    """Classes of words, 0 for none, KNOWN, or DICTIONARY for a common one.

    cover: of the most ordinary word that a changed character stands in; cut: that goes on over an edge of the text;
    rest: in the mark, without a changed character. is_edged: before and after stands a word, or nothing. begins: 0 amid
    other characters, 1 after a space or sign, 2 at the beginning of the field.
    """

    cover: int
    cut: int
    rest: int
    is_edged: bool
    begins: int


@inline
def _most_ordinary(classes: int | np.int64) -> int:
    """KNOWN and DICTIONARY are bits where several words were found."""
    return DICTIONARY if classes & DICTIONARY != 0 else int(classes)


@inline
def chance_of(at: int, end: int, run: Run, changed: int, rest: int, words: NDArray[np.uint8]) -> Chance:
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
    return Chance(_most_ordinary(cover & COVERED), _most_ordinary(cut), rest, before and after, begins)


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
def may_be_meant(size: int, chance: Chance) -> bool:
    """Whether strength_of may be anything but 0 for some mark of `size`, where no character is in parts or swapped.

    Asked before the marks are looked at: among a million marks a hundred may share all characters but one.
    """
    doubt = chance.cover + chance.cut + 2 - chance.begins + int(not chance.is_edged)
    if size == 2:
        return chance.cut == 0 and chance.cover < DICTIONARY and doubt <= CERTAIN
    return doubt + int(chance.cover == DICTIONARY) <= POSSIBLE


@inline
def strength_of(step: int, size: int, chance: Chance) -> int:
    """The step with how much it proves against a mark of `size` characters, 0 when chance is the better explanation.

    Doubts are added up; their weights and bounds were chosen by measuring on real titles and marks. A name stands at
    the beginning of a title more often than anywhere else.
    """
    doubt = chance.cover + chance.cut + 2 - chance.begins + int(not chance.is_edged)
    if size == 2 and step != SPLIT:
        return step | WEAK if chance.cut == 0 and chance.cover < DICTIONARY and doubt <= CERTAIN else 0
    if chance.cover == DICTIONARY:
        doubt += 1
    if step == ONE_CHARACTER and size == 3:  # of an ordinary word and a character any other may come: 舒适堡, 舒适型
        doubt += chance.rest + int(chance.rest == DICTIONARY)
    elif step == SPLIT or step == TRANSPOSED:  # the same characters are left
        doubt -= 2 * int(size > 2)
    elif chance.begins == 0:  # 便宜 and a character that sounds like 坊 are cheap and something else
        doubt += int(chance.rest == DICTIONARY or (chance.rest > 0 and step == ONE_CHARACTER))
    if doubt <= (CERTAIN_OF_THREE if step == ONE_CHARACTER and size == 3 else CERTAIN):
        return step | STRONG
    if doubt > POSSIBLE:
        return 0
    is_likely = doubt <= CERTAIN or (doubt == CERTAIN + 1 and chance.begins == 2)
    return step | WEAK | (LIKELY if is_likely else 0)
