"""What languages know, as arrays: ordinary words, the sounds of Chinese characters, letters of other alphabets."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from detectors.folding import fold
from detectors.kernels.near import DICTIONARY, KNOWN, Lexicon, fill_words

_HAN_FIRST, _HAN_LAST = 0x4E00, 0x9FFF
_GREEK, _CYRILLIC_END = 0x370, 0x530
_SYLLABLE, _ROMAN = 6, 3  # letters at most: zhuang, and room for three


@cache
def lexicon() -> Lexicon:
    """The tables of detectors/data that ship with this version."""
    sounds, syllables = _sounds()
    shapes, shape_starts = _by_character([(char, list(map(ord, others))) for char, others in _rows("shapes.tsv")])
    pairs = [
        (char, [ord(pair[0]) << 16 | ord(pair[1]) for pair in splits.split()]) for char, splits in _rows("parts.tsv")
    ]
    parts, part_starts = _by_character(pairs)
    return Lexicon(_words(), sounds, syllables, _romans(), shapes, shape_starts, parts, part_starts)


def _lines(name: str) -> list[str]:
    text = (files("detectors") / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _rows(name: str) -> list[tuple[str, str]]:
    """The two columns of a table."""
    return [(first, second) for first, second in (line.split("\t") for line in _lines(name))]


def _by_character(rows: list[tuple[str, list[int]]]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """The values of all characters one after the other, and where those of each character from U+4E00 begin."""
    counts = np.zeros(_HAN_LAST + 2 - _HAN_FIRST, np.int32)
    held = sorted((ord(char) - _HAN_FIRST, values) for char, values in rows if _HAN_FIRST <= ord(char) <= _HAN_LAST)
    for place, values in held:
        counts[place + 1] = len(values)
    return np.array([value for _, values in held for value in values], np.uint32), np.cumsum(counts, dtype=np.int32)


def _words() -> NDArray[np.uint32]:
    """Folded like the text they will be looked up for."""
    packed = (files("detectors") / "data/words.txt.gz").read_bytes()
    listed = gzip.decompress(packed).decode().splitlines()
    symbols = fold([word.removeprefix("+") for word in listed])
    classes = np.array([DICTIONARY if word[0] == "+" else KNOWN for word in listed], np.uint8)
    words = np.zeros(1 << len(listed).bit_length(), np.uint32)
    fill_words(symbols.bases, symbols.fields, classes, words)
    return words


def _sounds() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    rows = _rows("sounds.tsv")
    sounds = np.zeros(_HAN_LAST + 1 - _HAN_FIRST, np.uint16)
    syllables = np.zeros((len(rows) + 1, _SYLLABLE), np.uint8)
    for number, (syllable, characters) in enumerate(rows, 1):
        syllables[number, : len(syllable)] = list(syllable.encode())
        sounds[[ord(character) - _HAN_FIRST for character in characters]] = number
    return sounds, syllables


def _romans() -> NDArray[np.uint8]:
    romans = np.zeros((_CYRILLIC_END - _GREEK, _ROMAN), np.uint8)
    for letters, latin in _rows("romans.tsv"):
        for letter, spelled in zip(letters, latin.split(), strict=True):
            romans[ord(letter) - _GREEK, : len(spelled)] = list(spelled.encode())
    return romans
