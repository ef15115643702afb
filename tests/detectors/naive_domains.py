"""The twin of kernels/domains.py: the text drawn as letters, figures, hyphens and dots, and a regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from detectors.kernels import codes
from tests.detectors.naive_fold import Symbol

_LABEL = re.compile(r"[a0](?:-?[a0])*")
_ENDING = re.compile(r"\.a+")


@cache
def endings() -> frozenset[str]:
    text = (files("detectors") / "data/domains.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def in_domain(field: Sequence[Symbol], first: int, length: int) -> bool:
    """Whether the mark at the symbols from `first` is part of a longer label of a domain's name."""
    drawn, places = "", []
    for symbol in field:
        drawn += {codes.NO_GAP: "", codes.HYPHEN: "-", codes.DOT: "."}.get(symbol.gap, " ")
        places.append(len(drawn))
        drawn += {codes.ALPHABETIC: "a", codes.DIGIT: "0"}.get(symbol.kind, "#")
    begin, end = places[first], places[first + length - 1] + 1
    for label in _LABEL.finditer(drawn):
        if label.start() <= begin and end <= label.end():
            ending = _ENDING.match(drawn, label.end())
            name = "".join(s.base for s, place in zip(field, places, strict=True) if place > label.end())
            is_ending = ending is not None and name[: len(ending[0]) - 1] in endings()
            return is_ending and len(label[0]) > end - begin and length >= 4
    return False
