"""Japan's own forms of characters amid Chinese: 周黒鸭 is nobody's spelling of 周黑鸭; 元気 is a Japanese word."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from detectors.kernels import codes
from detectors.kernels.near import Found
from detectors.text import PageText
from detectors.watchlist.segment import Segment

_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")


def note_japanese_forms(found: Found, text: PageText, segment: Segment) -> None:
    """Adds CONFUSABLE to the bits of hits that are written with such a form in a field without kana.

    Not where the mark itself is written so.
    """
    symbols = text.folded
    is_japanese: dict[int, bool] = {}  # by field: one may hold a mark many thousand times
    for hit in np.flatnonzero(found.bits & codes.TRADITIONAL).tolist():
        field, first = found.fields.item(hit), found.symbols.item(hit)
        places = symbols.sources[first : first + found.lengths.item(hit)] - symbols.field_starts.item(field)
        written = [text.texts.part(field, place, place + 1) for place in places.tolist()]
        mark = segment.texts[segment.patterns.sources.item(found.patterns.item(hit))]
        if not any(_is_japanese_only(char) and char not in mark for char in written):
            continue
        if field not in is_japanese:
            is_japanese[field] = bool(_KANA.search(text.texts[field]))
        if not is_japanese[field]:
            found.bits[hit] |= np.uint32(codes.CONFUSABLE)


@cache
def _is_japanese_only(char: str) -> bool:
    """Whether neither the mainland's nor Taiwan's character set has it, and Japan's has."""
    return _is_in(char, "cp932") and not _is_in(char, "gb2312") and not _is_in(char, "big5")


def _is_in(char: str, encoding: str) -> bool:
    try:
        return len(char.encode(encoding)) == 2
    except UnicodeEncodeError:
        return False
