"""What the twins of near spellings know of words: the tables of detectors/data as dictionaries."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from detectors.kernels import codes
from tests.detectors.naive_fold import Symbol, fold

WEAK, STRONG, LIKELY = codes.WEAK, codes.STRONG, codes.WEAK | codes.LIKELY
UNKNOWN, KNOWN, DICTIONARY = 0, 1, 2


@cache
def listed_words() -> list[tuple[str, bool]]:
    """Ordinary words as folded, and whether a dictionary has them."""
    listed = unpacked("words.txt.gz")
    folded = fold([word.removeprefix("+") for word in listed])
    return [(spelled(symbols), word[0] == "+") for symbols, word in zip(folded, listed, strict=True)]


@cache
def words() -> dict[str, bool]:
    return dict(listed_words())


@cache
def rare_words() -> frozenset[str]:
    return frozenset(unpacked("rare.txt.gz"))


@cache
def trade_words() -> frozenset[str]:
    lines = (files("detectors") / "data/trade.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


def unpacked(name: str) -> list[str]:
    return gzip.decompress((files("detectors") / "data" / name).read_bytes()).decode().splitlines()


@cache
def trigrams() -> tuple[Counter[str], Counter[str]]:
    """How often a letter follows two others, and those two are followed at all; ^ is the edge of a word."""
    edged = [f"^^{word}^" for word, _ in listed_words() if all("a" <= char <= "z" for char in word)]
    threes = Counter(word[p : p + 3] for word in edged for p in range(len(word) - 2))
    twos = Counter(word[p : p + 2] for word in edged for p in range(len(word) - 2))
    return threes, twos


@cache
def table(name: str) -> dict[str, str]:
    lines = (files("detectors") / "data" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@cache
def syllables() -> dict[str, str]:
    return {char: syllable for syllable, chars in table("sounds.tsv").items() for char in chars}


@cache
def roman_letters() -> dict[str, str]:
    return {
        letter: roman
        for letters, romans in table("romans.tsv").items()
        for letter, roman in zip(letters, romans.split(), strict=True)
    }


def spelled(symbols: Sequence[Symbol]) -> str:
    return "".join(symbol.base for symbol in symbols)


def is_latin(name: str) -> bool:
    return name.isascii() and name.isalpha() and 4 <= len(name) < 32


def is_han(name: str) -> bool:
    return 2 <= len(name) <= 8 and all("\u3400" <= char <= "\u9fff" for char in name)
