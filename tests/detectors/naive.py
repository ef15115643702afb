"""Twins of finding and doubting, written to be read: every pattern is tried at every place.

They say what the kernels must do, so they share no code with them beyond the names of the codes.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase

from detectors.kernels import codes
from detectors.kernels.codes import ALPHABETIC, CLAUSE, DIGIT, HAN, HANGUL, HARD, KANA, LEET_SIGN, NO_GAP, SYMBOL
from tests.detectors.naive_fold import Symbol, fold

SHORT_WORD = 4
INITIALS = 3
EXACT_GAPS = (codes.COLON, codes.PLUS, codes.PERCENT)
JOINING_SIGNS = (codes.HYPHEN, codes.DOT, codes.MIDDOT, codes.STAR, codes.UNDERSCORE, codes.TILDE)


@dataclass(frozen=True)
class Pattern:
    number: int
    source: int
    kind: int
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True, order=True)
class Hit:
    field: int
    symbol: int
    length: int
    pattern: int
    bits: int


def patterns(texts: Sequence[str], kinds: Sequence[int]) -> list[Pattern]:
    """One for each way a text may be drawn; a text without symbols, or a mark of one letter, has none."""
    found: list[Pattern] = []
    seen = set()
    for source, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
        for spelling in [text] if text.isascii() else [text, text.upper(), text.lower()]:
            (symbols,) = fold([spelling])
            words = [symbol for symbol in symbols if symbol.kind != codes.PICTURE]
            if symbols and symbols[-1].kind == codes.PICTURE:
                symbols = words or symbols  # pictures among words are ornaments
            is_letter = len(symbols) == 1 and symbols[0].kind < HAN
            if not 0 < len(symbols) <= 64 or (kind == codes.MARK and is_letter):
                continue
            drawn = tuple((symbol.look, symbol.gap) for symbol in symbols)
            bases = tuple(symbol.base for symbol in symbols)
            key = (source, drawn) if kind == codes.MARK else (-kind, drawn, bases)
            if key not in seen:
                seen.add(key)
                found.append(Pattern(len(found), source, kind, tuple(symbols)))
    return found


def find(folded: Sequence[list[Symbol]], wanted: Sequence[Pattern]) -> list[Hit]:
    """Every pattern tried at every place of every field."""
    hits, before = [], 0
    for field, symbols in enumerate(folded):
        for at in range(len(symbols)):
            for pattern in wanted:
                bits = difference(symbols, at, pattern)
                if bits is not None:
                    hits.append(Hit(field, before + at, len(pattern.symbols), pattern.number, bits))
        before += len(symbols)
    return sorted(hits)


def difference(symbols: Sequence[Symbol], at: int, pattern: Pattern) -> int | None:
    """The bits by which the text differs from the pattern; None where it is not there."""
    here, length = symbols[at : at + len(pattern.symbols)], len(pattern.symbols)
    if [symbol.look for symbol in here] != [symbol.look for symbol in pattern.symbols]:
        return None
    weight = length if pattern.kind == codes.MARK else 64  # phrases may be as short as they like
    if not (begins(symbols, at, weight) and ends(symbols, at + length - 1, weight)):
        return None
    letters = letters_differ(here, pattern)
    gaps = gaps_differ(symbols, at, pattern, stands_alone=is_alone(symbols, at, at + length - 1))
    if letters is None or gaps is None:
        return None
    if gaps and letters & codes.LEET and (length <= SHORT_WORD or gaps & codes.DOUBTFUL):
        return None
    return settled(symbols, at, length, letters | gaps)


def is_alone(symbols: Sequence[Symbol], first: int, last: int) -> bool:
    """Whether no symbol of the same script touches the place on either side."""
    before = first > 0 and symbols[first].gap == NO_GAP and symbols[first - 1].kind == symbols[first].kind
    after = last + 1 < len(symbols) and symbols[last + 1].gap == NO_GAP and symbols[last + 1].kind == symbols[last].kind
    return not before and not after


def begins(symbols: Sequence[Symbol], at: int, length: int) -> bool:
    if at == 0 or symbols[at].gap != NO_GAP:
        return True
    here, before = symbols[at].kind, symbols[at - 1].kind
    if {here, before} == {ALPHABETIC, DIGIT}:
        return length >= SHORT_WORD
    if here != before or before == LEET_SIGN:
        return True
    return {HAN: length > 1, HANGUL: length > 1, KANA: length > 2}.get(here, False)


def ends(symbols: Sequence[Symbol], last: int, length: int) -> bool:
    if last + 1 == len(symbols) or symbols[last + 1].gap != NO_GAP or symbols[last + 1].kind != symbols[last].kind:
        return True
    after, is_last = symbols[last + 1], last + 2 == len(symbols)
    if is_last or symbols[last + 2].gap != NO_GAP:
        if after.base == "r" and after.bits & codes.COMPATIBILITY:
            return True
        if after.base == "s" and 5 <= length < 64:
            return True
    return symbols[last].kind not in (ALPHABETIC, DIGIT) and length > 1


def letters_differ(here: Sequence[Symbol], pattern: Pattern) -> int | None:
    bits = here[0].bits & ~codes.ZERO_WIDTH  # what is invisible before a word does not hide it
    for symbol in here[1:]:
        bits |= symbol.bits if symbol.gap == NO_GAP else symbol.bits & ~codes.ZERO_WIDTH
    length = len(here)
    wanted = [symbol.base for symbol in pattern.symbols]
    differing = [place for place in range(length) if here[place].base != wanted[place]]
    figures = [place for place in differing if here[place].kind in (DIGIT, LEET_SIGN)]
    letters = [place for place in differing if place not in figures]
    if any(is_figure(wanted[place]) for place in letters):
        return None
    if any({here[place].base, wanted[place]} == {"l", "i"} and not passes_for(here, place) for place in letters):
        return None
    if differing and len(differing) == length and (length < INITIALS or all(s.base.isascii() for s in here)):
        return None
    bits |= codes.CONFUSABLE if letters else 0
    if not figures:
        return bits
    passed = None if any(is_figure(base) for base in wanted) else figures_pass(here, figures)
    return None if passed is None else bits | passed


def figures_pass(here: Sequence[Symbol], places: Sequence[int]) -> int | None:
    """LEET where figures stand for letters; DOUBTFUL with it where a digit is the first or the last."""
    length = len(here)
    words = split_words(here)
    is_sign = [here[place].kind == LEET_SIGN for place in places]
    if length < SHORT_WORD or len(places) > (length / 2 if any(is_sign) else length * 0.4):
        return None
    if len(words) not in (1, length) and any(word[0] in places for word in words if len(word) == 1):
        return None
    if length == SHORT_WORD and len(words) > 1:
        return None
    digits = [place for place in places if here[place].kind == DIGIT]
    front = len([place for place in digits if all(other in digits for other in range(place))])
    back = len([place for place in digits if all(other in digits for other in range(place, length))])
    if not front + back:
        return codes.LEET
    if max(front, back) > 2 or (max(front, back) == 2 and length - len(places) < 6):
        return None
    if front and back and length < 6 and not any(is_sign):
        return None
    return codes.LEET | codes.DOUBTFUL


def split_words(here: Sequence[Symbol]) -> list[list[int]]:
    """The places of each word of a hit."""
    words: list[list[int]] = []
    for place, symbol in enumerate(here):
        if place == 0 or symbol.gap != NO_GAP:
            words.append([])
        words[-1].append(place)
    return words


def is_figure(base: str) -> bool:
    return base in tuple("0123456789")


def passes_for(here: Sequence[Symbol], place: int) -> bool:
    """A small l stands for I among capitals (NlKE), a capital I for l after a small letter (AppIe)."""
    raw = "".join(symbol.raw for symbol in here)
    if raw[place] == "I":
        before = raw[:place].rstrip("I")  # CaIIaway
        return before != "" and before[-1] in ascii_lowercase
    others = raw.replace("l", "")
    has_small, has_capital = (any(c in alphabet for c in others) for alphabet in (ascii_lowercase, ascii_uppercase))
    return raw[place] == "l" and has_capital and not has_small


def gaps_differ(symbols: Sequence[Symbol], at: int, pattern: Pattern, *, stands_alone: bool) -> int | None:
    here, length = symbols[at : at + len(pattern.symbols)], len(pattern.symbols)
    pairs = [(place, here[place].gap, pattern.symbols[place].gap) for place in range(1, length)]
    if any(want in EXACT_GAPS and have != want for _, have, want in pairs):
        return None
    pairs = [(place, have, want) for place, have, want in pairs if want not in EXACT_GAPS and have != NO_GAP]
    if any(have == CLAUSE or (have == HARD and want != NO_GAP) for _, have, want in pairs):
        return None
    places = [place for place, _, want in pairs if want == NO_GAP]
    strange = {here[place].gap for place in places}
    if not strange:
        return 0
    is_latin = here[0].kind in (ALPHABETIC, DIGIT, LEET_SIGN)
    if any([here[place - 1].kind, here[place].kind].count(DIGIT) > is_latin for place in places):
        return None
    everywhere, uniform = len(pairs) == length - 1, strange == {here[1].gap}
    if everywhere and uniform and (length >= INITIALS or not is_latin) and runs_on(symbols, at, length):
        return None
    if everywhere and length >= SHORT_WORD and (uniform or length > SHORT_WORD):
        return codes.SEPARATORS
    has_wide = not strange <= {*JOINING_SIGNS, SYMBOL}
    if is_latin:
        if not has_wide and (length >= SHORT_WORD or (length == INITIALS and everywhere and uniform)):
            return 0 if strange <= {codes.HYPHEN, codes.DOT} else codes.SEPARATORS
        shortest = min(len(word) for word in split_words(here))
        is_own = len(places) == len([symbol for symbol in here[1:] if symbol.gap != NO_GAP])
        if is_own and len(strange) == 1 and HARD not in strange and length >= 6 and shortest >= 2:
            return codes.SEPARATORS | codes.DOUBTFUL
        return None
    if length == 2:
        return None if has_wide and not stands_alone else codes.SEPARATORS
    return 0 if strange == {codes.SPACE} and not everywhere else codes.SEPARATORS


def runs_on(symbols: Sequence[Symbol], at: int, length: int) -> bool:
    """Whether single letters go on with the same sign between them: one beside a mark of two, or of three letters."""
    gap, kind = symbols[at + 1].gap, symbols[at].kind
    most = 1 if length == 2 or (length == INITIALS and kind in (ALPHABETIC, DIGIT)) else 2

    def is_single(place: int) -> bool:
        after = symbols[place + 1].gap if place + 1 < len(symbols) else SYMBOL
        return symbols[place].kind == kind and after != NO_GAP and (place == 0 or symbols[place].gap != NO_GAP)

    before, more = at, 0
    while before > 0 and symbols[before].gap == gap and is_single(before - 1):
        before, more = before - 1, more + 1
    after = at + length
    while after < len(symbols) and symbols[after].gap == gap and is_single(after):
        after, more = after + 1, more + 1
    return more >= most


@cache
def ordinary_words() -> frozenset[str]:
    listed = gzip.decompress((files("detectors") / "data/words.txt.gz").read_bytes()).decode().split("\n")
    return frozenset("".join(symbol.base for symbol in fold([word.removeprefix("+")])[0]) for word in listed if word)


@cache
def dictionary_words() -> frozenset[str]:
    listed = gzip.decompress((files("detectors") / "data/words.txt.gz").read_bytes()).decode().split("\n")
    return frozenset("".join(s.base for s in fold([word[1:]])[0]) for word in listed if word.startswith("+"))


def settled(symbols: Sequence[Symbol], at: int, length: int, bits: int) -> int | None:
    """What is left of a hit's bits when ordinary words and numbers around it are thought of."""
    here = symbols[at : at + length]
    words = ["".join(here[place].base for place in word) for word in split_words(here)]
    after = symbols[at + length : at + length + 1]
    is_plural = here[-1].kind == ALPHABETIC and [(s.kind, s.gap, s.base) for s in after] == [(ALPHABETIC, NO_GAP, "s")]
    if is_plural and "".join(words) in dictionary_words():
        return None
    if bits & codes.LEET:
        if is_in_code(symbols, at, length):
            return None
        if not bits & codes.DOUBTFUL:
            return bits
        if is_word_with_figures(here):
            return None
        figures = len([symbol for symbol in here if symbol.kind in (DIGIT, LEET_SIGN)])
        slight = length - figures < 4 or (figures > 1 and length - figures == 4)
        return bits if slight else bits & ~codes.DOUBTFUL
    if not bits & codes.DOUBTFUL:
        return bits
    known = [word for word in words if word in ordinary_words()]
    if len(words) > 2 and all(s.gap in (NO_GAP, *range(codes.SPACE + 1, CLAUSE)) for s in here[1:]):
        known = [word for word in known if len(word) != 2]
    if len(known) == len(words):
        return None
    return bits & ~(codes.DOUBTFUL | codes.SEPARATORS) | (codes.WEAK if known else codes.SEPARATORS)


def is_word_with_figures(here: Sequence[Symbol]) -> bool:
    """note5 is a note with a figure; of several words six letters may remain."""
    figures = [symbol.kind in (DIGIT, LEET_SIGN) for symbol in here]
    first, last = figures.index(False), len(figures) - figures[::-1].index(False)
    words = [[p for p in word if first <= p < last] for word in split_words(here)]
    words = [word for word in words if word]
    edges = [words[0]] * (first > 0) + [words[-1]] * (last < len(here))
    known = any("".join(here[place].base for place in word) in ordinary_words() for word in edges)
    if here[-1].base == "0" and not figures[0] and not figures[-2]:
        return False
    return known and not (len(split_words(here)) > 1 and last - first >= 6)


def is_in_code(symbols: Sequence[Symbol], at: int, length: int) -> bool:
    """Whether few letters and figures stand amid more figures: 1A2ER in PRG-300-1A2ER."""
    here = symbols[at : at + length]
    letters = len([symbol for symbol in here if symbol.kind != DIGIT])
    if any(symbol.kind == LEET_SIGN for symbol in here) or letters > 4:
        return False
    gaps_before = [symbol.gap for symbol in symbols[: at + 1]][::-1]
    gaps_after = [symbol.gap for symbol in symbols[at + length :]]
    return amid_figures(symbols[:at][::-1], gaps_before) or amid_figures(symbols[at + length :], gaps_after)


def amid_figures(others: Sequence[Symbol], gaps: Sequence[int]) -> bool:
    joined = 0
    for place, (symbol, gap) in enumerate(zip(others, gaps, strict=False)):
        joined += gap != NO_GAP
        if joined > 1 or gap not in (NO_GAP, *range(codes.HYPHEN, codes.UNDERSCORE + 1), codes.SLASH):
            return False
        if symbol.kind == DIGIT or (place == 0 and gap == NO_GAP):
            return True
    return False


def in_order(searches: Sequence[tuple[Sequence[Hit], Sequence[int]]]) -> list[tuple[Hit, int]]:
    """The hits of all searches by their symbols, with the kinds of their patterns. Those are numbered on."""
    rows, numbered = [], 0
    for hits, kinds in searches:
        for hit in hits:
            told = Hit(hit.field, hit.symbol, hit.length, hit.pattern + numbered, hit.bits)
            rows.append((told, kinds[hit.pattern]))
        numbered += len(kinds)
    return sorted(rows, key=lambda row: row[0].symbol)
