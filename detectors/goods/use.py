"""What a mark does on the goods offered: the same goods or others, goods that go with them, used ones, or plain speech.

Sources: ipr-domain.md, section 4. Other goods: Chinese Trademark Law art. 56-57, EUTMR art. 9(2). Goods that go with
the mark's: EUTMR art. 14(1)(c), Gillette C-228/03. Used goods: exhaustion. Plain words: Chinese Trademark Law art. 59.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, reduce
from operator import or_

from detectors.circumstances import comparable_price
from detectors.goods.classes import GOODS, registered_bits
from detectors.goods.lexicon import GoodsLexicon
from detectors.goods.offer import FIRST_CJK, NOTHING_NAMED, Offer, read_offer
from detectors.goods.source import plain
from detectors.goods.words import TITLE, TITLE_READ, GoodsWord
from detectors.records import Listing
from detectors.rights import Right

MODEL = re.compile(r"(?!(?:19|20)[0-9]{2})[a-z]{0,2}[0-9]", re.IGNORECASE)  # T2, 4431, P50Pro; no year
SECOND_HAND_CONDITIONS = ("used", "refurbished")


class MarkUse:
    """One right's marks in one listing that may alert."""

    def __init__(
        self,
        listing: Listing,
        right: Right,
        words: Sequence[GoodsWord],
        spans: Sequence[tuple[int, int]],
        names: frozenset[str],
        lexicon: GoodsLexicon,
    ) -> None:
        """words: the listing's. spans: where the marks stand in the title. names: the marks that stand anywhere."""
        self._listing = listing
        self._right = right
        self._words = words
        self._spans = [span for span in spans if span[1] <= TITLE_READ]
        self._lexicon = lexicon
        self._registered = registered_bits(right.classes) & GOODS
        self._brand = plain(listing.get("brand") or "")
        self._names = frozenset(map(plain, names))
        self.offer = self._read_offer()

    def _read_offer(self) -> Offer:
        if not self._words:
            return NOTHING_NAMED
        covered = bytearray(TITLE_READ)
        for start, end in self._spans:
            covered[start:end] = b"\1" * (end - start)
        return read_offer([word for word in self._words if not self._is_own(word, covered)], self._lexicon)

    def _is_own(self, word: GoodsWord, covered: bytearray) -> bool:
        if word.source == TITLE and covered.find(0, word.start, word.end) < 0:
            return True
        return plain(word.text) in self._names

    @property
    def fits(self) -> bool:
        """Whether the goods are of a class that the right is registered for."""
        return bool(self.offer.classes & self._registered)

    @property
    def is_other_goods(self) -> bool:
        """Whether the goods are certain and far from all that the right is registered for.

        A right without classes, or for services alone, says nothing about goods; a well-known one reaches them all.
        """
        if not self._registered or self._right.well_known or not self.offer.classes:
            return False
        return not self._lexicon.related(self._registered) & self.offer.classes

    @property
    def is_doubtful_fit(self) -> bool:
        """Whether "compatible with" is only a pretext.

        It is said outright, beside goods that nobody makes parts for and that the right is registered for, without an
        accessory's name and without a model.
        """
        offer = self.offer
        finished = offer.head & self._lexicon.source.no_parts & self._registered
        has_model = any(char.isdecimal() for char in self._listing["title"][:TITLE_READ])
        return bool(finished and offer.is_made_to_fit and not offer.has_accessory_word and not has_model)

    @property
    def is_part_of_another_brand(self) -> bool:
        """Whether a maker who names himself in the title offers something made to go with a model of the mark's goods.

        `品恒 宏基电源适配器 4741g`: the mark is what it is for, though no word says so.
        """
        brand = self._brand
        if len(brand) < 2 or any(brand in name or name in brand for name in self._names):
            return False
        title = plain(self._listing["title"][:TITLE_READ])
        return brand in title and self.offer.has_accessory_word and any(char.isdecimal() for char in title)

    @property
    def is_cover_for_model(self) -> bool:
        """Whether the goods go around a model of the mark's: 三星A8S钢化膜, which names nobody as its maker.

        A charger or cartridge may be passed off as the mark's own; a case says with the model what it fits. The model
        follows directly, and only in Chinese: behind a blank or a word it may be somebody else's, the mark the maker.
        """
        cover = self.offer.cover
        if not cover or not self._spans or self._brand in self._names:
            return False
        title = self._listing["title"][:TITLE_READ]
        return any(
            end < cover and ord(title[start]) >= FIRST_CJK and MODEL.match(title, end) for start, end in self._spans
        )

    @property
    def is_resale(self) -> bool:
        """Whether these are used goods at a price that used goods of the mark may have."""
        condition = self._listing.get("condition")
        if condition == "new" or not (condition in SECOND_HAND_CONDITIONS or self.offer.is_second_hand):
            return False
        price, usual = comparable_price(self._listing, self._right), self._right.usual_price
        return price is None or usual is None or price >= self._lexicon.source.resale_price_share * usual.amount

    @property
    def is_descriptive(self) -> bool:
        """Whether the mark stands in the title as the plain word for the goods offered, or for what they are like."""
        goods = self.offer.head or self._perhaps_offered
        if not goods or not self._spans or self._brand in self._names:
            return False
        return all(self._spoken(start, end) & goods for start, end in self._spans)

    @property
    def _perhaps_offered(self) -> int:
        """The classes that the title's words may stand for besides the mark, if none is certain: 水果 beside 苹果."""
        if self.offer.classes:
            return 0
        others = (word.meaning for word in self._words if word.source == TITLE and not self._is_own_place(word))
        return reduce(or_, others, 0) & GOODS

    def _is_own_place(self, word: GoodsWord) -> bool:
        return any(start <= word.start and word.end <= end for start, end in self._spans)

    def _spoken(self, start: int, end: int) -> int:
        """The classes of goods that the word at this place in the title names or describes."""
        word = self._word_at.get(start)
        named = word.meaning & GOODS if word is not None and word.end >= end else 0
        return named | self._lexicon.source.describes.get(plain(self._listing["title"][start:end]), 0)

    @cached_property
    def _word_at(self) -> dict[int, GoodsWord]:
        """Code point of the title -> the goods word that stands there."""
        return {at: word for word in self._words if word.source == TITLE for at in range(word.start, word.end)}

    @property
    def has_comparable_price(self) -> bool:
        """Whether the price can be held against that of the right's own goods.

        Not that of a strap against that of a watch; and where the mark is itself a word for goods (苹果), only when
        the rest says which goods.
        """
        if self.offer.has_accessory_word or self.offer.is_made_to_fit:
            return False
        is_plain_word = any(self._spoken(start, end) for start, end in self._spans)
        return bool(self.offer.classes) or not is_plain_word
