"""The goods lexicon compiled: its words as patterns of the automaton.

It does not depend on the watchlist, so it is compiled once a process and never grows with the rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detectors.goods.classes import LAST_CLASS
from detectors.goods.source import GoodsSource, goods_source
from detectors.kernels import codes
from detectors.watchlist.patterns import Patterns, build_patterns


@dataclass(frozen=True, slots=True)
class GoodsLexicon:
    """What the file says, and its words to search for. meanings: uint64[p], of each pattern."""

    source: GoodsSource
    patterns: Patterns
    meanings: NDArray[np.uint64]

    def related(self, classes: int) -> int:
        """All classes near any of these."""
        bits = 0
        for number in range(1, LAST_CLASS + 1):
            if classes >> number & 1:
                bits |= self.source.near[number]
        return bits


@cache
def goods_lexicon() -> GoodsLexicon:
    """The lexicon that ships with this version."""
    return compile_lexicon(goods_source())


def compile_lexicon(source: GoodsSource) -> GoodsLexicon:
    texts = list(source.meanings)
    patterns = build_patterns(texts, [codes.GOODS] * len(texts))
    meanings = np.array([source.meanings[texts[number]] for number in patterns.sources], np.uint64)
    return GoodsLexicon(source, patterns, meanings)
