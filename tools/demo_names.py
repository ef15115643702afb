"""Names of marks: when two are the same, and which are too plain to watch. Used by the demo data builder only."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WORD = re.compile(r"[^\W_]+")
LONGEST_PHRASE = 4
LONGEST_HAN = 8


def name_key(name: str) -> str:
    """What is left of a name without case, width, accents on Latin letters, spaces and punctuation."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in decomposed if not 0x300 <= ord(c) <= 0x36F)
    composed = unicodedata.normalize("NFKC", plain).casefold()
    return "".join(c for c in composed if unicodedata.category(c)[0] in "LMN")


def is_han(name: str) -> bool:
    return bool(name) and all("\u3400" <= c <= "\u9fff" for c in name)


def is_bare(name: str) -> bool:
    """Too little to watch for: one character, two Latin letters or digits, no letter at all, or a word of three Latin
    letters that is not written in capitals (DHL stays, Fly goes)."""
    key = name_key(name)
    if len(key) < (3 if key.isascii() else 2) or not any(c.isalpha() for c in key):
        return True
    return len(key) == 3 and key.isascii() and key.isalpha() and not name.isupper()


def ordinary_words(patents: Iterable[Mapping[str, Any]]) -> set[str]:
    """English words that the abstracts and claims of the pack's US patents write in lower case."""
    words: set[str] = set()
    for patent in patents:
        for text in (patent["abstract"] or "", *patent["claims"]):
            words.update(re.findall(r"(?<![^\W\d_])[a-z]+(?![^\W\d_])", text))
    return words


class Usage:
    """Where names stand in titles: under their own gold brand, or under other brands, as ordinary words do."""

    def __init__(self, names: Iterable[str]) -> None:
        self._phrases = {" ".join(WORD.findall(name.casefold())) for name in names}
        self._own: Counter[str] = Counter()
        self._others: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, title: str, brands: Sequence[str]) -> None:
        """Count one listing whose gold brands are known."""
        own = {name_key(brand) for brand in brands}
        for phrase in phrases(title) & self._phrases:
            key = name_key(phrase)
            if any(key in brand or brand in key for brand in own):
                self._own[key] += 1
            else:
                self._others[key] |= own

    def is_ordinary(self, name: str) -> bool:
        """In titles of five or more other brands, and of more of them than it has titles of its own."""
        key = name_key(name)
        return len(self._others[key]) >= 5 and len(self._others[key]) > self._own[key]


def phrases(text: str) -> set[str]:
    """Every run of one to four words, lower-cased, and every run of two to eight Han characters."""
    words = WORD.findall(text.casefold())
    found = {" ".join(words[i : i + n]) for n in range(1, LONGEST_PHRASE + 1) for i in range(len(words))}
    for run in re.findall("[\u3400-\u9fff]+", text):
        found |= {run[i : i + n] for n in range(2, LONGEST_HAN + 1) for i in range(len(run) - n + 1)}
    return found
