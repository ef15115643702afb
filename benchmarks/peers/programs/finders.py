"""The two ways to find marks that a script of public libraries has: exactly, and however they are disguised.

`Exact` is casefolding and ahocorasick_rs. `Disguises` is the best that we could write with disarm (confusables,
invisible characters, struck-out letters), OpenCC (traditional characters), pypinyin (sounds) and ahocorasick_rs over
expanded variants: what can be undone in the text is undone there, the rest are patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import disarm
from ahocorasick_rs import AhoCorasick
from opencc import OpenCC
from pypinyin import lazy_pinyin

# One letter for every sign that may stand for it, in the marks and in the text alike.
LEET = str.maketrans("0134578926|!$@+€", "oieastbgzgiisate") | {ord("l"): "i", ord("q"): "g"}
NOT_A_WORD = re.compile(r"[\W_]+")
FOREIGN = re.compile(r"[\u0370-\u052f]")
BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])[\W_丨+|]+(?=[\u4e00-\u9fff])")
HAN = re.compile(r"[\u4e00-\u9fff]")
HAN_END = 0xA000
HAN_BEGIN = 0x4E00
SHORTEST_VARIED = 5  # letters of a mark whose slips of the pen are looked for


class Finder(Protocol):
    def find(self, text: str) -> set[int]:
        """The places, in the list of marks, of those that the text names."""
        ...


class Exact:
    def __init__(self, marks: Sequence[str]) -> None:
        self._automaton = AhoCorasick([mark.casefold() for mark in marks], store_patterns=False)

    def find(self, text: str) -> set[int]:
        # Overlapping: it takes no longer, and "mac" is within "extended for mac" where that is a mark too.
        return {hit[0] for hit in self._automaton.find_matches_as_indexes(text.casefold(), overlapping=True)}


class Disguises:
    def __init__(self, marks: Sequence[str]) -> None:
        self._simplified = OpenCC("t2s").convert
        self._sounds = {code: f"{_sound(chr(code))}'" for code in range(HAN_BEGIN, HAN_END)}
        self._written = Variants((place, form) for place, mark in enumerate(marks) for form in self._forms(mark))
        self._spoken = Variants(
            (place, squeezed.translate(self._sounds))
            for place, mark in enumerate(marks)
            if _is_han(squeezed := self._squeezed(mark)) and len(squeezed) > 1
        )

    def find(self, text: str) -> set[int]:
        squeezed = self._squeezed(text)
        found = self._written.find(squeezed)
        if HAN.search(squeezed):
            found |= self._spoken.find(squeezed.translate(self._sounds))
        if FOREIGN.search(text):
            found |= self._written.find(self._squeezed(disarm.transliterate(text)))
        return found

    def _squeezed(self, text: str) -> str:
        plain = self._simplified(disarm.strip_obfuscation(BETWEEN_HAN.sub("", text))).casefold()
        return NOT_A_WORD.sub("", plain.translate(LEET))

    def _forms(self, mark: str) -> Iterator[str]:
        squeezed = self._squeezed(mark)
        yield squeezed
        if _is_han(squeezed):
            if len(squeezed) > 1:
                yield "".join(lazy_pinyin(squeezed)).translate(LEET)
                yield "".join(map(_sound, squeezed)).translate(LEET)
        elif len(squeezed) >= SHORTEST_VARIED:
            yield from slips(squeezed)


class Variants:
    """Patterns that may belong to several marks."""

    def __init__(self, forms: Iterable[tuple[int, str]]) -> None:
        owners: dict[str, list[int]] = {}
        for place, form in forms:
            if form:
                owners.setdefault(form, []).append(place)
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(list(owners), store_patterns=False)

    def find(self, text: str) -> set[int]:
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return {place for hit in hits for place in self._owners[hit[0]]}


def slips(word: str) -> Iterator[str]:
    """Neighbours swapped, a letter doubled, a double one single."""
    for place in range(len(word) - 1):
        head, one, two, tail = word[:place], word[place], word[place + 1], word[place + 2 :]
        if one == two:
            yield head + one + tail
        else:
            yield head + two + one + tail
    for place, letter in enumerate(word):
        yield word[:place] + letter + word[place:]


def _sound(character: str) -> str:
    return str(lazy_pinyin(character)[0])


def _is_han(text: str) -> bool:
    return bool(text) and all(HAN_BEGIN <= ord(character) < HAN_END for character in text)


FINDERS: Mapping[str, Callable[[Sequence[str]], Finder]] = {"exact": Exact, "equal recall": Disguises}
