"""What a place in a text and a pattern differ by, once their looks agree: ordinary spelling, a disguise, or chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    CLAUSE,
    COLON,
    CONFUSABLE,
    DIGIT,
    DOT,
    HARD,
    HYPHEN,
    LEET,
    LEET_SIGN,
    NO_GAP,
    PERCENT,
    PLUS,
    SEPARATORS,
    SPACE,
    SYMBOL,
    TILDE,
    ZERO_WIDTH,
)
from detectors.kernels.jit import inline
from detectors.kernels.words import SHORT

REJECTED = -1
_LOWER_L, _LOWER_I, _UPPER_I = 108, 105, 73
_EDGE_FIGURES = (48, 49, 51)  # 0, 1, 3
_BEGIN_FIGURES = (52, 53)  # 4 and 5 too, where a long word begins: 4didas
_LONG = 6


@inline
def gap_bits(
    at: int,
    length: int,
    offset: int,
    is_latin: bool,
    is_alone: bool,
    gaps: NDArray[np.uint8],
    pattern_gaps: NDArray[np.uint8],
) -> int:
    """What the separators inside a hit say: 0 for ordinary spelling, SEPARATORS for a disguise, or rejected.

    A separator between all symbols is a disguise, and so is a sign such as * or an emoji between some. In a Latin
    word a hyphen or dot is everyday ("uni-ball"), and spaces between some letters are two words that happen to stand
    together ("as us"). In Han, kana and Hangul every sign is a disguise and a space says nothing; a mark of two must
    then stand alone, or it is the end of one word and the start of another (用品 客厅).
    """
    strange = 0
    inside = 0
    uniform = True
    everyday = True
    wide = False
    for p in range(1, length):
        gap, wanted = gaps[at + p], pattern_gaps[offset + p]
        if wanted == COLON or wanted == PLUS or wanted == PERCENT:
            if gap != wanted:
                return REJECTED
            continue
        if gap == NO_GAP:
            continue
        inside += 1
        if gap == CLAUSE:
            return REJECTED
        if wanted != NO_GAP:
            if gap == HARD:
                return REJECTED
            continue
        strange += 1
        uniform = uniform and gap == gaps[at + 1]
        is_sign = HYPHEN <= gap <= TILDE or gap == SYMBOL
        wide = wide or not is_sign
        everyday = everyday and (gap <= DOT if is_latin else gap == SPACE)
    if strange == 0:
        return 0
    if uniform and inside == length - 1 and length >= SHORT:
        return SEPARATORS
    if is_latin:
        return REJECTED if wide or length < SHORT else (0 if everyday else SEPARATORS)
    if length == 2:
        return REJECTED if wide and not is_alone else SEPARATORS
    return 0 if everyday and inside < length - 1 else SEPARATORS


@inline
def _is_upper(code: int) -> bool:
    return 65 <= code <= 90


@inline
def _is_lower(code: int) -> bool:
    return 97 <= code <= 122


@inline
def _passes_for(
    raw: int, at: int, p: int, length: int, sources: NDArray[np.int32], code_points: NDArray[np.uint32]
) -> bool:
    """Whether a small l passes for I (among capitals: NlKE) or a capital I for l (after a small letter: AppIe)."""
    if raw == _UPPER_I:
        return p > 0 and _is_lower(int(code_points[sources[at + p - 1]]))
    if raw != _LOWER_L:
        return False
    capitals = 0
    for other in range(length):
        code = int(code_points[sources[at + other]])
        if _is_lower(code) and code != _LOWER_L:
            return False
        capitals += _is_upper(code)
    return capitals > 0


@inline
def _is_number(at: int, kinds: NDArray[np.uint8]) -> bool:
    return bool(kinds[at] == DIGIT)


@inline
def compare(
    at: int,
    length: int,
    offset: int,
    bases: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    sources: NDArray[np.int32],
    code_points: NDArray[np.uint32],
    looks: NDArray[np.uint32],
    pattern_bases: NDArray[np.uint32],
    pattern_looks: NDArray[np.uint32],
) -> int:
    """The bits by which the text differs from the pattern, or rejected where looks alone had made them equal.

    A digit passes for a letter between letters (N1KE), or at the edge of a long word that has no other digit (Gucc1)
    or has one between letters too (5umd3x): SP35 is a model number. A Latin word is no disguise of a Greek mark that
    is drawn like it; at an edge 0, 1 and 3 are letters, 4 and 5 seldom (note5), and a figure by itself is none.
    """
    found = 0
    substitutions = 0
    digits = 0
    edge, inside = False, False
    mark_has_digit = False
    all_ascii = True
    for p in range(length):
        symbol = bits[at + p]
        starts_word = p == 0 or gaps[at + p] != NO_GAP
        found |= (symbol & ~ZERO_WIDTH) if starts_word else symbol  # between words it is residue of copying
        have, want = int(bases[at + p]), int(pattern_bases[offset + p])
        mark_has_digit = mark_has_digit or 48 <= want <= 57
        all_ascii = all_ascii and have < 128
        if have == want:
            continue
        if looks[at + p] != pattern_looks[offset + p]:
            return REJECTED  # two prefixes with one hash
        substitutions += 1
        if kinds[at + p] == DIGIT or kinds[at + p] == LEET_SIGN:
            digits += 1
            at_edge = p == 0 or p == length - 1
            is_figure = kinds[at + p] == DIGIT
            begins_long = p == 0 and length >= _LONG and have in _BEGIN_FIGURES
            if is_figure and ((p > 0 and starts_word) or (at_edge and not begins_long and have not in _EDGE_FIGURES)):
                return REJECTED
            edge = edge or at_edge
            inside = inside or not (at_edge or _is_number(at + p - 1, kinds) or _is_number(at + p + 1, kinds))
            found |= LEET
            continue
        if 48 <= want <= 57:
            return REJECTED
        l_for_i = (have == _LOWER_L and want == _LOWER_I) or (have == _LOWER_I and want == _LOWER_L)
        raw = int(code_points[sources[at + p]])
        if l_for_i and not _passes_for(raw, at, p, length, sources, code_points):
            return REJECTED
        found |= CONFUSABLE
    if substitutions == 0:
        return found
    if digits > 0 and (mark_has_digit or length < SHORT or digits * 5 > length * 2):
        return REJECTED
    if edge and (length == SHORT or (digits > 1 and not inside)):
        return REJECTED
    if substitutions == length and (length < SHORT or all_ascii):
        return REJECTED
    return found
