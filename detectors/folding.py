"""Folding: text of a page as arrays in which disguises have been taken off, with the way back to what was received.

A symbol keeps two values. `base` is the character without case, width, accents, compatibility forms and script
variants: what the law calls identical. `look` is what it is drawn like (Cyrillic а, 4 and @ are all a): what the
automaton searches, so that a disguise is found first and weighed afterwards by comparing the bases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from detectors.kernels import codes
from detectors.kernels.entrance import MIX
from detectors.kernels.fold import PLAIN_GAP, PLAIN_HOW, PLAIN_SYMBOL, fold_fields
from detectors.kernels.readings import JAMO_END
from detectors.tables import saved

TABLE_SIZE = 0x32000
MAX_SYMBOLS = 4  # per character, as the table's maker cuts them
IGNORABLE = 0x20  # in `kinds`: the character leaves a bit and no symbol
GAP = 0x40  # in `kinds`: the low bits name the gap
SIGN = 0x80  # in `kinds`, with GAP: beside letters the sign passes for the letter of its look
LOOKS = {"0": "o", "1": "i", "l": "i", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}
"""Digits and letters that pass for another, folded to one look. i and l are one: I, l and 1 are drawn alike."""
LEET_SIGNS = dict(zip("@＠$＄!|¡€£¥￥¢§℮₳฿₵₣₲₭₥₦₱₴₮₩", "aassiiielyycseabcfgkmnpstw", strict=True))

_REFERENCE = re.compile(r"&(?:amp;)?(?:#[xX]?[0-9a-fA-F]+;?|[^;&]+;)")


@dataclass(frozen=True, slots=True)
class FoldTable:
    """Per code point below TABLE_SIZE; a character of several symbols points into the expansion arrays.

    plain: uint32[n], of symbols that stand for themselves and of separators that are nothing else, all of it in one
    number: class, separator, whether it is a symbol, the bit; 0 for what needs a second look, the last one among it.
    kinds: uint8[n], class of the symbol, IGNORABLE, or GAP + gap code (+ SIGN). hows: uint16[n], the bit folding sets.
    bases, looks: uint32[n]. counts: uint8[n], symbols; firsts: int32[n], offset of the expansion when count > 1.
    names: uint64, rising, the hashes of HTML's names of characters; named: uint32, those characters.
    """

    plain: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    hows: NDArray[np.uint16]
    bases: NDArray[np.uint32]
    looks: NDArray[np.uint32]
    counts: NDArray[np.uint8]
    firsts: NDArray[np.int32]
    more_bases: NDArray[np.uint32]
    more_looks: NDArray[np.uint32]
    more_kinds: NDArray[np.uint8]
    names: NDArray[np.uint64]
    named: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The symbols of several fields one after the other; m may have room to spare after the last field.

    looks, bases: uint32[m]. sources: int32[m], index into `code_points`. kinds: uint8[m]. gaps: uint8[m], what stands
    before the symbol. bits: uint16[m], what folding took away. clauses: int32[m], rising. fields: int32[f + 1], where
    each field's symbols begin. code_points: uint32[n] as received; field_starts: int32[f + 1] into it.
    """

    looks: NDArray[np.uint32]
    bases: NDArray[np.uint32]
    sources: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    gaps: NDArray[np.uint8]
    bits: NDArray[np.uint16]
    clauses: NDArray[np.int32]
    fields: NDArray[np.int32]
    code_points: NDArray[np.uint32]
    field_starts: NDArray[np.int32]


def fold(texts: Sequence[str]) -> FoldedText:
    """Folds the fields of a page in one pass. Lone surrogates are kept as they are: they fold to nothing."""
    code_points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.zeros(len(texts) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, texts), dtype=np.int32, count=len(texts)), out=starts[1:])
    return fold_code_points(code_points, starts)


def fold_code_points(code_points: NDArray[np.uint32], starts: NDArray[np.int32]) -> FoldedText:
    """The same for fields that lie in `code_points`, one after the other: int32[f + 1] says where each starts."""
    table = fold_table()
    capacity = len(code_points) + 64
    while True:
        out = _empty(capacity, code_points, starts)
        count = fold_fields(
            code_points, starts, table.plain, table.kinds, table.hows, table.bases, table.looks, table.counts,
            table.firsts, table.more_bases, table.more_looks, table.more_kinds, table.names, table.named, out.looks,
            out.bases, out.sources, out.kinds, out.gaps, out.bits, out.clauses, out.fields,
        )  # fmt: skip
        if count >= 0:
            return out
        capacity *= MAX_SYMBOLS


def width_of(text: str, base: str) -> int:
    """How many code points of `text` its first symbol takes: a character reference, Hangul in parts."""
    if text[0] == "&":
        found = _REFERENCE.match(text)
        return len(found[0]) if found else 1
    if not is_hangul(ord(base)) or unicodedata.normalize("NFKC", text[0]) >= "\uac00":
        return 1
    parts, end = len(unicodedata.normalize("NFD", base)), 0
    while parts and end < len(text):
        parts -= bool(unicodedata.name(text[end], "").find("HANGUL") >= 0)
        end += 1
    return end


def is_hangul(code: int) -> bool:
    """Whether it is a syllable of Hangul: it may be written in parts."""
    return 0xAC00 <= code <= 0xD7A3


def _empty(capacity: int, code_points: NDArray[np.uint32], starts: NDArray[np.int32]) -> FoldedText:
    """Room for `capacity` symbols; what lies past the last field's end is never read."""
    return FoldedText(
        looks=np.empty(capacity, np.uint32),
        bases=np.empty(capacity, np.uint32),
        sources=np.empty(capacity, np.int32),
        kinds=np.empty(capacity, np.uint8),
        gaps=np.empty(capacity, np.uint8),
        bits=np.empty(capacity, np.uint16),
        clauses=np.empty(capacity, np.int32),
        fields=np.zeros(len(starts), np.int32),
        code_points=code_points,
        field_starts=starts,
    )


@cache
def fold_table() -> FoldTable:
    """The table of detectors/data/folding.tsv, as arrays."""
    return saved("folding", FoldTable, _table)


def _table() -> FoldTable:
    size = TABLE_SIZE
    kinds, counts = np.full(size, GAP | codes.SYMBOL, np.uint8), np.ones(size, np.uint8)
    hows, firsts = np.zeros(size, np.uint16), np.zeros(size, np.int32)
    bases = np.arange(size, dtype=np.uint32)
    looks = bases.copy()
    more: list[tuple[int, int]] = []
    for line in (files("detectors") / "data/folding.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        span, kind, how, base, look = line.split("\t")
        first, _, last = span.partition("..")
        cells = slice(int(first, 16), int(last or first, 16) + 1)
        if kind in ("gap", "ignorable"):
            kinds[cells] = GAP | codes.GAPS[how] if kind == "gap" else IGNORABLE
            hows[cells] = 0 if kind == "gap" else codes.HOWS[how]
            continue
        kinds[cells] = codes.CLASSES[kind]
        hows[cells] = codes.HOWS[how]
        if base != "=":
            bases[cells], counts[cells] = ord(base[0]), len(base)
        looks[cells] = _look(look or base) if base != "=" or look else bases[cells]
        if len(base) > 1:
            firsts[cells] = len(more)
            more += [(ord(part), _look(part)) for part in base]
    for char in LOOKS:  # identity rows are ranges, so their looks are set apart
        looks[ord(char)] = _look(char)
    for sign, letter in LEET_SIGNS.items():
        kinds[ord(sign)] |= GAP | SIGN
        looks[ord(sign)] = _look(letter)
    kinds[0xD800:0xE000], hows[0xD800:0xE000] = IGNORABLE, codes.ZERO_WIDTH  # a lone surrogate shows nothing
    more_bases, more_looks = np.array(more, dtype=np.uint32).T.copy()
    more_kinds = np.where(kinds[more_bases] < IGNORABLE, kinds[more_bases], codes.ALPHABETIC).astype(np.uint8)
    plain = _plain(kinds, hows, bases, counts)
    return FoldTable(
        plain, kinds, hows, bases, looks, counts, firsts, more_bases, more_looks, more_kinds, *_references()
    )


def _plain(
    kinds: NDArray[np.uint8], hows: NDArray[np.uint16], bases: NDArray[np.uint32], counts: NDArray[np.uint8]
) -> NDArray[np.uint32]:
    """FoldTable.plain. Parts of Hangul are composed, a separator may end a clause, be a picture, begin a reference."""
    is_symbol = (kinds < IGNORABLE) & (counts == 1) & ~((kinds == codes.HANGUL) & (bases < JAMO_END))
    gaps = [gap for gap in codes.GAPS.values() if gap not in (codes.SYMBOL, codes.CLAUSE, codes.AMPERSAND)]
    is_gap = np.isin(kinds, [GAP | gap for gap in gaps])
    is_symbol[-1] = is_gap[-1] = False
    what = np.where(is_gap, kinds & ~np.uint8(GAP), 0).astype(np.uint32) << PLAIN_GAP
    how = np.where(is_symbol, hows, 0).astype(np.uint32) << PLAIN_HOW
    plain = kinds | what | how | is_symbol.astype(np.uint32) << PLAIN_SYMBOL
    return np.where(is_symbol | is_gap, plain, 0).astype(np.uint32)


def _references() -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The names of HTML that stand for one character, as FoldTable has them."""
    pairs = sorted(
        (_hashed(name.removesuffix(";")), ord(text))
        for name, text in html5.items()
        if name.endswith(";") and len(text) == 1
    )
    return np.array([key for key, _ in pairs], np.uint64), np.array([code for _, code in pairs], np.uint32)


def _hashed(name: str) -> int:
    """As kernels/references.py does it."""
    state = 0
    for char in name:
        state = ((state ^ ord(char)) * MIX) & 0xFFFFFFFFFFFFFFFF
    return state


def _look(text: str) -> int:
    return ord(LOOKS.get(text[0], text[0]))
