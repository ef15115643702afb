"""Writes detectors/data/folding.tsv, the table that makes disguised text comparable. Run by hand, its output reviewed.

Sources: the Unicode Character Database of the Python that runs this, OpenCC's t2s and jp2t (Apache-2.0), and the
UTS 39 confusables (Unicode licence) as packed by confusable-homoglyphs (MIT) in ../shared/data/open/text.
The table is committed, so that every worker folds alike whatever Unicode version its Python carries.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from functools import cache
from pathlib import Path

from opencc import OpenCC

LIMIT = 0x32000  # past this come only private use, tags and variation selectors: the loader's rules
MAX_SYMBOLS = 4

COMBINING_TRICKS = (
    (0x300, 0x370),
    (0x483, 0x48A),
    (0x1AB0, 0x1B00),
    (0x1DC0, 0x1E00),
    (0x20D0, 0x2100),
    (0xFE20, 0xFE30),
)
INVISIBLE = (
    {0x0, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2800, 0xFFFD}
    | set(range(0x180B, 0x1810))
    | set(range(0x200B, 0x2010))
    | set(range(0x202A, 0x202F))
    | set(range(0x2060, 0x2070))
    | set(range(0xFE00, 0xFE10))
    | {0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xFFFF}
    | set(range(0xFDD0, 0xFDF0))
    | set(range(0x1, 0x9))
    | set(range(0xE, 0x20))
    | set(range(0x7F, 0xA0))
    | set(range(0x1D173, 0x1D17B))
)
EXTRA_LETTERS = {
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "倣": "仿",
}
VARIANTS = dict(  # other forms of a character that neither OpenCC nor normalisation joins; facts, collected by hand
    zip(
        "髙﨑嵜嶋嶌斉濵邉邊桒栁峯羣冨舘曻舩穐埜凞煕呉戸郷鄕挙擧鉱鑛闘鬭渋澁渓産査歩",
        "高崎崎岛岛齐滨边边桑柳峰群富馆升船秋野熙熙吴户乡乡举举矿矿斗斗涩涩溪产查步",
        strict=True,
    )
)
GAPS = {
    "symbol": "™℠",  # what owners write after a mark; their letters are no part of it
    "hyphen": "-‐‑‒–—―−－﹣",
    "dot": ".．｡",
    "middot": "·•∙⋅・･‧●○◦丨丶丿亅〡",  # strokes that are no words
    "star": "*＊★☆✱✲※",
    "underscore": "_＿",
    "tilde": "~～〜∼",
    "colon": ":：∶﹕ː",
    "plus": "+＋",
    "slash": "/／＼\\⁄∕",
    "percent": "%％‰",
    "ampersand": "&＆",
    "apostrophe": "'’‘`´＇ʼ",
    "clause": "。！？；!?;|｜\n\r\u2028\u2029！？；",
    "hard": ',，、()（）[]【】{}<>《》「」『』“”"〈〉〔〕«»',
}
GAP_OF = {char: kind for kind, chars in GAPS.items() for char in chars}
EXTRA_LOOKS = dict(  # alike in most fonts, not in UTS 39: Greek and Cyrillic, and Canadian syllabics
    zip(
        "κкĸтмнвпгωητεαιυμ" + "ΛΔΣΞИЯДШ" + "ᗩᗷᑕᗞᖴᘜᕼᒍᑎᑭᑫᔕᐯᗯᘔ",
        "kkktmhbnrwnteaiuu" + "aaeenraw" + "abcdfghjnpqsvwz",
        strict=True,
    )
)
NAMED_LETTER = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|REGIONAL INDICATOR SYMBOL LETTER|COMBINING LATIN SMALL LETTER|"
    r"NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER|LATIN SUBSCRIPT SMALL LETTER|"
    r"(?:SQUARED|CIRCLED|TORTOISE SHELL BRACKETED) LATIN (?:CAPITAL|SMALL) LETTER|"
    r"MODIFIER LETTER (?:CAPITAL|SMALL)|PARENTHESIZED LATIN (?:SMALL|CAPITAL) LETTER) ([A-Z])$"
)
# Letters of living orthographies: Latin-1 and Extended-A, Vietnamese, pinyin, Romanian. Their accents are spelling.
EVERYDAY = [
    *range(0x180),
    0x1A0,
    0x1A1,
    0x1AF,
    0x1B0,
    *range(0x1CD, 0x1DD),
    *range(0x218, 0x21C),
    *range(0x1EA0, 0x1EFA),
]
NO_SPACE_SCRIPTS = re.compile(r"^(THAI|LAO|KHMER|MYANMAR|TIBETAN|JAVANESE|BALINESE)")


def is_trick(code: int) -> bool:
    return any(low <= code < high for low, high in COMBINING_TRICKS)


@cache
def accents() -> frozenset[str]:
    """The combining marks that everyday letters fall apart into: é may be sent as two characters."""
    parts = "".join(unicodedata.normalize("NFD", chr(code)) for code in EVERYDAY)
    return frozenset(part for part in parts if is_trick(ord(part)))


def script_class(char: str) -> str | None:
    """The boundary class of a symbol: alphabetic, digit, han, kana, hangul, unspaced; None for what is no symbol."""
    code, category = ord(char), unicodedata.category(char)
    name = unicodedata.name(char, "")
    if category == "Nd":
        return "digit"
    if (name.startswith("CJK") and category == "Lo") or char in "〇々〆":
        return "han"
    if (0x3041 <= code <= 0x30FF and category[0] == "L") or char in "ー\u3099\u309a":
        return "kana"
    if name.startswith("HANGUL"):
        return "hangul"
    if category[0] == "L" or category in ("Mc", "Mn"):
        return "unspaced" if NO_SPACE_SCRIPTS.match(name) else "alphabetic"
    return None


def simplify(char: str, converter: OpenCC) -> str:
    if char in VARIANTS:
        return VARIANTS[char]
    if not ("\u3400" <= char <= "\u9fff" or ord(char) >= 0x20000):
        return char
    simple = converter.convert(char)
    if simple == char and not is_common(char):
        simple = converter.convert(japanese().convert(char))
    return simple if len(simple) == 1 else char


@cache
def japanese() -> OpenCC:
    """Japan's own simplified forms to traditional ones: 気 is 氣."""
    return OpenCC("jp2t")


def is_common(char: str) -> bool:
    """Whether China writes it so: 芸, 予 and 余 are characters of their own there, not 藝, 豫 and 餘."""
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def base_of(char: str, converter: OpenCC) -> str:
    """The comparable form, which has no other: what a character folds to folds to itself."""
    base = _base_once(char, converter)
    while True:
        again = "".join("" if part in GAP_OF else _base_once(part, converter) for part in base)[:MAX_SYMBOLS]
        if again == base:
            return base
        base = again


def _base_once(char: str, converter: OpenCC) -> str:
    """Compatibility, case, diacritics, width, traditional and kana differences taken out."""
    if 0xAC00 <= ord(char) <= 0xD7A3:
        return char
    named = NAMED_LETTER.match(unicodedata.name(char, ""))
    text = named.group(1) if named else char
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    if "HANGUL" in unicodedata.name(char, ""):
        text = unicodedata.normalize("NFKC", char)
    out = []
    for part in text:
        if is_trick(ord(part)):
            continue
        part = EXTRA_LETTERS.get(part, part)
        if len(part) == 1:
            part = simplify(part, converter)
            if 0x3041 <= ord(part) <= 0x3096:
                part = chr(ord(part) + 0x60)
            part = str(unicodedata.digit(part)) if unicodedata.category(part) == "Nd" else part
        out.append(part)
    joined = "".join(out)
    letters = "".join(part for part in joined if script_class(part))
    return letters[:MAX_SYMBOLS]


def how_of(char: str, base: str) -> str:
    if char == base or char.casefold() == base:
        return "identical"
    decomposition = unicodedata.decomposition(char)
    name = unicodedata.name(char, "")
    if decomposition.startswith(("<wide>", "<narrow>")) or name.startswith(("FULLWIDTH", "HALFWIDTH")):
        return "width"
    if NAMED_LETTER.match(name) or decomposition.startswith("<"):
        return "compatibility"
    if script_class(base[0]) in ("han", "kana"):
        return "traditional" if script_class(base[0]) == "han" else "identical"
    if decomposition or char.casefold() in EXTRA_LETTERS:
        return (
            "diacritic"
            if ord(char) in EVERYDAY or script_class(base[0]) != "alphabetic" or base[0] > "z"
            else "combining"
        )
    return "compatibility"


def confusable_targets() -> dict[str, str]:
    """Raw character -> the ASCII letter or digit it is drawn like."""
    path = Path(sys.argv[1])
    targets: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        ascii_ones = [c for c in row["confusables"] if len(c) == 1 and c.isascii() and c.isalnum()]
        if len(row["char"]) == 1 and not row["char"].isascii() and ascii_ones:
            letters = [c for c in ascii_ones if c.isalpha()] or ascii_ones
            targets[row["char"]] = sorted(letters)[0]
    return targets


def main() -> None:
    converter = OpenCC("t2s")
    confusables = confusable_targets()
    lines = []
    for code in range(LIMIT):
        char = chr(code)
        category = unicodedata.category(char)
        if category in ("Cs", "Co", "Cn"):
            continue
        if char == "\t" or category == "Zs":
            lines.append((code, "gap", "space", "", ""))
        elif char in GAP_OF:
            lines.append((code, "gap", GAP_OF[char], "", ""))
        elif code in INVISIBLE:
            lines.append((code, "ignorable", "zero_width", "", ""))
        elif is_trick(code):
            lines.append((code, "ignorable", "diacritic" if char in accents() else "combining", "", ""))
        else:
            base = base_of(char, converter)
            if not base:
                kind = "ignorable" if category in ("Mn", "Me", "Cf", "Cc") else "gap"
                lines.append((code, kind, "combining" if kind == "ignorable" else "symbol", "", ""))
                continue
            look = EXTRA_LOOKS.get(char) or confusables.get(char, "").casefold()
            if not look and len(base) == 1 and not base.isascii():
                look = EXTRA_LOOKS.get(base) or confusables.get(base, "").casefold()
            if len(base) != 1 or look == base or base.isascii():
                look = ""
            lines.append((code, script_class(base[0]), how_of(char, base), base, look))
    out = Path(__file__).parent.parent / "detectors/data/folding.tsv"
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            f"# made by tools/fold_tables.py; Unicode {unicodedata.unidata_version}; sources and licences: NOTICE\n"
        )
        file.write("# first..last\tclass\thow or gap\tbase (= the character itself)\tdrawn like\n")
        for first, last, rest in runs(lines):
            span = f"{first:04X}" if first == last else f"{first:04X}..{last:04X}"
            file.write("\t".join((span, *rest)) + "\n")


def runs(lines: list[tuple[int, str, str, str, str]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Neighbours that say the same thing, as one row."""
    out: list[tuple[int, int, tuple[str, ...]]] = []
    for code, kind, how, base, look in lines:
        rest = (kind, how, "=" if base == chr(code) else base, look)
        if out and out[-1][1] == code - 1 and out[-1][2] == rest and (rest[2] == "=" or not base):
            out[-1] = (out[-1][0], code, rest)
        else:
            out.append((code, code, rest))
    return out


if __name__ == "__main__":
    main()
