"""The obvious version of kernels/near_han*.py: every mark tried at every place of a Chinese text."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from detectors.kernels import codes
from detectors.kernels.codes import HAN, NO_GAP
from tests.detectors.naive_fold import Symbol
from tests.detectors.naive_words import LIKELY, STRONG, WEAK, spelled, syllables, table


@cache
def han_words() -> dict[str, int]:
    """Word -> 2 for a common one, 1 for another."""
    listed = gzip.decompress((files("detectors") / "data/han_words.txt.gz").read_bytes()).decode().splitlines()
    return {word.removeprefix("+"): 2 if word[0] == "+" else 1 for word in listed}


@cache
def alike_words() -> Counter[str]:
    """How many words of three or four characters a text with one left open may be."""
    words = [word for word in han_words() if 3 <= len(word) <= 4]
    return Counter(f"{word[:p]}?{word[p + 1 :]}" for word in words for p in range(len(word)))


@cache
def look_alikes() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for char, others in table("shapes.tsv").items():
        for other in others:
            found[char].add(other)
            found[other].add(char)
    for members in table("families.tsv").values():
        for char in members:
            found[char] |= set(members) - {char}
    return found


def heard(char: str) -> str:
    """The syllable as those hear it who tell neither zh from z nor ing from in."""
    syllable = syllables().get(char, "")
    for written, sound in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(written):
            syllable = sound + syllable.removeprefix(written)
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


def in_chinese(symbols: Sequence[Symbol], name: str) -> Iterator[tuple[int, int, int]]:
    for at in range(len(symbols)):
        low, high = run(symbols, at)
        if at + len(name) + 1 <= high and (bits := split(symbols, at, low, high, name)):
            yield at, len(name) + 1, bits
        elif at + len(name) <= high and (bits := changed(symbols, at, low, high, name)):
            yield at, len(name), bits


def run(symbols: Sequence[Symbol], at: int) -> tuple[int, int]:
    """The Chinese characters around a place that nothing separates."""
    if symbols[at].kind != HAN:
        return at, at
    low, high = at, at + 1
    while low > 0 and symbols[low].gap == NO_GAP and symbols[low - 1].kind == HAN:
        low -= 1
    while high < len(symbols) and symbols[high].gap == NO_GAP and symbols[high].kind == HAN:
        high += 1
    return low, high


def changed(symbols: Sequence[Symbol], at: int, low: int, high: int, name: str) -> int:
    text = spelled(symbols[at : at + len(name)])
    places = [p for p in range(len(name)) if text[p] != name[p]]
    if not places:
        return 0
    here = text[places[0] : places[-1] + 1]
    if len(places) == len(here) == 2 and here[::-1] == name[places[0] : places[-1] + 1]:
        step = codes.TRANSPOSED
    elif all(heard(text[p]) and heard(text[p]) == heard(name[p]) for p in places):
        step = codes.HOMOPHONE
    elif len(places) > 1:
        return 0
    elif text[places[0]] in look_alikes()[name[places[0]]]:
        step = codes.SHAPE
    elif len(name) > 2 and places[0] > 0:
        step = codes.ONE_CHARACTER
    else:
        return 0
    return weighed(step, symbols, (low, high), (at, at + len(name)), [at + p for p in places], name, places)


def split(symbols: Sequence[Symbol], at: int, low: int, high: int, name: str) -> int:
    text = spelled(symbols[at : at + len(name) + 1])
    place = next((p for p in range(len(name)) if text[p] != name[p]), None)
    if place is None or text[place + 2 :] != name[place + 1 :]:
        return 0
    if text[place : place + 2] not in table("parts.tsv").get(name[place], "").split():
        return 0
    odd = [at + place, at + place + 1]
    return weighed(codes.SPLIT, symbols, (low, high), (at, at + len(text)), odd, name, [place])


def weighed(
    step: int,
    symbols: Sequence[Symbol],
    bounds: tuple[int, int],
    span: tuple[int, int],
    odd: Sequence[int],
    name: str,
    places: Sequence[int],
) -> int:
    """The step with its strength, by what ordinary words explain. odd: places in the text, `places` in the mark."""
    (low, high), (at, end) = bounds, span
    spans = [
        (first, first + size, han_words().get(spelled(symbols[first : first + size]), 0))
        for size in (2, 3, 4)
        for first in range(low, high - size + 1)
    ]
    spans = [(first, stop, known) for first, stop, known in spans if known]
    begins = (2 if at == 0 else 1) if at == low else 0
    is_begun = at == low or any(stop == at for _, stop, _ in spans)
    is_ended = end == high or any(first == end for first, _, _ in spans)
    spans = [(first, stop, known) for first, stop, known in spans if stop > at and first < end]
    whole = most(known for first, stop, known in spans if first <= at and end <= stop)
    if step == codes.ONE_CHARACTER:
        parts = [one for one in spans if not (one[0] <= at and end <= one[1])]
        points = (4 if len(name) == 3 else 7) - (9, 5, 0)[begins] - 2 * (not is_begun) - 3 * (not is_ended)
        points -= 9 if whole else 5 * is_tiled({one[:2] for one in parts if one[2] == 2}, at, end)
        over = [one for one in parts if one[0] < at or one[1] > end]
        inner = most(one[2] for one in parts if one not in over and one[0] <= odd[0] < one[1])
        outer = most(one[2] for one in over if one[0] <= odd[0] < one[1])
        points -= (0, 1, 3)[inner] + (0, 2, 4)[outer]
        points -= (0, 1, 4)[most(one[2] for one in over if not one[0] <= odd[0] < one[1])]
        points -= (0, 2, 5)[han_words().get(name[:-1], 0)] * (places[0] == len(name) - 1)
        alike = alike_words()[f"{name[: places[0]]}?{name[places[0] + 1 :]}"]
        points -= 3 if alike >= 4 else alike >= 2
        return step | (STRONG if points >= 0 else LIKELY if points >= -3 else WEAK) if points >= -6 else 0
    cover = most(known for first, stop, known in spans if any(first <= p < stop for p in odd))
    cut = most(known for first, stop, known in spans if first < at or end < stop)
    kept = ["" if p in places else char for p, char in enumerate(name)]
    pieces = ["".join(kept[p : p + size]) for size in (2, 3, 4) for p in range(len(name)) if all(kept[p : p + size])]
    rest = most(han_words().get(piece, 0) for piece in pieces if len(piece) > 1)
    doubt = cover + cut + (2 - begins) + (not (is_begun and is_ended)) + 2 * (whole > 0 and len(name) > 2)
    if len(name) == 2 and step != codes.SPLIT:
        return step | WEAK if cut < 2 and cover < 2 and doubt <= 2 else 0
    doubt += cover == 2
    if step in (codes.SPLIT, codes.TRANSPOSED):
        doubt -= 2 * (len(name) > 2)
    elif begins == 0:
        doubt += rest == 2
    if doubt <= 2:
        return step | STRONG
    if doubt > 4:
        return 0
    return step | (LIKELY if doubt == 3 and begins == 2 else WEAK)


def most(classes: Iterable[int]) -> int:
    return max(classes, default=0)


def is_tiled(words: set[tuple[int, int]], at: int, end: int) -> bool:
    """Whether words side by side reach from `at` to `end`."""
    return at == end or any(first == at and is_tiled(words, stop, end) for first, stop in words)
