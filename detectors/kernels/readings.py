"""Second readings of a field, put after its symbols: pictures, which stand for words, and text that is shown backwards.

In its place a picture is a separator (N🔥I🔥K🔥E), and text after an override may be read as it is sent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import CLAUSE, HANGUL, NO_GAP, PICTURE, SPACE, SYMBOL, ZERO_WIDTH
from detectors.kernels.jit import inline

IGNORABLE, GAP = 0x20, 0x40  # in the table of folding.py
OVERRIDE, _POP, _FEED, _RETURN = 0x202E, 0x202C, 0x0A, 0x0D
SIGN_GAP = GAP | SYMBOL
JAMO_END, _SYLLABLES = 0x1200, 0xAC00
_LEADS, _VOWELS, _TAILS = 0x1100, 0x1161, 0x11A7
_LEAD_COUNT, _VOWEL_COUNT, _TAIL_COUNT = 19, 21, 28
TAIL_OF_LEAD = np.array([1, 2, 4, 7, 0, 8, 16, 17, 0, 19, 20, 21, 22, 0, 23, 24, 25, 26, 27], np.int64)


@inline
def is_picture(code: int) -> bool:
    """Whether a sign that separates words is an emoji, skin tones apart."""
    return (0x1F000 <= code < 0x20000 and not 0x1F3FB <= code <= 0x1F3FF) or 0x2600 <= code < 0x27C0


@inline
def _is_lead(base: int) -> bool:
    return _LEADS <= base < _LEADS + _LEAD_COUNT


@inline
def _is_open(base: int) -> bool:
    """Whether it is a syllable that has no tail yet."""
    return _SYLLABLES <= base < 0xD7A4 and (base - _SYLLABLES) % _TAIL_COUNT == 0


@inline
def _takes_tail(
    at: int, first: int, bases: NDArray[np.uint32], gaps: NDArray[np.uint8], sources: NDArray[np.int32],
    code_points: NDArray[np.uint32],
) -> bool:  # fmt: skip
    """Whether the consonant at a place ends the syllable before it, which was spelled out too: ㄱㅣㅁ, not 키ㅋㅋ."""
    if at <= first or not _is_lead(int(bases[at])) or gaps[at] != NO_GAP or not _is_open(int(bases[at - 1])):
        return False
    spelled = code_points[sources[at - 1]]
    return not _SYLLABLES <= spelled < 0xD7A4 and TAIL_OF_LEAD[int(bases[at]) - _LEADS] > 0


@inline
def compose(
    first: int,
    count: int,
    looks: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    sources: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    clauses: NDArray[np.int32],
    code_points: NDArray[np.uint32],
) -> int:
    """Puts Hangul that is sent in parts together, in place; the new end of the symbols from `first` to `count`."""
    end = first
    for at in range(first, count):
        base, is_glued = int(bases[at]), end > first and gaps[at] == NO_GAP and kinds[at] == HANGUL
        before = int(bases[end - 1]) if is_glued else 0
        if _VOWELS <= base < _VOWELS + _VOWEL_COUNT and _is_lead(before):
            base = _SYLLABLES + ((before - _LEADS) * _VOWEL_COUNT + base - _VOWELS) * _TAIL_COUNT
        elif _TAILS < base < _TAILS + _TAIL_COUNT and _is_open(before):
            base = before + base - _TAILS
        else:
            if _takes_tail(end - 1, first, bases, gaps, sources, code_points):
                end -= 1
                bases[end - 1] += TAIL_OF_LEAD[int(bases[end]) - _LEADS]
                looks[end - 1] = bases[end - 1]
                bits[end - 1] |= bits[end]
            looks[end], bases[end], sources[end], kinds[end] = looks[at], bases[at], sources[at], kinds[at]
            gaps[end], bits[end], clauses[end] = gaps[at], bits[at], clauses[at]
            end += 1
            continue
        looks[end - 1], bases[end - 1] = base, base
        bits[end - 1] |= bits[at]
    if _takes_tail(end - 1, first, bases, gaps, sources, code_points):
        end -= 1
        bases[end - 1] += TAIL_OF_LEAD[int(bases[end]) - _LEADS]
        looks[end - 1] = bases[end - 1]
        bits[end - 1] |= bits[end]
    return end


@inline
def add_pictures(
    first: int,
    count: int,
    begin: int,
    end: int,
    clause: int,
    code_points: NDArray[np.uint32],
    classes: NDArray[np.uint8],
    looks: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    sources: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    clauses: NDArray[np.int32],
) -> int:
    """Adds the pictures of code points `begin` to `end`, whose symbols are `first` to `count`, each in its own clause.

    classes: FoldTable.kinds. clause: the number for a field without symbols.
    Neighbours are a space apart, all others a clause. Returns the new count, or -1 when there is no room.
    """
    near, symbols, last = first, count, -9
    for index in range(begin, end):
        code = int(code_points[index])
        if not (is_picture(code) and classes[code] == SIGN_GAP):
            last += int((code == 0x200D or code == 0xFE0F or 0x1F3FB <= code <= 0x1F3FF) and last == index - 1)
            continue
        if count == looks.size:
            return -1
        while near < symbols and sources[near] < index:
            near += 1
        at = near - 1 if near > first else near
        looks[count], bases[count], sources[count], kinds[count] = code, code, index, PICTURE
        gaps[count] = SPACE if last == index - 1 else CLAUSE
        bits[count], clauses[count] = 0, clauses[at] if symbols > first else clause
        last = index
        count += 1
    return count


@inline
def read_backwards(
    count: int,
    begin: int,
    end: int,
    clause: int,
    code_points: NDArray[np.uint32],
    classes: NDArray[np.uint8],
    counts: NDArray[np.uint8],
    table_looks: NDArray[np.uint32],
    table_bases: NDArray[np.uint32],
    looks: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    sources: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
    clauses: NDArray[np.int32],
) -> int:
    """Adds what stands behind right-to-left overrides as it is shown, last character first; ligatures are left out.

    classes, counts, table_looks, table_bases: the columns of FoldTable. Returns the new count, or -1.
    """
    place = begin
    while place < end:
        if code_points[place] != OVERRIDE:
            place += 1
            continue
        stop = place + 1
        while stop < end and code_points[stop] not in (OVERRIDE, _POP, _FEED, _RETURN):
            stop += 1
        gap = CLAUSE
        for index in range(stop - 1, place, -1):
            code = int(code_points[index])
            if code >= classes.size or classes[code] >= IGNORABLE or counts[code] != 1:
                is_gap = code < classes.size and classes[code] & GAP
                gap = max(gap, int(classes[code]) & 0x1F) if is_gap else gap
                continue
            if count == looks.size:
                return -1
            looks[count], bases[count], sources[count] = table_looks[code], table_bases[code], index
            kinds[count], gaps[count], bits[count], clauses[count] = classes[code], gap, ZERO_WIDTH, clause
            gap = NO_GAP
            count += 1
        place = stop
    return count
