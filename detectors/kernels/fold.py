"""Folding kernel: code points of a page to symbols, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    CLAUSE,
    COMBINING,
    HARD,
    LEET_SIGN,
    MIXED,
    NO_GAP,
    SPACE,
    SYMBOL,
    ZERO_WIDTH,
)
from detectors.kernels.jit import inline, kernel

_IGNORABLE = 0x20
_GAP = 0x40
_AT, _DOLLAR = 64, 36  # the signs that also begin a word: $amsung, @sus


@inline
def _joined_gap(before: int, now: int) -> int:
    """What two separators in a row are together: the one that ends a clause wins, then the hard one."""
    if before == NO_GAP or before == now:
        return now
    if before >= HARD or now >= HARD:
        return max(before, now)
    if (before == SYMBOL or now == SYMBOL) and before != SPACE and now != SPACE:
        return SYMBOL
    return MIXED


@inline
def _kind_of(code: int, kinds: NDArray[np.uint8]) -> int:
    if code < kinds.size:
        return int(kinds[code])
    if code < 0x3FFFF:
        return 3  # HAN: extensions not in the table stand for themselves
    return _IGNORABLE if 0xE0000 <= code < 0xE0200 else _GAP | SYMBOL


@inline
def _is_letter(code: int, kinds: NDArray[np.uint8]) -> bool:
    return code < kinds.size and kinds[code] == ALPHABETIC


@kernel
def fold_fields(
    code_points: NDArray[np.uint32],
    starts: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    hows: NDArray[np.uint16],
    bases: NDArray[np.uint32],
    looks: NDArray[np.uint32],
    counts: NDArray[np.uint8],
    firsts: NDArray[np.int32],
    more_bases: NDArray[np.uint32],
    more_looks: NDArray[np.uint32],
    more_kinds: NDArray[np.uint8],
    leet_signs: NDArray[np.uint32],
    out_looks: NDArray[np.uint32],
    out_bases: NDArray[np.uint32],
    out_sources: NDArray[np.int32],
    out_kinds: NDArray[np.uint8],
    out_gaps: NDArray[np.uint8],
    out_bits: NDArray[np.uint16],
    out_clauses: NDArray[np.int32],
    out_fields: NDArray[np.int32],
) -> int:
    """Folds every field; shapes as in folding.FoldedText. Returns the number of symbols, or -1: `out` is too small."""
    capacity = out_looks.size
    count = 0
    clause = 0
    for field in range(starts.size - 1):
        out_fields[field] = count
        first, end = starts[field], starts[field + 1]
        clause += 1
        gap = NO_GAP
        pending = 0  # bits of invisible characters since the last symbol
        for index in range(first, end):
            code = int(code_points[index])
            kind = _kind_of(code, kinds)
            if kind & _GAP:
                sign = leet_signs[code] if code < 128 else np.uint32(0)
                if sign != 0 and index + 1 < end:
                    before = index > first and _is_letter(int(code_points[index - 1]), kinds)
                    after = int(code_points[index + 1])
                    leads = (code in (_AT, _DOLLAR)) and _is_letter(after, kinds)
                    if leads or (before and (_is_letter(after, kinds) or 48 <= after <= 57)):
                        if count == capacity:
                            return -1
                        out_looks[count] = sign
                        out_bases[count] = code
                        out_sources[count] = index
                        out_kinds[count] = LEET_SIGN
                        out_gaps[count] = gap
                        out_bits[count] = pending
                        out_clauses[count] = clause
                        count += 1
                        gap = NO_GAP
                        pending = 0
                        continue
                gap = _joined_gap(gap, kind & 0x1F)
                if gap == CLAUSE:
                    clause += 1
                continue
            if kind == _IGNORABLE:
                bit = int(hows[code]) if code < hows.size else ZERO_WIDTH
                if bit == COMBINING and count > out_fields[field] and gap == NO_GAP:
                    out_bits[count - 1] |= bit  # a combining stroke belongs to the letter before it
                else:
                    pending |= bit
                continue
            known = code < kinds.size
            symbols = int(counts[code]) if known else 1
            if count + symbols > capacity:
                return -1
            bits = (int(hows[code]) if known else 0) | pending
            for part in range(symbols):
                if symbols > 1:
                    at = firsts[code] + part
                    out_looks[count] = more_looks[at]
                    out_bases[count] = more_bases[at]
                    out_kinds[count] = more_kinds[at]
                else:
                    out_looks[count] = looks[code] if known else code
                    out_bases[count] = bases[code] if known else code
                    out_kinds[count] = kind
                out_sources[count] = index
                out_gaps[count] = gap if part == 0 else NO_GAP
                out_bits[count] = bits
                out_clauses[count] = clause
                count += 1
            gap = NO_GAP
            pending = 0
    out_fields[starts.size - 1] = count
    return count
