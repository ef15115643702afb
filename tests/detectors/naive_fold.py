"""The twin of folding, written to be read: one character at a time.

It says what the kernels must do, so it shares no code with them beyond the names of the codes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from importlib.resources import files
from unicodedata import normalize

from detectors.kernels import codes
from detectors.kernels.codes import ALPHABETIC, CLAUSE, HAN, HANGUL, HARD, LEET_SIGN, MIXED, NO_GAP, SYMBOL

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
            if what.gap == CLAUSE and beside(text, visible(text, index - 1, -1)) == "":
                gap = CLAUSE
                clause += 1
        elif what.gap:
            clause += what.gap == CLAUSE != gap
            gap = join(gap, what.gap)
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
        clause += is_sign and char == "|" and beside(text, visible(text, after, 1)) == ""
    return symbols, clause


def is_read_as_letter(text: str, index: int, after: int) -> bool:
    """Between letters, before a digit in a word, or at a word's edge: n!ke, me$$i, ph!1ips, $amsung, plu$."""
    before = visible(text, index - 1, -1)
    left, right = beside(text, before), beside(text, visible(text, after, 1))
    if left in ("figure", "sign"):
        if beside(text, visible(text, before - 1, -1)) != "letter":
            return False
        left = "letter"
    if left == "letter":
        return right != "" or text[index] != "!"
    return right == "letter"


def visible(text: str, index: int, step: int) -> int:
    while 0 <= index < len(text) and meaning(text[index]).invisible:
        index += step
    return index


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
