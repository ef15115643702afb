"""The ordinary words of a run of Chinese characters: two bytes a character, so that each word is looked up once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline
from detectors.kernels.near import Lexicon, Symbols, appended, text_hash, word_class, word_sizes

LONGEST_WORD = 4  # characters
COVERED = 3  # bits of KNOWN and DICTIONARY: the words that a character stands in
CUT = 6  # and as far up: those that go on over the character's beginning
BEGINS, ENDS, READ = 4, 8, 16  # a word begins at the character; one ends before it; the run has been read
SIZES = 8  # and as far up: the classes of the words of two, three, four characters that begin there, two bits each


class Run(NamedTuple):
    """Chinese characters without a gap from low to high, in a field that begins at `field`."""

    low: int
    high: int
    field: int


@inline
def read_words(run: Run, text: Symbols, lexicon: Lexicon, words: NDArray[np.uint16]) -> None:
    """Fills words[run.low : run.high], zeros until then. Does nothing the second time."""
    if words[run.low] & READ != 0:
        return
    words[run.low] |= READ
    for first in range(run.low, run.high - 1):
        hashed = text_hash(text.bases, first, first + 2)
        sizes = word_sizes(hashed, lexicon.han_begins)
        if sizes == 0:
            continue
        for stop in range(first + 2, min(run.high, first + LONGEST_WORD) + 1):
            if stop > first + 2:
                hashed = appended(hashed, int(text.bases[stop - 1]))
            if (sizes >> (stop - first - 2)) & 1 == 0:
                continue
            found = word_class(hashed, lexicon.han_words)
            if found == 0:
                continue
            words[first] |= np.uint16(BEGINS | found | found << (SIZES + 2 * (stop - first - 2)))
            if stop < run.high:
                words[stop] |= np.uint16(ENDS)
            for at in range(first + 1, stop):
                words[at] |= np.uint16(found | found << CUT)
