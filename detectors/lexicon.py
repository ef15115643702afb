"""What languages know, as arrays: words and how they are built, the sounds of Chinese characters, other alphabets."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from detectors.folding import fold
from detectors.kernels.near import DICTIONARY, KNOWN, Lexicon, fill_begins, fill_words
from detectors.kernels.near_evidence import LETTERS, count_trigrams
from detectors.kernels.near_han_chance import ANY
from detectors.kernels.near_han_words import LONGEST_WORD
from detectors.tables import saved

_HAN_FIRST, _HAN_LAST = 0x4E00, 0x9FFF
_GREEK, _CYRILLIC_END = 0x370, 0x530
_UNSEEN = 0.3
SOME, MANY = 2, 4  # words that are alike but for one character
_SYLLABLE, _ROMAN = 6, 3  # letters at most: zhuang, and room for three


@cache
def lexicon() -> Lexicon:
    """The tables of detectors/data that ship with this version."""
    return saved("lexicon", Lexicon, _lexicon)


def _lexicon() -> Lexicon:
    """Most of a second."""
    sounds, syllables = _sounds()
    pairs = [
        (char, [ord(pair[0]) << 16 | ord(pair[1]) for pair in splits.split()]) for char, splits in _rows("parts.tsv")
    ]
    parts, part_starts = _by_character(pairs)
    shapes, shape_starts = _shapes()
    words, trigrams = _words()
    han_words = _han_words()
    return Lexicon(
        words=words,
        rare=_plain_words(_unpacked("rare.txt.gz").split()),
        trade=_plain_words(" ".join(_lines("trade.txt")).split()),
        trigrams=trigrams,
        sounds=sounds,
        syllables=syllables,
        syllable_words=_plain_words([syllable for syllable, _ in _rows("sounds.tsv")], spare=2),
        romans=_romans(),
        shapes=shapes,
        shape_starts=shape_starts,
        parts=parts,
        part_starts=part_starts,
        han_words=_hash_set(*han_words),
        heard=_sound_classes()[sounds],
        han_patterns=_han_patterns(han_words[0], han_words[1]),
        han_begins=_han_begins(han_words[0], han_words[1]),
    )


@cache
def domain_endings() -> NDArray[np.uint32]:
    """The hash set of top-level domains."""
    return _plain_words(" ".join(_lines("domains.txt")).split())


@cache
def abbreviations() -> frozenset[str]:
    """Three letters that describe goods every day."""
    return frozenset(" ".join(_lines("abbreviations.txt")).split())


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


def _unpacked(name: str) -> str:
    return gzip.decompress((files("detectors") / "data" / name).read_bytes()).decode()


def _words() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Ordinary words, folded like the text they will be looked up for, and what letters follow each other in them."""
    listed = _unpacked("words.txt.gz").splitlines()
    symbols = fold([word.removeprefix("+") for word in listed])
    classes = np.array([DICTIONARY if word[0] == "+" else KNOWN for word in listed], np.uint8)
    return _hash_set(symbols.bases, symbols.fields, classes), _trigrams(symbols.bases, symbols.fields)


def _plain_words(words: list[str], spare: int = 1) -> NDArray[np.uint32]:
    """The hash set of words of a to z. spare: so many times larger than need be, for few that are asked about often."""
    letters = np.frombuffer("".join(words).encode("ascii"), np.uint8).astype(np.uint32)
    offsets = np.concatenate([[0], np.cumsum([len(word) for word in words])]).astype(np.int32)
    return _hash_set(letters, offsets, np.full(len(words), KNOWN, np.uint8), spare)


def _hash_set(
    letters: NDArray[np.uint32], offsets: NDArray[np.int32], classes: NDArray[np.uint8], spare: int = 1
) -> NDArray[np.uint32]:
    words = np.zeros(2 * spare << len(classes).bit_length(), np.uint32)  # nine tenths full, a question took 60 steps
    fill_words(letters, offsets, classes, words)
    return words


def _han_words() -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.uint8]]:
    """Letters, offsets and classes; in the simplified form that folding makes, so that nothing is left to fold."""
    listed = _unpacked("han_words.txt.gz").splitlines()
    classes = np.array([DICTIONARY if word[0] == "+" else KNOWN for word in listed], np.uint8)
    plain = [word.removeprefix("+") for word in listed]
    letters = np.frombuffer("".join(plain).encode("utf-32-le"), np.uint32)
    offsets = np.concatenate([[0], np.cumsum([len(word) for word in plain])]).astype(np.int32)
    return letters, offsets, classes


def _han_begins(letters: NDArray[np.uint32], offsets: NDArray[np.int32]) -> NDArray[np.uint8]:
    begins = np.zeros(1 << len(offsets).bit_length(), np.uint8)
    fill_begins(letters, offsets, begins)
    return begins


def _han_patterns(letters: NDArray[np.uint32], offsets: NDArray[np.int32]) -> NDArray[np.uint32]:
    """The hash set of words with one character left open that several words are."""
    texts, bounds, classes = [np.zeros(0, np.uint32)], [np.zeros(1, np.int32)], [np.zeros(0, np.uint8)]
    sizes = np.diff(offsets)
    for size in (3, LONGEST_WORD):
        words = letters[offsets[:-1][sizes == size][:, None] + np.arange(size)]
        shifts = 16 * np.arange(size, dtype=np.uint64)  # a character has 16 bits, and numbers are faster to count
        for place in range(size):
            open_words = words.astype(np.uint64)
            open_words[:, place] = ANY
            patterns, counts = np.unique((open_words << shifts).sum(axis=1, dtype=np.uint64), return_counts=True)
            patterns, counts = patterns[counts >= SOME], counts[counts >= SOME]
            texts.append((patterns[:, None] >> shifts & np.uint64(0xFFFF)).astype(np.uint32).ravel())
            bounds.append(bounds[-1][-1] + size * np.arange(1, len(patterns) + 1, dtype=np.int32))
            classes.append(np.where(counts >= MANY, DICTIONARY, KNOWN).astype(np.uint8))
    return _hash_set(np.concatenate(texts), np.concatenate(bounds), np.concatenate(classes))


def _shapes() -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """The characters drawn like each, in the form of _by_character: pairs that look alike, and those of one part."""
    found = [np.zeros((0, 2), np.int64)]
    for char, others in _rows("shapes.tsv"):
        codes = np.array(list(map(ord, others)), np.int64)
        found += [
            np.stack([np.full_like(codes, ord(char)), codes], 1),
            np.stack([codes, np.full_like(codes, ord(char))], 1),
        ]
    for _, members in _rows("families.tsv"):
        codes = np.array(list(map(ord, members)), np.int64)
        found.append(np.stack([np.repeat(codes, len(codes)), np.tile(codes, len(codes))], 1))
    pairs = np.concatenate(found)
    keys = np.unique(pairs[:, 0] << 16 | pairs[:, 1])
    keys = keys[(keys >> 16 != keys & 0xFFFF) & (keys >> 16 >= _HAN_FIRST) & (keys >> 16 <= _HAN_LAST)]
    counts = np.bincount((keys >> 16) - _HAN_FIRST + 1, minlength=_HAN_LAST + 2 - _HAN_FIRST)
    return (keys & 0xFFFF).astype(np.uint32), np.cumsum(counts, dtype=np.int32)


def _trigrams(letters: NDArray[np.uint32], offsets: NDArray[np.int32]) -> NDArray[np.uint8]:
    """-8 * log2 of a letter's probability after two others: what is never seen counts as a third of a time."""
    counts = np.zeros(LETTERS**3, np.int64)
    count_trigrams(letters, offsets, counts)
    seen = counts.reshape(-1, LETTERS) + _UNSEEN
    share = seen / seen.sum(axis=1, keepdims=True)
    points: NDArray[np.uint8] = np.minimum(np.rint(-8 * np.log2(share)), 255).astype(np.uint8)
    return points.reshape(-1)


def _sounds() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    rows = _rows("sounds.tsv")
    sounds = np.zeros(_HAN_LAST + 1 - _HAN_FIRST, np.uint16)
    syllables = np.zeros((len(rows) + 1, _SYLLABLE), np.uint8)
    for number, (syllable, characters) in enumerate(rows, 1):
        syllables[number, : len(syllable)] = list(syllable.encode())
        sounds[[ord(character) - _HAN_FIRST for character in characters]] = number
    return sounds, syllables


def _sound_classes() -> NDArray[np.uint16]:
    """Per syllable what much of China hears in it: zh is z, ch c, sh s, and an ng at the end n."""
    classes: dict[str, int] = {}
    found = [0]
    for syllable, _ in _rows("sounds.tsv"):
        heard = syllable[0] + syllable[1:].removeprefix("h") if syllable[0] in "zcs" else syllable
        heard = heard.removesuffix("g") if heard[-3:] in ("ing", "eng", "ang") else heard
        found.append(classes.setdefault(heard, len(classes) + 1))
    return np.array(found, np.uint16)


def _romans() -> NDArray[np.uint8]:
    romans = np.zeros((_CYRILLIC_END - _GREEK, _ROMAN), np.uint8)
    for letters, latin in _rows("romans.tsv"):
        for letter, spelled in zip(letters, latin.split(), strict=True):
            romans[ord(letter) - _GREEK, : len(spelled)] = list(spelled.encode())
    return romans
