"""The goods lexicon compiled: its words as patterns of the automaton.

It comes with the rule pack and does not depend on the rights: it is compiled once a version and never grows with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detectors.goods.classes import class_numbers
from detectors.goods.source import KEPT, GoodsSource, goods_source
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
        for number in class_numbers(classes):
            bits |= self.source.near[number]
        return bits


def goods_lexicon() -> GoodsLexicon:
    """The lexicon that ships with this version."""
    return compile_lexicon(goods_source())


@lru_cache(maxsize=KEPT)
def compile_lexicon(source: GoodsSource) -> GoodsLexicon:
    """A tenth of a second, so done once for each file that was read."""
    texts = list(source.meanings)
    patterns = build_patterns(texts, [codes.GOODS] * len(texts))
    meanings = np.array([source.meanings[texts[number]] for number in patterns.sources], np.uint64)
    return GoodsLexicon(source, patterns, meanings)
