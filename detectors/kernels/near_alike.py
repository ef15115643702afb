"""Marks of which one letter is written as two that are drawn like it: svvatch, Lurnora, aclidas."""

from __future__ import annotations

from detectors.kernels.codes import DIGRAPH, LIKELY, STRONG, WEAK
from detectors.kernels.jit import inline
from detectors.kernels.near import (
    DELETED,
    Found,
    Lexicon,
    Marks,
    NearIndex,
    Symbols,
    Window,
    appended,
    emit,
    is_new,
    joined,
    may_have,
    near_key,
    owners_of,
    word_class,
)
from detectors.kernels.near_keys import is_latin

_C, _D, _L, _M, _N, _R, _V, _W = 99, 100, 108, 109, 110, 114, 118, 119
_ENOUGH_FOR_RN, _ENOUGH_FOR_CL = 5, 6  # letters of a mark that chance does not spell: names have cl more often


@inline
def _drawn_like(one: int, other: int) -> int:
    """The letter that two are drawn like, 0 for none."""
    if one == _V and other == _V:
        return _W
    if one == _R and other == _N:
        return _M
    return _D if one == _C and other == _L else 0


@inline
def _is_small(at: int, text: Symbols) -> bool:
    return bool(97 <= text.code_points[text.sources[at]] <= 122)


@inline
def _is_mark(window: Window, size: int, place: int, letter: int, mark: int, marks: Marks) -> bool:
    """Whether the window is the mark once the letters at a place and behind it are one."""
    first = marks.offsets[mark]
    if not is_latin(mark, marks) or marks.offsets[mark + 1] - first != size - 1:
        return False
    if marks.bases[first + place] != letter:
        return False
    for p in range(size - 1):
        if p != place and window.letters[p + int(p > place)] != marks.bases[first + p]:
            return False
    return True


@inline
def _proved(letter: int, wanted: int, is_rare: bool) -> int:
    """How much it proves: vv is in no word, rn and cl are in names."""
    if letter == _W:
        return STRONG
    is_long = wanted >= (_ENOUGH_FOR_RN if letter == _M else _ENOUGH_FOR_CL)
    if is_rare:
        return WEAK | LIKELY if is_long else WEAK
    return STRONG if is_long else WEAK | LIKELY


@inline
def find_alike(
    window: Window, size: int, text: Symbols,
    marks: Marks, near: NearIndex, lexicon: Lexicon, found: Found, count: int, field: int, first: int,
) -> int:  # fmt: skip
    """Adds the marks that an unknown word is drawn like. Only small letters make an m of rn, or a d of cl."""
    before = count
    letters, prefix, powers = window.letters, window.prefix, window.powers
    for place in range(size - 1):
        letter = _drawn_like(int(letters[place]), int(letters[place + 1]))
        if letter == 0 or (
            letter != _W and not (_is_small(first + place, text) and _is_small(first + place + 1, text))
        ):
            continue
        rest = prefix[size] - prefix[place + 2] * powers[size - place - 2]
        key = near_key(joined(appended(prefix[place], letter), rest, powers[size - place - 2]), DELETED)
        if not may_have(key, near.bits):
            continue
        low, high = owners_of(key, near)
        for slot in range(low, high):
            mark = near.owners[slot]
            if not is_new(found, before, count, mark) or not _is_mark(window, size, place, letter, mark, marks):
                continue
            bits = DIGRAPH | _proved(letter, size - 1, word_class(prefix[size], lexicon.rare) != 0)
            count = emit(found, count, field, first, size, mark, bits)
            if count < 0:
                return -1
    return count
