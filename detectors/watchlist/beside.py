"""The table [innocent_beside], compiled: which wording is innocent beside which goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.kernels import codes
from detectors.watchlist.patterns import Patterns, build_patterns
from detectors.watchlist.rule_tables import COUNTERFEIT, BesideGroup, same_wording
from detectors.watchlist.strings import Strings


@dataclass(frozen=True, slots=True)
class Beside:
    """Groups are bits. excused_by: uint32[p + 1], for the base's patterns, the groups that excuse each; the last is 0.

    goods: the patterns of all goods words; excuses: uint32[goods], the groups a word stands for.
    """

    excused_by: NDArray[np.uint32]
    goods: Patterns
    excuses: NDArray[np.uint32]


def compile_beside(groups: Sequence[BesideGroup], texts: Sequence[str] | Strings, patterns: Patterns) -> Beside:
    """`texts` are those that `patterns` were built from. Words that fold alike in two languages are one word."""
    wording: defaultdict[str, int] = defaultdict(int)
    goods: defaultdict[str, int] = defaultdict(int)
    spelled: dict[str, str] = {}
    for bit, group in enumerate(groups):
        for word in group.wording:
            wording[same_wording(word)] |= 1 << bit
        for word in group.words:
            goods[same_wording(word)] |= 1 << bit
            spelled.setdefault(same_wording(word), word)
    excused_by = np.zeros(len(patterns.sources) + 1, np.uint32)
    counterfeit = np.isin(patterns.kinds, COUNTERFEIT)
    for row in np.flatnonzero(counterfeit).tolist():
        excused_by[row] = wording.get(same_wording(texts[patterns.sources[row]]), 0)
    found = build_patterns(list(spelled.values()), [codes.INNOCENT] * len(spelled))
    bits = np.array([goods[key] for key in spelled], np.uint32)
    return Beside(excused_by, found, bits[found.sources])
