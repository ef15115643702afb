"""Twins of the kernels, written to be read: every pattern is tried at every place, one character at a time.

They say what the kernels must do, so they share no code with them beyond the names of the codes.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase
from unicodedata import normalize

from detectors.kernels import codes
from detectors.kernels.codes import ALPHABETIC, CLAUSE, DIGIT, HAN, HANGUL, HARD, KANA, LEET_SIGN, MIXED, NO_GAP, SYMBOL

DRAWN_ALIKE = {
    "0": "o",
    "1": "i",
    "l": "i",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "g",
    "7": "t",
    "8": "b",
    "9": "g",
}
SIGNS_AS_LETTERS = {
    "@": "a", "＠": "a", "$": "s", "＄": "s", "!": "i", "|": "i", "¡": "i", "€": "e", "£": "i", "¥": "y", "￥": "y",
    "¢": "c", "§": "s", "℮": "e", "₳": "a", "฿": "b", "₵": "c", "₣": "f", "₲": "g", "₭": "k", "₥": "m", "₦": "n",
    "₱": "p", "₴": "s", "₮": "t", "₩": "w",
}  # fmt: skip
BARS = "|｜￨"
RIGHT_TO_LEFT, POP = "\u202e", "\u202c"
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
        symbols, clause = plain_reading(field, text, origin, clause)
        symbols = put_together(symbols)
        shown = pictures(field, text, origin, symbols, clause)
        backwards = right_to_left(field, text, origin, clause + 1)
        clause += RIGHT_TO_LEFT in characters(text)
        folded.append(symbols + shown + backwards)
        origin += len(text)
    return folded


def characters(text: str) -> list[str]:
    return [char for _, _, char in decoded(text)]


def decoded(text: str) -> list[tuple[int, int, str]]:
    """Each character as a browser shows it, with where it begins and ends: &#76; and &amp;#76; are L."""
    found, index = [], 0
    while index < len(text):
        char, length = referenced(text, index)
        found.append((index, index + length, char))
        index += length
    return found


def referenced(text: str, index: int) -> tuple[str, int]:
    if text[index] != "&":
        return text[index], 1
    char, length = reference_body(text[index + 1 :])
    if not length:
        return "&", 1
    if char == "&":
        again, more = reference_body(text[index + 1 + length :])
        if more:
            return again, 1 + length + more
    return char, 1 + length


def reference_body(text: str) -> tuple[str, int]:
    number = re.match(r"#([xX][0-9a-fA-F]+|[0-9]+);?", text)
    if number:
        digits = number[1]
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        return (chr(code), len(number[0])) if 0 < code <= 0x10FFFF else ("", 0)
    name = re.match(r"[^;&]{1,31};", text)
    if name and len(html5.get(name[0], "")) == 1:
        return html5[name[0]], len(name[0])
    return "", 0


def plain_reading(field: int, text: str, origin: int, clause: int) -> tuple[list[Symbol], int]:
    symbols: list[Symbol] = []
    gap, pending = NO_GAP, 0
    spelling = spelled_out(text)
    for index, after, char in decoded(text):
        what = meaning(char)
        new: tuple[tuple[int, str, str], ...] = what.symbols
        if index in spelling:
            gap = join(gap, SYMBOL)
            continue
        if after > index + 1 and char.isascii() and what.symbols:
            pending |= codes.COMPATIBILITY
        is_sign = char in SIGNS_AS_LETTERS and is_read_as_letter(text, index, after)
        if is_sign:
            new = ((LEET_SIGN, char, drawn_like(SIGNS_AS_LETTERS[char])),)
            if what.gap == CLAUSE and beside(text, index - 1) == "":
                gap = CLAUSE
                clause += 1
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
            bits = (0 if is_sign else what.bits) | pending
            symbols.append(Symbol(field, base, look, kind, origin + index, gap, bits, clause, text[index]))
            gap = NO_GAP
        pending = 0
        clause += is_sign and char == "|" and beside(text, after) == ""
    return symbols, clause


def is_read_as_letter(text: str, index: int, after: int) -> bool:
    """Between letters, before a digit in a word, or at a word's edge: n!ke, me$$i, ph!1ips, $amsung, plu$."""
    left, right = beside(text, index - 1), beside(text, after)
    if left in ("figure", "sign"):
        if beside(text, index - 2) != "letter":
            return False
        left = "letter"
    if left == "letter":
        return right != "" or text[index] != "!"
    return right == "letter"


def beside(text: str, index: int) -> str:
    if not 0 <= index < len(text):
        return ""
    kind = rows().get(ord(text[index]), ("",))[0]
    if text[index] in SIGNS_AS_LETTERS:
        return "sign"
    return {"alphabetic": "letter", "digit": "figure"}.get(kind, "")


def spelled_out(text: str) -> set[int]:
    """The places of signs that stand between single letters, though they end a clause elsewhere or pass for letters."""
    found, seen = set(), -1
    for index, after, char in decoded(text):
        is_candidate = meaning(char).gap == CLAUSE or char in SIGNS_AS_LETTERS
        if index <= seen or not is_candidate:
            continue
        run = [index]
        if kind_at(text, index - 1):
            while after - index == 1 and (further := same_sign_after(text, run[-1])) is not None:
                run.append(further)
            if spells(text, run, char):
                found.update(run)
        seen = run[-1]
    return found


def same_sign_after(text: str, index: int) -> int | None:
    match = re.compile(" ?(.) ?(.)", re.DOTALL).match(text, index + 1)
    if match and match[1] != " " and kind_at(text, match.start(1)) and match[2] == text[index]:
        return match.start(2)
    return None


def spells(text: str, run: list[int], char: str) -> bool:
    left, right = kind_at(text, run[0] - 1), kind_at(text, run[-1] + 1)
    free_left, free_right = not kind_at(text, run[0] - 2), not right or not kind_at(text, run[-1] + 2)
    if len(run) == 1:
        return char in BARS and left >= HAN and right >= HAN and (free_left or free_right)
    if left >= HAN or right >= HAN:
        return True
    if not (free_left and free_right):
        return False
    return char in BARS or char not in SIGNS_AS_LETTERS or (len(run) > 2 and right > 0)


def kind_at(text: str, index: int) -> int:
    if not 0 <= index < len(text):
        return 0
    what = meaning(text[index])
    if len(what.symbols) > 1:
        return codes.CLASSES[rows()[ord(text[index])][0]]
    return what.symbols[0][0] if what.symbols else 0


def put_together(symbols: list[Symbol]) -> list[Symbol]:
    """Hangul in parts as syllables; a consonant goes to the syllable before it if that was in parts too."""
    done: list[Symbol] = []
    for symbol in symbols:
        before = done[-1] if done and symbol.gap == NO_GAP and symbol.kind == HANGUL else None
        joined = normalize("NFC", before.base + symbol.base) if before else ""
        if before and len(joined) == 1:
            before.base = before.look = joined
            before.bits |= symbol.bits
            continue
        end_syllable(done)
        done.append(symbol)
    end_syllable(done)
    return done


def end_syllable(done: list[Symbol]) -> None:
    if len(done) < 2 or done[-1].gap != NO_GAP or "\uac00" <= done[-2].raw <= "\ud7a3":
        return
    tail = dict(TAILS).get(done[-1].base, "")
    joined = normalize("NFC", done[-2].base + tail) if tail else ""
    if len(joined) == 1 and done[-2].base >= "\uac00":
        done[-2].base = done[-2].look = joined
        done[-2].bits |= done.pop().bits


LEADS = "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄋᄌᄎᄏᄐᄑᄒ"
TAILS = tuple(zip(LEADS, "ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆼᆽᆾᆿᇀᇁᇂ", strict=True))


def pictures(field: int, text: str, origin: int, symbols: Sequence[Symbol], clause: int) -> list[Symbol]:
    """Each emoji in the clause of the word before it; neighbours are a space apart."""
    found: list[Symbol] = []
    for match in re.finditer("[\u2600-\u27bf\U0001f000-\U0001ffff]", text):
        index = match.start()
        if meaning(text[index]).gap != SYMBOL or "\U0001f3fb" <= text[index] <= "\U0001f3ff":
            continue
        if not any(is_emoji(char) for _, _, char in decoded(text)):
            return []
        before = [symbol for symbol in symbols if symbol.source < origin + index]
        near = before[-1].clause if before else (symbols[0].clause if symbols else clause)
        between = text[found[-1].source - origin + 1 : index] if found else "no"
        gap = (
            codes.SPACE
            if not between.strip("\u200d\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
            else CLAUSE
        )
        found.append(Symbol(field, text[index], text[index], codes.PICTURE, origin + index, gap, 0, near, text[index]))
    return found


def is_emoji(char: str) -> bool:
    is_one = "\u2600" <= char <= "\u27bf" or "\U0001f000" <= char <= "\U0001ffff"
    return is_one and meaning(char).gap == SYMBOL and not "\U0001f3fb" <= char <= "\U0001f3ff"


def right_to_left(field: int, text: str, origin: int, clause: int) -> list[Symbol]:
    """What stands behind an override, the last character first."""
    found: list[Symbol] = []
    if RIGHT_TO_LEFT not in characters(text):
        return []
    for match in re.finditer(f"{RIGHT_TO_LEFT}([^{RIGHT_TO_LEFT}{POP}\n\r]*)", text):
        gap = CLAUSE
        for index in range(match.end() - 1, match.start(), -1):
            what = meaning(text[index])
            if len(what.symbols) == 1 and ord(text[index]) < 0x32000:
                ((kind, base, look),) = what.symbols
                found.append(
                    Symbol(field, base, look, kind, origin + index, gap, codes.ZERO_WIDTH, clause, text[index])
                )
                gap = NO_GAP
            elif what.gap and ord(text[index]) < 0x32000:
                gap = max(gap, what.gap)
    return found


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
    if differing and len(differing) == length and (length < SHORT_WORD or all(s.base.isascii() for s in here)):
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
    if everywhere and uniform and (length >= SHORT_WORD or not is_latin) and runs_on(symbols, at, length):
        return None
    if everywhere and length >= SHORT_WORD and (uniform or length > SHORT_WORD):
        return codes.SEPARATORS
    has_wide = not strange <= {*JOINING_SIGNS, SYMBOL}
    if is_latin:
        if not has_wide and length >= SHORT_WORD:
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
    """Whether single letters go on with the same sign between them: one beside a mark of two, else two."""
    gap, kind, most = symbols[at + 1].gap, symbols[at].kind, 1 if length == 2 else 2

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


# doubt ----------------------------------------------------------------------------------------------------------


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
    denied: list[Hit] = []
    for number, hit in enumerate(hits):
        if kinds[number] in (*WORDING, codes.OFF_PLATFORM_CONTACT):
            rows = list(zip(hits, kinds, strict=True))
            is_wording = kinds[number] in WORDING
            is_denied = any(denies(other, kind, hit, rows, clauses, scripts) for other, kind in rows)
            is_denied |= is_wording and any(goes_on(hit, other, clauses) for other in denied)
            if any(kind == codes.INNOCENT and covers(other, hit) for other, kind in rows):
                kinds[number] = codes.INNOCENT
            elif is_denied:
                kinds[number] = codes.INNOCENT
                denied += [hit] * is_wording
    context = [0] * len(hits)
    for number, hit in enumerate(hits):
        if kinds[number] == codes.MARK:
            context[number] = surroundings(hit, hits, kinds, clauses, scripts, listing_of, headlines)
    return kinds, context


WORDING = (codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK, codes.COUNTERFEIT_BESIDE)
Rows = Sequence[tuple[Hit, int]]


def goes_on(hit: Hit, other: Hit, clauses: Sequence[int]) -> bool:
    """Whether the hit begins within a wording, which is denied, or where that ends."""
    return clauses[hit.symbol] == clauses[other.symbol] and hit.symbol <= other.symbol + other.length


def denies(other: Hit, kind: int, hit: Hit, rows: Rows, clauses: Sequence[int], scripts: Sequence[int]) -> bool:
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
    beside = [other for other, kind in near if kind == codes.COUNTERFEIT_BESIDE]
    touches = any(
        other.symbol + other.length == mark.symbol or (other.length > 1 and other.symbol == mark.symbol + mark.length)
        for other in beside
    )
    words = [other for other in beside if other.length > 1]
    weak = [other for other, kind in near if kind == codes.COUNTERFEIT_WEAK or other in words]
    two_weak = any(one.pattern != weak[0].pattern and one.symbol >= weak[0].symbol + weak[0].length for one in weak)
    bits = 0
    if touches or two_weak or any(kind == codes.COUNTERFEIT_STRONG for _, kind in near):
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
