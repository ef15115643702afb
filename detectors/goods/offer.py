"""What a listing offers, once the mark itself is set aside: "Apple" says nothing about fruit in "Apple charger"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from detectors.goods.classes import GOODS
from detectors.goods.lexicon import GoodsLexicon
from detectors.goods.source import ACCESSORY, AMBIGUOUS, COVER, MADE_TO_FIT, SECOND_HAND, THING_FIRST, TURN
from detectors.goods.words import CATEGORY, KIND, TITLE, GoodsWord

FIRST_CJK = 0x2E80  # scripts from here on put the thing last and leave no spaces


class Offer(NamedTuple):
    """The goods of one listing.

    head: classes of the word that names the thing. classes: all classes that any word of the title, the category or the
    stated kind speaks for; 0 when nothing is certain. On real titles the head alone would tell hardly more goods apart
    (0.74 of far-off rights instead of 0.73 on one set) and hide more marks on their own goods (12 of 9,484, not 8).
    """

    head: int
    classes: int
    has_accessory_word: bool  # something made to go with other goods is named
    is_made_to_fit: bool
    is_second_hand: bool
    cover: int = 0  # where the first word in the title for goods around others ends, 0 for none


NOTHING_NAMED = Offer(head=0, classes=0, has_accessory_word=False, is_made_to_fit=False, is_second_hand=False)


def read_offer(words: Sequence[GoodsWord], lexicon: GoodsLexicon) -> Offer:
    """The offer that a listing's goods words make. `words`: without those that are the mark itself."""
    if not words:
        return NOTHING_NAMED
    said = said_in_title = said_beside_category = 0
    for word in words:
        said |= word.meaning
        if word.source == TITLE:
            said_in_title |= word.meaning
        if word.source != CATEGORY:
            said_beside_category |= word.meaning
    certain = _certain(words, lexicon) if said_in_title & AMBIGUOUS else words
    named_by = head_word([word for word in certain if word.source == TITLE]) or _stated(certain)
    return Offer(
        head=named_by.meaning & GOODS if named_by else 0,
        classes=_union(certain) & GOODS,
        has_accessory_word=bool(said & ACCESSORY),
        is_made_to_fit=bool(said_in_title & MADE_TO_FIT),
        cover=_first_cover(words) if said_in_title & COVER else 0,
        is_second_hand=bool(said_beside_category & SECOND_HAND),
    )


def _stated(words: Sequence[GoodsWord]) -> GoodsWord | None:
    """The last word for goods of the category or the stated kind."""
    stated = [word for word in words if word.source in (CATEGORY, KIND) and word.meaning & GOODS]
    return stated[-1] if stated else None


def _first_cover(words: Iterable[GoodsWord]) -> int:
    return min(word.end for word in words if word.source == TITLE and word.meaning & COVER)


def _certain(words: Sequence[GoodsWord], lexicon: GoodsLexicon) -> Sequence[GoodsWord]:
    """Without the title's ambiguous words that no other word from their market confirms. A category means its words."""
    firm = [word.source != TITLE or not word.meaning & AMBIGUOUS for word in words]
    market = lexicon.related(_union(word for word, is_firm in zip(words, firm, strict=True) if is_firm) & GOODS)
    return [word for word, is_firm in zip(words, firm, strict=True) if is_firm or word.meaning & market & GOODS]


def _union(words: Iterable[GoodsWord]) -> int:
    bits = 0
    for word in words:
        bits |= word.meaning
    return bits


def head_word(title: Sequence[GoodsWord]) -> GoodsWord | None:
    """The word that names the thing: the last one, in Latin letters of the first clause and before a turn ("for")."""
    goods = [word for word in title if word.meaning & GOODS]
    if not goods:
        return None
    asian = [word for word in goods if ord(word.text[0]) >= FIRST_CJK]
    if asian:
        return asian[-1]
    first = goods[0]
    turn = next((word.start for word in title if word.meaning & TURN and word.start > first.start), None)
    named = [word for word in goods if word.clause == first.clause and (turn is None or word.start < turn)]
    return named[0] if first.meaning & THING_FIRST else named[-1]
