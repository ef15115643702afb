"""The obvious version of kernels/near_han*.py: every mark tried at every place of a Chinese text."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
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
    cover = max((known for first, stop, known in spans if any(first <= p < stop for p in odd)), default=0)
    cut = max((known for first, stop, known in spans if first < at < stop or first < end < stop), default=0)
    kept = ["" if p in places else char for p, char in enumerate(name)]
    pieces = ["".join(kept[p : p + size]) for size in (2, 3, 4) for p in range(len(name)) if all(kept[p : p + size])]
    rest = max((han_words().get(piece, 0) for piece in pieces if len(piece) > 1), default=0)
    begins = (2 if at == 0 else 1) if at == low else 0
    is_edged = (at == low or any(stop == at for _, stop, _ in spans)) and (
        end == high or any(first == end for first, _, _ in spans)
    )
    doubt = cover + cut + (2 - begins) + (not is_edged)
    if len(name) == 2 and step != codes.SPLIT:
        return step | WEAK if not cut and cover < 2 and doubt <= 2 else 0
    doubt += cover == 2
    if step == codes.ONE_CHARACTER and len(name) == 3:
        doubt += (0, 1, 3)[rest]
    elif step in (codes.SPLIT, codes.TRANSPOSED):
        doubt -= 2 * (len(name) > 2)
    elif begins == 0:
        doubt += rest == 2 or (rest > 0 and step == codes.ONE_CHARACTER)
    if doubt <= (1 if step == codes.ONE_CHARACTER and len(name) == 3 else 2):
        return step | STRONG
    if doubt > 4:
        return 0
    return step | (LIKELY if doubt <= 2 or (doubt == 3 and begins == 2) else WEAK)
