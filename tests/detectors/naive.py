"""Twins of the kernels, written to be read: every pattern is tried at every place, one character at a time.

They say what the kernels must do, so they share no code with them beyond the names of the codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase

from detectors.kernels import codes
from detectors.kernels.codes import ALPHABETIC, CLAUSE, DIGIT, HAN, HANGUL, HARD, KANA, LEET_SIGN, MIXED, NO_GAP, SYMBOL

DRAWN_ALIKE = {"0": "o", "1": "i", "l": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
SIGNS_AS_LETTERS = {"@": "a", "$": "s", "!": "i", "|": "i"}
SHORT_WORD = 4
EXACT_GAPS = (codes.COLON, codes.PLUS, codes.PERCENT)
JOINING_SIGNS = (codes.HYPHEN, codes.DOT, codes.MIDDOT, codes.STAR, codes.UNDERSCORE, codes.TILDE)


@dataclass(frozen=True)
class Meaning:
    """What the table says about one character: a gap, something invisible (a bit), or symbols (kind, base, look)."""

    gap: int = NO_GAP
    invisible: int = 0
    symbols: tuple[tuple[int, str, str], ...] = ()
    bits: int = 0


@dataclass
class Symbol:
    field: int
    base: str
    look: str
    kind: int
    source: int  # index among all characters of all fields
    gap: int
    bits: int
    clause: int
    raw: str


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


# fold -----------------------------------------------------------------------------------------------------------


@cache
def rows() -> dict[int, tuple[str, str, str, str]]:
    """Code point -> class, how or gap, base, drawn like; as the file says."""
    table = {}
    for line in (files("detectors") / "data/folding.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            span, kind, how, base, look = line.split("\t")
            first, _, last = span.partition("..")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                table[code] = (kind, how, base, look)
    return table


@cache
def meaning(char: str) -> Meaning:
    code = ord(char)
    if 0xD800 <= code < 0xE000:
        return Meaning(invisible=codes.ZERO_WIDTH)
    if code not in rows():
        return _meaning_of_unlisted(char)
    kind, how, base, look = rows()[code]
    if kind == "gap":
        return Meaning(gap=codes.GAPS[how])
    if kind == "ignorable":
        return Meaning(invisible=codes.HOWS[how])
    base = char if base == "=" else base
    if len(base) == 1:
        symbols: tuple[tuple[int, str, str], ...] = ((codes.CLASSES[kind], base, drawn_like(look or base)),)
    else:
        symbols = tuple((_class_of(part), part, drawn_like(part)) for part in base)
    return Meaning(symbols=symbols, bits=codes.HOWS[how])


def drawn_like(char: str) -> str:
    return DRAWN_ALIKE.get(char, char)


def _class_of(char: str) -> int:
    return codes.CLASSES.get(rows().get(ord(char), ("",))[0], ALPHABETIC)


def _meaning_of_unlisted(char: str) -> Meaning:
    code = ord(char)
    if 0x32000 <= code < 0x3FFFF:
        return Meaning(symbols=((HAN, char, char),))
    if 0xE0000 <= code < 0xE0200:
        return Meaning(invisible=codes.ZERO_WIDTH)
    return Meaning(gap=SYMBOL)


def fold(texts: Sequence[str]) -> list[list[Symbol]]:
    """The symbols of each field."""
    folded, origin, clause = [], 0, 0
    for field, text in enumerate(texts):
        clause += 1
        symbols: list[Symbol] = []
        gap, pending = NO_GAP, 0
        for index, char in enumerate(text):
            what = meaning(char)
            new: tuple[tuple[int, str, str], ...] = what.symbols
            if is_sign_between_letters(text, index):
                new = ((LEET_SIGN, char, SIGNS_AS_LETTERS[char]),)
            elif what.gap:
                gap = join(gap, what.gap)
                clause += gap == CLAUSE
                continue
            elif what.invisible:
                if what.invisible == codes.COMBINING and symbols and gap == NO_GAP:
                    symbols[-1].bits |= codes.COMBINING
                else:
                    pending |= what.invisible
                continue
            for kind, base, look in new:
                bits = what.bits | pending
                symbols.append(Symbol(field, base, look, kind, origin + index, gap, bits, clause, char))
                gap = NO_GAP
            pending = 0
        origin += len(text)
        folded.append(symbols)
    return folded


def is_sign_between_letters(text: str, index: int) -> bool:
    """Between letters, or before a digit in a word, or, for @ and $, at its beginning: n!ke, ph!1ips, $amsung."""
    if text[index] not in SIGNS_AS_LETTERS or index == len(text) - 1:
        return False
    after = text[index + 1]
    if text[index] in "@$" and is_letter(after):
        return True
    return index > 0 and is_letter(text[index - 1]) and (is_letter(after) or after in "0123456789")


def is_letter(char: str) -> bool:
    return rows().get(ord(char), ("",))[0] == "alphabetic"


def join(before: int, now: int) -> int:
    """Two separators in a row: the harder one wins; two different soft ones are a mixture."""
    if before in (NO_GAP, now):
        return now
    if CLAUSE in (before, now):
        return CLAUSE
    if HARD in (before, now):
        return HARD
    return SYMBOL if SYMBOL in (before, now) and codes.SPACE not in (before, now) else MIXED


# patterns -------------------------------------------------------------------------------------------------------


def patterns(texts: Sequence[str], kinds: Sequence[int]) -> list[Pattern]:
    """One for each way a text may be drawn; a text without symbols, or a mark of one letter, has none."""
    found: list[Pattern] = []
    seen = set()
    for source, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
        for spelling in [text] if text.isascii() else [text, text.upper(), text.lower()]:
            (symbols,) = fold([spelling])
            is_letter = len(symbols) == 1 and symbols[0].kind not in (HAN, KANA, HANGUL, codes.UNSPACED, LEET_SIGN)
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
    gaps = gaps_differ(here, pattern, stands_alone=is_alone(symbols, at, at + length - 1))
    if letters is None or gaps is None or (gaps and letters & codes.LEET):
        return None
    return letters | gaps


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
    if after.base == "r" and after.bits & codes.COMPATIBILITY and (is_last or symbols[last + 2].gap != NO_GAP):
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
    digits = [place for place in figures if here[place].kind == DIGIT]
    if any(place > 0 and here[place].gap != NO_GAP for place in digits):
        return None
    at_start = "01345" if length >= 6 else "013"
    if any(here[place].base not in (at_start if place == 0 else "013") for place in digits if place in (0, length - 1)):
        return None
    if figures and not figures_pass(figures, [place for place in range(length) if here[place].kind == DIGIT], wanted):
        return None
    if differing and len(differing) == length and (length < SHORT_WORD or all(s.base.isascii() for s in here)):
        return None
    return bits | (codes.LEET if figures else 0) | (codes.CONFUSABLE if letters else 0)


def figures_pass(places: Sequence[int], digits: Sequence[int], wanted: Sequence[str]) -> bool:
    """Whether figures stand for letters: N1KE, Gucc1 and 5umd3x do, SP35 is a model number."""
    length = len(wanted)
    if any(is_figure(base) for base in wanted) or length < SHORT_WORD or len(places) > 0.4 * length:
        return False
    if places[0] != 0 and places[-1] != length - 1:
        return True
    return length > SHORT_WORD and (len(places) == 1 or bool(stands_alone_inside(places, digits, length)))


def stands_alone_inside(places: Sequence[int], digits: Sequence[int], length: int) -> list[int]:
    return [place for place in places if 0 < place < length - 1 and not {place - 1, place + 1} & set(digits)]


def is_figure(base: str) -> bool:
    return base in tuple("0123456789")


def passes_for(here: Sequence[Symbol], place: int) -> bool:
    """A small l stands for I among capitals (NlKE), a capital I for l after a small letter (AppIe)."""
    raw = "".join(symbol.raw for symbol in here)
    if raw[place] == "I":
        return place > 0 and raw[place - 1] in ascii_lowercase
    others = raw.replace("l", "")
    has_small, has_capital = (any(c in alphabet for c in others) for alphabet in (ascii_lowercase, ascii_uppercase))
    return raw[place] == "l" and has_capital and not has_small


def gaps_differ(here: Sequence[Symbol], pattern: Pattern, *, stands_alone: bool) -> int | None:
    pairs = [(have.gap, want.gap) for have, want in zip(here, pattern.symbols, strict=True)][1:]
    if any(want in EXACT_GAPS and have != want for have, want in pairs):
        return None
    pairs = [(have, want) for have, want in pairs if want not in EXACT_GAPS and have != NO_GAP]
    if any(have == CLAUSE or (have == HARD and want != NO_GAP) for have, want in pairs):
        return None
    strange = [have for have, want in pairs if want == NO_GAP]
    if not strange:
        return 0
    is_latin, length = here[0].kind in (ALPHABETIC, DIGIT, LEET_SIGN), len(here)
    everywhere = len(pairs) == length - 1
    if everywhere and set(strange) == {here[1].gap} and length >= SHORT_WORD:
        return codes.SEPARATORS
    has_wide = any(gap not in (*JOINING_SIGNS, SYMBOL) for gap in strange)
    if is_latin:
        if has_wide or length < SHORT_WORD:
            return None
        return 0 if set(strange) <= {codes.HYPHEN, codes.DOT} else codes.SEPARATORS
    if length == 2:
        return None if has_wide and not stands_alone else codes.SEPARATORS
    return 0 if set(strange) == {codes.SPACE} and not everywhere else codes.SEPARATORS


# context --------------------------------------------------------------------------------------------------------


def weigh(
    hits: Sequence[Hit],
    kinds: Sequence[int],
    clauses: Sequence[int],
    scripts: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> tuple[list[int], list[int]]:
    """The kinds with cancelled wording made innocent, and the bits for each hit.

    kinds: one for each hit. headlines: how many fields, from the first, are titles and brands.
    """
    kinds = list(kinds)
    for number, hit in enumerate(hits):
        if kinds[number] in (*WORDING, codes.OFF_PLATFORM_CONTACT):
            rows = list(zip(hits, kinds, strict=True))
            if any(cancels(other, kind, hit, rows, clauses, scripts) for other, kind in rows):
                kinds[number] = codes.INNOCENT
    context = [0] * len(hits)
    for number, hit in enumerate(hits):
        if kinds[number] == codes.MARK:
            context[number] = surroundings(hit, hits, kinds, clauses, scripts, listing_of, headlines)
    return kinds, context


WORDING = (codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK)
Rows = Sequence[tuple[Hit, int]]


def cancels(other: Hit, kind: int, hit: Hit, rows: Rows, clauses: Sequence[int], scripts: Sequence[int]) -> bool:
    if kind == codes.INNOCENT:
        return covers(other, hit)
    if kind == codes.NEGATION:
        distance = hit.symbol - (other.symbol + other.length)
    elif kind == codes.NEGATION_AFTER:
        distance = other.symbol - (hit.symbol + hit.length)
    else:
        return False
    is_spelled = scripts[other.symbol] == codes.ALPHABETIC
    reach = 16 if is_spelled else (6 if other.length > 1 else 0)
    if clauses[other.symbol] != clauses[hit.symbol] or not 0 <= distance <= reach:
        return False
    return not any(
        kind in (*WORDING, codes.INNOCENT) and longer.length > other.length and covers(longer, other)
        for longer, kind in rows
    )


def covers(longer: Hit, hit: Hit) -> bool:
    begins_before = longer.symbol <= hit.symbol
    return longer.field == hit.field and begins_before and longer.symbol + longer.length >= hit.symbol + hit.length


def surroundings(
    mark: Hit,
    hits: Sequence[Hit],
    kinds: Sequence[int],
    clauses: Sequence[int],
    scripts: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> int:
    same_clause = [
        (other, kind) for other, kind in zip(hits, kinds, strict=True) if clauses[other.symbol] == clauses[mark.symbol]
    ]
    same_listing = [
        kind for other, kind in zip(hits, kinds, strict=True) if listing_of[other.field] == listing_of[mark.field]
    ]
    near = [(other, kind) for other, kind in same_clause if abs(other.symbol - mark.symbol) <= 80]
    weak = [other for other, kind in near if kind == codes.COUNTERFEIT_WEAK]
    two_weak = any(one.pattern != weak[0].pattern and one.symbol >= weak[0].symbol + weak[0].length for one in weak)
    bits = 0
    if two_weak or any(kind == codes.COUNTERFEIT_STRONG for _, kind in near):
        bits |= codes.IN_CODED_CLAUSE
    if mark.field < headlines and codes.COUNTERFEIT_STRONG in same_listing:
        bits |= codes.IN_CODED_LISTING
    if codes.OFF_PLATFORM_CONTACT in same_listing:
        bits |= codes.IN_CONTACT_LISTING
    rows = list(zip(hits, kinds, strict=True))
    for other, kind in same_clause:
        is_spelled = scripts[other.symbol] == codes.ALPHABETIC
        before = mark.symbol - (other.symbol + other.length)
        after = other.symbol - (mark.symbol + mark.length)
        between = (
            scripts[other.symbol + other.length : mark.symbol] or scripts[mark.symbol + mark.length : other.symbol]
        )
        is_model = all(script in (0, codes.ALPHABETIC, codes.DIGIT) for script in between)
        longer = [kind for hit, kind in rows if hit.length > other.length and covers(hit, other)]
        if (kind == codes.COMPATIBLE_BEFORE and 0 <= before <= 24) or (
            kind == codes.COMPATIBLE_AFTER and 0 <= after <= 12
        ):
            speaks = codes.INNOCENT not in longer and (other.length > 1 or is_spelled or is_model)
            bits |= codes.COMPATIBLE_USE * speaks
        if kind == codes.NEGATION and 0 <= before <= (3 if is_spelled else 0):
            bits |= codes.DENIED * (not {*WORDING, codes.INNOCENT} & {*longer})
    return bits


# beside ---------------------------------------------------------------------------------------------------------


def excused(
    wording: Sequence[tuple[int, int, int]],
    goods: Sequence[tuple[int, int, int]],
    clauses: Sequence[int],
    listing_of: Sequence[int],
    headlines: int,
) -> list[bool]:
    """Whether each wording stands beside goods that excuse it. Both are rows of symbol, field and groups as bits."""
    return [
        any(
            groups & others
            and (
                (where < headlines and listing_of[where] == listing_of[field])
                or (clauses[place] == clauses[at] and abs(place - at) <= 80)
            )
            for place, where, others in goods
        )
        for at, field, groups in wording
    ]
