"""Strangers' text made safe to draw, and broken into lines. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

LONGEST = 6_000  # code points of one text; more is said to have been cut
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_PIECES = re.compile(r"[ \t]+|[A-Za-z0-9À-ɏͰ-ӿ'’.,;:!?()\[\]\"/_%&=+#@-]+|.", re.DOTALL)
_CLOSING = frozenset("，。、；：！？）》」』】〕…”’,.;:!?)]")  # never first on a line


def drawable(text: str, is_there: Callable[[str], bool]) -> str:
    """The text with every character named by its code that is invisible, turns the direction, or has no glyph.

    So what a reader of the paper sees is what the text holds: nothing hides and nothing moves.
    """
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]} […{len(text) - LONGEST}]"
    return "".join(
        one if one == "\n" or (unicodedata.category(one)[0] != "C" and is_there(one)) else f"[U+{ord(one):04X}]"
        for one in _BREAKS.sub("\n", cut).replace("\t", " ")
    )


def lines_of(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Lines that are at most `width` wide, broken at spaces and between Han characters, in need anywhere."""
    for paragraph in text.split("\n"):
        line = ""
        for piece in _PIECES.findall(paragraph):
            if measure(line + piece) <= width or (piece in _CLOSING and line and measure(line) <= width):
                line += piece
                continue
            if line.strip():
                yield line.rstrip()
            line = ""
            for one in piece.lstrip(" "):
                if line and measure(line + one) > width:
                    yield line
                    line = ""
                line += one
        yield line.rstrip()
