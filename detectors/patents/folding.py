"""Text as the number patterns read it, with the way back to the code points as received.

NFKC, lower case, and without characters that do not show (zero-width, soft hyphen, variation selectors, combining
marks, bidi controls): full-width digits and hidden joiners inside a number must not hide it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_IGNORABLE = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\x00-\x08\x0e-\x1f\x7f]"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """`origins[i]` is the code point of the received text that folded character i came from."""

    text: str
    origins: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text, end exclusive, as one of the text as received."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> str:
    """The folded text alone: fast, for finding out whether there is anything to look at."""
    if text.isascii():
        return text.lower() if text.isprintable() else _IGNORABLE.sub("", text.lower())
    shown = _IGNORABLE.sub("", text)  # first, lest a mark be composed with the letter before it
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", shown).lower())


def fold_with_origins(text: str) -> Folded:
    """The folded text with its index map; one code point at a time, so only for texts worth it."""
    if text.isascii() and text.isprintable():
        return Folded(text.lower(), range(len(text)))
    characters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        if "\u4e00" <= character <= "\u9fff" or character == " ":
            characters.append(character)
            origins.append(position)
            continue
        for folded in _fold_one(character):
            characters.append(folded)
            origins.append(position)
    return Folded("".join(characters), origins)


def _fold_one(character: str) -> str:
    if "!" <= character <= "~":
        return character.lower()
    return _IGNORABLE.sub("", unicodedata.normalize("NFKC", character).lower())
