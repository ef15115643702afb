"""Real offers of goods for another brand's goods, found among the honest titles by plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.accuracy.making import listing, right
from benchmarks.accuracy.records import Case, Offer

FOR_WORD = re.compile(r"\b(?:for|fits|compatible with|works with)\s+(?:the )?([A-Za-z]{4,})\b", re.IGNORECASE)
FOR_HAN = re.compile(r"(?:适用于|适用|适配|兼容)\s*([\u4e00-\u9fff]{2,6})")
SHORTEST_HAN = 2


def compatible_titles(offers: Iterable[Offer], latin_marks: Sequence[str], han_marks: Sequence[str]) -> Iterator[Case]:
    """Titles that say that the goods are for a mark, and neither begin with it nor have it as their own brand.

    Only the title is taken: descriptions go on to name the mark in other ways.
    """
    words = {mark.casefold(): mark for mark in latin_marks}
    characters = frozenset(han_marks)
    number = 0
    for offer in offers:
        mark = _named(offer.title, words, characters)
        own = str(offer.listing.get("brand", "")).casefold()
        if mark and mark.casefold() != own and not offer.title.casefold().startswith(mark.casefold()):
            name = f"compatible_titles-{number}"
            number += 1
            brand = {"brand": offer.listing["brand"]} if own else {}
            yield Case(listing=listing(name, offer.title, offer, **brand), right=right(name, [mark], offer.classes))


def _named(title: str, words: dict[str, str], characters: frozenset[str]) -> str | None:
    """The first mark that the title says its goods are for."""
    for found in FOR_WORD.finditer(title):
        if found[1].casefold() in words:
            return words[found[1].casefold()]
    for found in FOR_HAN.finditer(title):
        for length in range(len(found[1]), SHORTEST_HAN - 1, -1):
            if found[1][:length] in characters:
                return found[1][:length]
    return None
