"""Folding kernel: code points of a page to symbols, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.codes import (
    ALPHABETIC,
    CLAUSE,
    COMBINING,
    COMPATIBILITY,
    DIGIT,
    HAN,
    HANGUL,
    HARD,
    LEET_SIGN,
    MIXED,
    NO_GAP,
    SPACE,
    SYMBOL,
    ZERO_WIDTH,
)
from detectors.kernels.jit import inline, kernel
from detectors.kernels.readings import JAMO_END, OVERRIDE, add_pictures, compose, is_picture, read_backwards
from detectors.kernels.references import AMPERSAND, reference

_IGNORABLE = 0x20
_ASCII_END = 0x80
_SPACE_CODE = 0x20
_GAP = 0x40
_SIGN = 0x80  # a gap that may pass for a letter
_GAPS, _WHAT = 0x20, 0x1F  # above the codes of separators, and the bits that they take
PLAIN_GAP, PLAIN_SYMBOL, PLAIN_HOW = 8, 13, 16  # where FoldTable.plain has what, above the class of the symbol
_NOTHING, _LETTER, _FIGURE, _MARK = 0, 1, 2, 3  # what stands beside a sign
_BARS = (0x7C, 0xFF5C, 0xFFE8)
_BAR, _EXCLAMATION = 0x7C, 0x21


def _join(before: int, now: int) -> int:
    """What two separators in a row are together: the one that ends a clause wins, then the hard one."""
    if before == NO_GAP or before == now:
        return now
    if before >= HARD or now >= HARD:
        return max(before, now)
    if (before == SYMBOL or now == SYMBOL) and before != SPACE and now != SPACE:
        return SYMBOL
    return MIXED


# Where a word ends is as good as random to the processor, so a table takes the place of branches.
_JOINED = np.array([[_join(before, now) for now in range(_GAPS)] for before in range(_GAPS)], np.uint8)
_JOINED[:, NO_GAP] = NO_GAP  # behind a symbol


@inline
def _fold_plain(
    at: int,
    end: int,
    count: int,
    gap: int,
    pending: int,
    code_points: NDArray[np.uint32],
    plain: NDArray[np.uint32],
    sources: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    gaps: NDArray[np.uint8],
    bits: NDArray[np.uint16],
) -> tuple[int, int, int, int]:
    """Folds what needs no second look, nearly all; returns where it stopped, symbols, gap and bits that are pending.

    Looks and bases come in a second loop: with more arrays than the processor has registers each symbol waits for them.
    """
    while at < end and count < kinds.size:
        entry = plain[min(code_points[at], np.uint32(plain.size - 1))]
        if entry == 0:
            break
        is_symbol = int(entry >> PLAIN_SYMBOL & 1)  # else what is written here is written over
        sources[count] = at
        kinds[count] = entry & 0xFF
        gaps[count] = gap
        bits[count] = (entry >> PLAIN_HOW) | pending
        gap = int(_JOINED[gap, entry >> PLAIN_GAP & _WHAT])
        pending &= is_symbol - 1
        count += is_symbol
        at += 1
    return at, count, gap, pending


@inline
def _draw(
    first: int,
    end: int,
    clause: int,
    code_points: NDArray[np.uint32],
    looks: NDArray[np.uint32],
    bases: NDArray[np.uint32],
    sources: NDArray[np.int32],
    out_looks: NDArray[np.uint32],
    out_bases: NDArray[np.uint32],
    out_clauses: NDArray[np.int32],
) -> None:
    """Fills in looks, bases and clauses of symbols that stand for themselves."""
    for symbol in range(first, end):
        code = code_points[sources[symbol]]
        out_looks[symbol] = looks[code]
        out_bases[symbol] = bases[code]
        out_clauses[symbol] = clause


@inline
def _kind_of(code: int, kinds: NDArray[np.uint8]) -> int:
    if code < kinds.size:
        return int(kinds[code])
    if code < 0x3FFFF:
        return 3  # HAN: extensions not in the table stand for themselves
    return _IGNORABLE if 0xE0000 <= code < 0xE0200 else _GAP | SYMBOL


@inline
def _beside(at: int, first: int, end: int, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> int:
    """What stands at a place, for a sign next to it."""
    if not first <= at < end or code_points[at] >= kinds.size:
        return _NOTHING
    kind = kinds[code_points[at]]
    if kind == ALPHABETIC:
        return _LETTER
    return _FIGURE if kind == DIGIT else (_MARK if kind & _SIGN else _NOTHING)


@inline
def _visible(
    at: int, step: int, first: int, end: int, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8]
) -> int:
    """The nearest place from here, in steps of 1 or -1, where something is seen: what is not parts nothing."""
    while first <= at < end and _kind_of(int(code_points[at]), kinds) == _IGNORABLE:
        at += step
    return at


@inline
def _is_letter(
    at: int, after: int, first: int, end: int, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8]
) -> bool:
    """Whether a sign is read as a letter: between letters (n!ke, me$$i), before a figure (ph!1ips), at a word's edge.

    Behind a figure it is one only where a letter stands before that (le9!t): 50€ is a price.
    """
    before = _visible(at - 1, -1, first, end, code_points, kinds)
    left = _beside(before, first, end, code_points, kinds)
    right = _beside(_visible(after, 1, first, end, code_points, kinds), first, end, code_points, kinds)
    if left == _FIGURE or left == _MARK:
        before = _visible(before - 1, -1, first, end, code_points, kinds)
        if _beside(before, first, end, code_points, kinds) != _LETTER:
            return False
        left = _LETTER
    if left == _LETTER:
        return right != _NOTHING or code_points[at] != _EXCLAMATION
    return right == _LETTER


@inline
def _symbol_kind(at: int, first: int, end: int, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> int:
    """The class of a symbol at a place, 0 where none stands."""
    if not first <= at < end:
        return 0
    kind = _kind_of(int(code_points[at]), kinds)
    return kind if kind < _IGNORABLE else 0


@inline
def _next_same(at: int, first: int, end: int, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> int:
    """The place of the same sign behind one symbol, spaces apart; the place itself when there is none."""
    place = at + 1
    if place < end and code_points[place] == _SPACE_CODE:
        place += 1
    if _symbol_kind(place, first, end, code_points, kinds) == 0:
        return at
    place += 1
    if place < end and code_points[place] == _SPACE_CODE:
        place += 1
    return place if place < end and code_points[place] == code_points[at] else at


@inline
def _spells(
    at: int, last: int, signs: int, first: int, end: int, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8]
) -> bool:
    """Whether signs that end a clause elsewhere spell a word out here: L|U|M, 耐!克!鞋.

    Letters before the first and after the last must stand alone, and there are three of signs that pass for letters
    (H@v@na). One bar divides two Chinese characters if one of them stands alone.
    """
    left = _symbol_kind(at - 1, first, end, code_points, kinds)
    right = _symbol_kind(last + 1, first, end, code_points, kinds)
    free_left = _symbol_kind(at - 2, first, end, code_points, kinds) == 0
    free_right = right == 0 or _symbol_kind(last + 2, first, end, code_points, kinds) == 0
    is_bar = int(code_points[at]) in _BARS
    if signs == 1:
        return is_bar and left >= HAN and right >= HAN and (free_left or free_right)
    if left >= HAN or right >= HAN:
        return True
    passes = not is_bar and kinds[code_points[at]] & _SIGN
    return free_left and free_right and (not passes or (signs > 2 and right != 0))


@kernel
def fold_fields(
    code_points: NDArray[np.uint32],
    starts: NDArray[np.int32],
    plain: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    hows: NDArray[np.uint16],
    bases: NDArray[np.uint32],
    looks: NDArray[np.uint32],
    counts: NDArray[np.uint8],
    firsts: NDArray[np.int32],
    more_bases: NDArray[np.uint32],
    more_looks: NDArray[np.uint32],
    more_kinds: NDArray[np.uint8],
    names: NDArray[np.uint64],
    named: NDArray[np.uint32],
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
        run_end, spells = -1, False  # of signs with one symbol between them
        has_pictures, has_parts, is_overridden = False, False, False
        after = first
        while after < end:
            begin = count
            after, count, gap, pending = _fold_plain(
                after, end, count, gap, pending, code_points, plain, out_sources, out_kinds, out_gaps, out_bits
            )
            _draw(begin, count, clause, code_points, looks, bases, out_sources, out_looks, out_bases, out_clauses)
            if after == end:
                break
            index = after
            after += 1
            code = int(code_points[index])
            kind = _kind_of(code, kinds)
            if code == AMPERSAND:
                code, width = reference(code_points, index, end, names, named)
                kind = _kind_of(code, kinds)
                after = index + width
                if code < _ASCII_END and kind < _IGNORABLE:
                    pending |= COMPATIBILITY  # nobody needs a reference for a plain letter
            if kind & _GAP:
                what = kind & _WHAT
                if kind & _SIGN or what == CLAUSE:
                    if index > run_end:
                        run_end, signs, spells = index, 1, False
                        if _symbol_kind(index - 1, first, end, code_points, kinds) != 0:
                            further = _next_same(index, first, end, code_points, kinds)
                            while further != run_end:
                                run_end = further
                                signs += 1
                                further = _next_same(run_end, first, end, code_points, kinds)
                            spells = _spells(index, run_end, signs, first, end, code_points, kinds)
                    if spells:
                        gap = int(_JOINED[gap, SYMBOL])
                        continue
                if kind & _SIGN and _is_letter(index, after, first, end, code_points, kinds):
                    if count == capacity:
                        return -1
                    before = _visible(index - 1, -1, first, end, code_points, kinds)
                    if what == CLAUSE and _beside(before, first, end, code_points, kinds) == _NOTHING:
                        gap = CLAUSE  # it may end one just as well
                        clause += 1
                    out_looks[count] = looks[code]
                    out_bases[count] = code
                    out_sources[count] = index
                    out_kinds[count] = LEET_SIGN
                    out_gaps[count] = gap
                    out_bits[count] = pending
                    out_clauses[count] = clause
                    count += 1
                    behind = _visible(after, 1, first, end, code_points, kinds)
                    clause += int(code == _BAR and _beside(behind, first, end, code_points, kinds) == _NOTHING)
                    gap = NO_GAP
                    pending = 0
                    continue
                has_pictures = has_pictures or (what == SYMBOL and is_picture(code))
                clause += int(what == CLAUSE and gap != CLAUSE)
                gap = int(_JOINED[gap, what])
                continue
            if kind == _IGNORABLE:
                bit = int(hows[code]) if code < hows.size else ZERO_WIDTH
                is_overridden = is_overridden or code == OVERRIDE
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
            has_parts = has_parts or (kind == HANGUL and out_bases[count - 1] < JAMO_END)
            gap = NO_GAP
            pending = 0
        begin = out_fields[field]
        if has_parts:
            count = compose(
                begin, count, out_looks, out_bases, out_sources, out_kinds, out_gaps, out_bits, out_clauses, code_points
            )
        if has_pictures:
            count = add_pictures(
                begin, count, first, end, clause, code_points, kinds,
                out_looks, out_bases, out_sources, out_kinds, out_gaps, out_bits, out_clauses,
            )  # fmt: skip
        if is_overridden and count >= 0:
            clause += 1
            count = read_backwards(
                count, first, end, clause, code_points, kinds, counts, looks, bases,
                out_looks, out_bases, out_sources, out_kinds, out_gaps, out_bits, out_clauses,
            )  # fmt: skip
        if count < 0:
            return -1
    out_fields[starts.size - 1] = count
    return count
