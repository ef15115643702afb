"""What a place in a text and a pattern differ by, once their looks agree: ordinary spelling, a disguise, or chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    CLAUSE,
    COLON,
    CONFUSABLE,
    DIGIT,
    DOT,
    DOUBTFUL,
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
_LONG = 6  # letters of a mark that may be broken in two, or begin or end with two figures
_PIECE = 2  # letters of the shortest part
_INITIALS = 3  # letters of the shortest mark that may be spelled with signs, or in another script from end to end


@inline
def _runs_on(at: int, length: int, first: int, end: int, kinds: NDArray[np.uint8], gaps: NDArray[np.uint8]) -> bool:
    """Whether what is spelled sign by sign is part of a longer word spelled alike: İDAŞ in A*d*i*d*a*s."""
    gap, kind = gaps[at + 1], kinds[at]
    is_latin = kind == ALPHABETIC or kind == DIGIT
    most = 1 if length == 2 or (is_latin and length < SHORT) else 2  # letters beside it that are chance: a size
    more = 0
    left = at
    while more < most and left > first and gaps[left] == gap and kinds[left - 1] == kind:
        left -= 1
        more += int(left == first or gaps[left] != NO_GAP)
        if left > first and gaps[left] == NO_GAP:
            break
    right = at + length
    while more < most and right < end and gaps[right] == gap and kinds[right] == kind:
        right += 1
        if right < end and gaps[right] == NO_GAP:
            break
        more += 1
    return more >= most


@inline
def gap_bits(
    at: int,
    length: int,
    offset: int,
    is_latin: bool,
    is_alone: bool,
    first: int,
    end: int,
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    pattern_gaps: NDArray[np.uint8],
) -> int:
    """What the separators inside a hit say: 0 for ordinary spelling, SEPARATORS for a disguise, or rejected.

    A separator between all symbols is a disguise, and so is a sign such as * or an emoji between some. Three letters
    with dots or hyphens are initials as everybody writes them (U.G.G), with other signs hidden (M*C*M). In a Latin
    word a hyphen or dot is everyday ("uni-ball"), and spaces between some letters may be two words that happen to
    stand together ("as us"): a long one in parts (rep lica, LU/MO/RA) is DOUBTFUL until its parts are known to be no
    words. In Han, kana and Hangul every sign is a disguise and a space says nothing; a mark of two must
    then stand alone, or it is the end of one word and the start of another (用品 客厅).
    """
    strange = 0
    inside = 0
    uniform = True
    everyday = True
    wide = False
    hard = False
    broken_by = NO_GAP
    alike = True
    piece = 1
    shortest = length
    for p in range(1, length):
        gap, wanted = gaps[at + p], pattern_gaps[offset + p]
        if wanted == COLON or wanted == PLUS or wanted == PERCENT:
            if gap != wanted:
                return REJECTED
            continue
        if gap == NO_GAP:
            piece += 1
            continue
        shortest = min(shortest, piece)
        piece = 1
        inside += 1
        if gap == CLAUSE:
            return REJECTED
        if wanted != NO_GAP:
            if gap == HARD:
                return REJECTED
            continue
        strange += 1
        figures = int(kinds[at + p - 1] == DIGIT) + int(kinds[at + p] == DIGIT)
        if figures > int(is_latin):
            return REJECTED  # 20*30 is a size
        uniform = uniform and gap == gaps[at + 1]
        alike = alike and (strange == 1 or gap == broken_by)
        broken_by = gap
        hard = hard or gap == HARD
        is_sign = HYPHEN <= gap <= TILDE or gap == SYMBOL
        wide = wide or not is_sign
        everyday = everyday and (gap <= DOT if is_latin else gap == SPACE)
    if strange == 0:
        return 0
    is_spelled = inside == length - 1
    is_row = is_spelled and uniform and (length >= _INITIALS or not is_latin)
    if is_row and _runs_on(at, length, first, end, kinds, gaps):
        return REJECTED
    if is_spelled and (uniform or length > SHORT) and length >= SHORT:
        return SEPARATORS
    if is_latin:
        if not wide and (length >= SHORT or (is_row and length == _INITIALS)):
            return 0 if everyday else SEPARATORS
        in_parts = strange == inside and alike and not hard and length >= _LONG and min(shortest, piece) >= _PIECE
        return SEPARATORS | DOUBTFUL if in_parts else REJECTED
    if length == 2:
        return REJECTED if wide and not is_alone else SEPARATORS
    return 0 if everyday and not is_spelled else SEPARATORS


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
        while p > 0 and code_points[sources[at + p - 1]] == _UPPER_I:
            p -= 1  # CaIIaway
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
def _weigh_figures(figures: int, signs: int, front: int, back: int, length: int) -> int:
    """What figures and signs in the place of letters say: `front` and `back` of them stand at the mark's edges.

    Enough letters must remain, more of them beside figures alone: SP35 is a model number, and so may be what begins or
    ends with a figure, unless the rest of it is no word (Gucc1 against note5), so that is DOUBTFUL.
    """
    most = length // 2 if signs > 0 else length * 2 // 5
    if length < SHORT or figures > most:
        return REJECTED
    if front + back == 0:
        return LEET
    if max(front, back) > 2 or (max(front, back) == 2 and length - figures < _LONG):
        return REJECTED
    if front > 0 and back > 0 and length < _LONG and signs == 0:
        return REJECTED
    return LEET | DOUBTFUL


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

    Figures and signs pass for letters (N1KE, Plu$) as _weigh_figures says; a figure that is a word by itself is none.
    A Latin word is no disguise of a Greek mark that is drawn like it.
    """
    found = 0
    substitutions = 0
    figures, signs, front, back, alone, breaks = 0, 0, 0, 0, 0, 0
    mark_has_digit = False
    all_ascii = True
    for p in range(length):
        symbol = bits[at + p]
        starts_word = p == 0 or gaps[at + p] != NO_GAP
        breaks += int(starts_word)
        found |= (symbol & ~ZERO_WIDTH) if starts_word else symbol  # between words it is residue of copying
        have, want = int(bases[at + p]), int(pattern_bases[offset + p])
        mark_has_digit = mark_has_digit or 48 <= want <= 57
        all_ascii = all_ascii and have < 128
        back += 1
        if have == want:
            back = 0
            continue
        if looks[at + p] != pattern_looks[offset + p]:
            return REJECTED  # two prefixes with one hash
        substitutions += 1
        if kinds[at + p] == DIGIT or kinds[at + p] == LEET_SIGN:
            figures += 1
            is_sign = kinds[at + p] == LEET_SIGN
            signs += int(is_sign)
            front += int(figures == p + 1 and signs == 0)
            back = 0 if is_sign else back
            alone += int(starts_word and (p == length - 1 or gaps[at + p + 1] != NO_GAP))
            continue
        back = 0
        if 48 <= want <= 57:
            return REJECTED
        l_for_i = (have == _LOWER_L and want == _LOWER_I) or (have == _LOWER_I and want == _LOWER_L)
        raw = int(code_points[sources[at + p]])
        if l_for_i and not _passes_for(raw, at, p, length, sources, code_points):
            return REJECTED
        found |= CONFUSABLE
    if substitutions == 0:
        return found
    if substitutions == length and (length < _INITIALS or all_ascii):
        return REJECTED
    if figures == 0:
        return found
    if mark_has_digit or (alone > 0 and breaks < length) or (length == SHORT and breaks > 1):
        return REJECTED
    weighed = _weigh_figures(figures, signs, front, back, length)
    return REJECTED if weighed == REJECTED else found | weighed
