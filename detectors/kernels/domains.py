"""Marks inside the names of domains: gmail-support.com. The mark's own name alone, gmail.com, says nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import ALPHABETIC, DIGIT, DOT, HYPHEN, IN_DOMAIN, MARK, NO_GAP
from detectors.kernels.jit import inline, kernel
from detectors.kernels.near import DICTIONARY, text_hash, word_class

LEAST_MARK = 4  # letters: shorter ones are part of many words
LONGEST_LABEL = 63  # symbols, as DNS has it
LONGEST_ENDING = 8
_S = 115


@inline
def _is_in_label(at: int, gaps: NDArray[np.uint8], kinds: NDArray[np.uint8]) -> bool:
    """Whether a symbol continues the label of a domain that the one before it belongs to."""
    is_letter = kinds[at] == ALPHABETIC or kinds[at] == DIGIT
    return bool(is_letter and (gaps[at] == NO_GAP or gaps[at] == HYPHEN))


@inline
def _is_ending(
    at: int,
    end: int,
    bases: NDArray[np.uint32],
    gaps: NDArray[np.uint8],
    kinds: NDArray[np.uint8],
    endings: NDArray[np.uint32],
) -> bool:
    """Whether a dot and the end of a domain's name stand from `at` on."""
    if at >= end or gaps[at] != DOT or kinds[at] != ALPHABETIC:
        return False
    stop = at + 1
    while stop < end and stop - at <= LONGEST_ENDING and kinds[stop] == ALPHABETIC and gaps[stop] == NO_GAP:
        stop += 1
    return word_class(text_hash(bases, at, stop), endings) != 0


@inline
def _is_everyday(first: int, end: int, bases: NDArray[np.uint32], words: NDArray[np.uint32]) -> bool:
    """Whether the symbols are a dictionary's word, or its plural: powers in powerseller."""
    if word_class(text_hash(bases, first, end), words) == DICTIONARY:
        return True
    return bases[end - 1] == _S and word_class(text_hash(bases, first, end - 1), words) == DICTIONARY


@kernel
def find_domains(
    hit_kinds: NDArray[np.uint8],
    fields: NDArray[np.int32],
    symbols: NDArray[np.int32],
    lengths: NDArray[np.int32],
    bounds: NDArray[np.int32],
    bases: NDArray[np.uint32],
    gaps: NDArray[np.uint8],
    kinds: NDArray[np.uint8],
    endings: NDArray[np.uint32],
    words: NDArray[np.uint32],
    context: NDArray[np.uint8],
) -> None:
    """Adds the bit IN_DOMAIN to `context`, uint8[hits], where a mark is part of a longer label of a domain's name.

    hit_kinds, fields, symbols, lengths: one per hit. bounds: int32[f + 1], where each field's symbols begin. bases,
    gaps, kinds: per symbol. endings, words: hash sets (see fill_words) of top-level domains and of ordinary words.
    """
    for hit in range(hit_kinds.size):
        if hit_kinds[hit] != MARK or lengths[hit] < LEAST_MARK:
            continue
        first, end = symbols[hit], symbols[hit] + lengths[hit]
        low, high = bounds[fields[hit]], bounds[fields[hit] + 1]
        start, stop = first, end
        while start > low and first - start < LONGEST_LABEL and _is_in_label(start, gaps, kinds):
            if kinds[start - 1] != ALPHABETIC and kinds[start - 1] != DIGIT:
                break
            start -= 1
        while stop < high and stop - end < LONGEST_LABEL and _is_in_label(stop, gaps, kinds):
            stop += 1
        if stop - start == lengths[hit] or not _is_ending(stop, high, bases, gaps, kinds, endings):
            continue
        if not _is_everyday(first, end, bases, words):
            context[hit] |= IN_DOMAIN
