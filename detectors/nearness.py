"""Near spellings of marks in a page, as columns. How they are told from chance: kernels/near_*.py."""

from __future__ import annotations

import numpy as np

from detectors.finding import first_of, room_for
from detectors.folding import FoldedText
from detectors.kernels.near import Found, NearIndex, Symbols
from detectors.kernels.near_han import find_near_han
from detectors.kernels.near_words import find_near_words
from detectors.lexicon import lexicon
from detectors.watchlist.near import marks_of
from detectors.watchlist.patterns import Patterns

ROOM = 256  # hits to begin with; more is allocated when a page needs it


def find_near(symbols: FoldedText, headlines: int, patterns: Patterns, near: NearIndex) -> Found:
    """The hits of all near spellings in titles and brands, the fields before `headlines`, in no order.

    There words stand as signs. In running text a slip says next to nothing, and most of a page is running text.
    """
    text = Symbols(
        symbols.bases, symbols.kinds, symbols.gaps, symbols.fields[: headlines + 1], symbols.sources,
        symbols.code_points,
    )  # fmt: skip
    marks, room = marks_of(patterns), ROOM
    while True:
        found = room_for(room)
        count = find_near_words(text, marks, near, lexicon(), found)
        if count >= 0:
            words = np.zeros(text.fields[-1], np.uint16)
            count = find_near_han(text, marks, near, lexicon(), words, found, count)
        if count >= 0:
            break
        room *= 4
    return first_of(found, count)
