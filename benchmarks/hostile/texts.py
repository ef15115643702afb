"""Texts that somebody wrote to make screening raise or take long: each kind a seeded maker of `size` code points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from benchmarks.hostile.rights import OFTEN, TRAPS
from detectors.watchlist.rules import default_rules
from streams.demo.pack import load_listings, marks

_BLOCKS = (
    (0x20, 0x7F), (0x80, 0x250), (0x250, 0x370), (0x370, 0x530), (0x530, 0x900), (0x900, 0x1200), (0x1200, 0x2000),
    (0x2000, 0x2E80), (0x2E80, 0x3400), (0x3400, 0xA000), (0xA000, 0xD800), (0xE000, 0xFFFF), (0x10000, 0x1F000),
    (0x1F000, 0x20000), (0x20000, 0x32000), (0xE0000, 0xE0200), (0xF0000, 0x110000),
)  # fmt: skip
_SEPARATORS = " -.·・*_~:+/%&'|,;\u3000\u00a0\u2028\n\t"
_INVISIBLE = "\u200b\u200d\u00ad\u2060\ufe0f\ufeff\u034f\u061c\U000e0041\u180e"
_COMBINING = "\u0301\u0308\u0335\u0336\u20e3\u20dd\u0489\u3099\u0e31"
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
_LOOKALIKES = str.maketrans("aeiopcxyABEHKMOPTX", "аеіорсхуАВЕНКМОРТХ")
_LEET = str.maketrans("aeiostbl", "4310$781")
_PATENT = (
    "ZL",
    "ZL2023",
    "专利号",
    "CN20231012",
    "US 11,222,",
    "EP1 234 ",
    "专利号:ZL 2019 3 ",
    "PCT/",
    "特許第",
    "patent no. ",
)
_ENTITIES = ("&amp;", "&#x4e;", "&#78;&#73;KE", "&nbsp;", "&amp;amp;", "<b>", "</b", "<!--", "&#1114112;", "&", "<")
_SOUNDS = ("shi4是十石时事市狮", "nai3耐奈乃", "ke4克刻客科", "mao2茅毛猫", "tai2台抬太")


@dataclass(frozen=True)
class Material:
    """What the makers draw from. Listings are the pack's; marks are those of the watchlist."""

    @cached_property
    def titles(self) -> Sequence[str]:
        return [str(row["title"]) for row in load_listings()[::7]]

    @cached_property
    def marks(self) -> Sequence[str]:
        return [*(name for right in marks(300) for name in right["marks"]), *TRAPS, *OFTEN]

    @cached_property
    def phrases(self) -> Sequence[str]:
        return [phrase.text for phrase in default_rules().phrases]


Maker = Callable[[Random, Material, int], str]


def _filled(piece: Callable[[], str], size: int) -> str:
    """Pieces one after the other until there are `size` code points."""
    pieces, length = [], 0
    while length < size:
        pieces.append(piece())
        length += max(1, len(pieces[-1]))
    return "".join(pieces)[:size]


def _real(random: Random, material: Material, size: int) -> str:
    return _filled(lambda: random.choice(material.titles) + " ", size)


def _mutated(random: Random, material: Material, size: int) -> str:
    signs = list(_real(random, material, size))
    for _ in range(max(1, size // 10)):
        at = random.randrange(len(signs))
        signs[at] = random.choice(
            (signs[at] * 2, "", signs[at].swapcase(), _any_sign(random), random.choice(_SEPARATORS))
        )
    return "".join(signs)[:size]


def _any_sign(random: Random) -> str:
    return chr(random.randrange(*random.choice(_BLOCKS)))


def _any_signs(random: Random, material: Material, size: int) -> str:
    return _filled(lambda: _any_sign(random), size)


def _one_block(random: Random, material: Material, size: int) -> str:
    block = random.choice(_BLOCKS)
    return _filled(lambda: chr(random.randrange(*block)), size)


def _one_sign(random: Random, material: Material, size: int) -> str:
    return str(random.choice((_any_sign(random), *"aioO01l耐是木ナ나-.*@$ ", random.choice(_COMBINING)))) * size


def _of(signs: str) -> Maker:
    return lambda random, material, size: _filled(lambda: random.choice(signs), size)


def _pieces(pieces: Sequence[str], between: str = "") -> Maker:
    return lambda random, material, size: _filled(lambda: random.choice(pieces) + between, size)


def _one_piece(pieces: Sequence[str]) -> Maker:
    return lambda random, material, size: random.choice(pieces) * (size // 2 + 1)


def _each_mark(change: Callable[[Random, str], str], between: str = " ") -> Maker:
    return lambda random, material, size: _filled(lambda: change(random, random.choice(material.marks)) + between, size)


def _one_mark(change: Callable[[Random, str], str], between: str = " ") -> Maker:
    """The same changed mark again and again."""

    def make(random: Random, material: Material, size: int) -> str:
        text = change(random, random.choice(material.marks)) + between
        return (text * (size // len(text) + 1))[:size]

    return make


def _plain(random: Random, mark: str) -> str:
    return mark


def _slip(random: Random, mark: str) -> str:
    at = random.randrange(len(mark))
    letter = random.choice("aeiounrst耐克")
    return random.choice(
        (
            mark[:at] + mark[at + 1 :],
            mark[:at] + letter + mark[at:],
            mark[:at] + letter + mark[at + 1 :],
            mark[:at] + mark[at : at + 2][::-1] + mark[at + 2 :],
        )
    )


def _separated(random: Random, mark: str) -> str:
    return random.choice(_SEPARATORS).join(mark)


def _with_invisible(random: Random, mark: str) -> str:
    return "".join(sign + random.choice(_INVISIBLE) * random.randrange(4) for sign in mark)


def _accented(random: Random, mark: str) -> str:
    return "".join(sign + random.choice(_COMBINING) * random.randrange(9) for sign in mark)


def _lookalike(random: Random, mark: str) -> str:
    return mark.translate(_LOOKALIKES)


def _leet(random: Random, mark: str) -> str:
    return mark.casefold().translate(_LEET)


def _wide(random: Random, mark: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in mark)


def _in_a_word(random: Random, mark: str) -> str:
    return random.choice(("super", "x", "real", "正品")) + mark + random.choice(("shop", "er", "zz", "店"))


def _phrases(random: Random, material: Material, size: int) -> str:
    return _filled(lambda: random.choice(material.phrases) + random.choice((" ", "", ",", " NIKE ")), size)


def _random_words(random: Random, material: Material, size: int) -> str:
    return _filled(lambda: "".join(random.choices("etaoinshrdlu", k=random.randrange(1, 14))) + " ", size)


def _nearly_prefixes(random: Random, material: Material, size: int) -> str:
    return _filled(lambda: "a" * random.randrange(1, 40) + random.choice(("b", " ", "", "A", "а")), size)


def _mixed(random: Random, material: Material, size: int) -> str:
    makers = list(KINDS.values())[:-1]
    return _filled(lambda: random.choice(makers)(random, material, random.randrange(1, 30)), size)


KINDS: Mapping[str, Maker] = {
    "real titles": _real,
    "real titles, mutated": _mutated,
    "any characters": _any_signs,
    "characters of one block": _one_block,
    "one character": _one_sign,
    "letters that fold alike": _of("iIl1!|oO0аaA@4"),
    "prefixes of marks": _nearly_prefixes,
    "marks": _each_mark(_plain),
    "one mark": _one_mark(_plain),
    "one mark without spaces": _one_mark(_plain, ""),
    "marks without spaces": _each_mark(_plain, ""),
    "slips": _each_mark(_slip),
    "one slip": _one_mark(_slip),
    "slips without spaces": _each_mark(_slip, ""),
    "separated marks": _each_mark(_separated),
    "one separated mark": _one_mark(_separated),
    "invisible characters in marks": _each_mark(_with_invisible),
    "accents in marks": _each_mark(_accented),
    "look-alikes": _each_mark(_lookalike),
    "leetspeak": _each_mark(_leet),
    "marks in Japanese forms": _pieces(("周黒鸭", "元気気気", "周黒鸭 ")),
    "one mark in Japanese forms": _one_piece(("周黒鸭",)),
    "wide marks": _each_mark(_wide),
    "marks in words": _each_mark(_in_a_word),
    "one mark in a word": _one_mark(_in_a_word),
    "counterfeit wording": _phrases,
    "ordinary letters": _random_words,
    "an endless word": _of("etaoinshrdlu"),
    "figures": _of("0123456789"),
    "figures and signs": _of("0123456789 .-/,"),
    "beginnings of patent numbers": _pieces(_PATENT),
    "one beginning of a patent number": _one_piece(_PATENT),
    "patent numbers": _pieces(("ZL202310123456.7", "CN109876543A", "专利号ZL201930012345.X", "US 11,222,333 B2"), " "),
    "entities and tags": _pieces(_ENTITIES),
    "homophones": _of("".join(_SOUNDS)),
    "pinyin": _pieces(("nai", "ke", "shi", "mao", "tai", "lu", "yi", "wei", "deng", "zhuang", " ", "")),
    "Chinese characters": _of("耐克路易威登茅台贵州是十石狮木林森口品日月明一"),
    "kana and Hangul": _of("ナイキﾅｲｷﾊﾞばー나이키ᄂㅏ"),
    "separators": _of(_SEPARATORS),
    "invisible characters": _of(_INVISIBLE + "a"),
    "combining characters": _of(_COMBINING + "ae"),
    "bidirectional controls": _of(_BIDI + "NIKE"),
    "emoji": _of("👟❤🏽\u200d\ufe0f🇨🇳Ⓝ🅝🄽"),
    "compatibility forms": _of("ﷺ㍿㌀ﬃ℡㏂⒈⑽Ǆǅ½"),
    "all of it": _mixed,
}
