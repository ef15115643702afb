"""The real data that cases are made of. What ships is the demo's (streams/demo/data) and benchmarks/data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.accuracy.goods import classes
from benchmarks.accuracy.records import Case, Offer
from benchmarks.accuracy.tables import read_rows
from streams.demo.pack import Base, load_bases, load_listings, load_rights

LATIN_MARK = re.compile(r"[A-Za-z]{4,14}|[A-Za-z]{3,10} [A-Za-z]{3,10}")
NOT_PLAIN = re.compile(  # second-hand, or for somebody else's goods: such an offer has a reason of its own not to alert
    r"\b(used|refurb\w*|pre-?owned|second ?hand|vintage|for|fits?|compatible|replacement|works with)\b"
    r"|\b(f[üu]r|para|pour|per)\b"
    r"|二手|中古|闲置|翻新|适用|适配|兼容|专用|通用|配件",
    re.IGNORECASE,
)
HAN_MARK = re.compile(r"[\u4e00-\u9fff]{2,6}")


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """`honest` are offers of which nothing says otherwise; `watchlist` what they are watched for."""

    honest: tuple[Offer, ...]
    latin_marks: tuple[str, ...]
    han_marks: tuple[str, ...]
    watchlist: tuple[Mapping[str, Any], ...]
    labelled_compatible: tuple[Case, ...] = ()  # real offers that people labelled as goods for another brand's goods

    def plain(self, *, is_chinese: bool) -> Sequence[Offer]:
        """What positives are made of: offers in Chinese, or others whose title has its own brand, to be replaced."""
        return self._plain[is_chinese]

    @cached_property
    def _plain(self) -> Mapping[bool, Sequence[Offer]]:
        plain = [offer for offer in self.honest if not NOT_PLAIN.search(offer.title)]
        return {
            True: [offer for offer in plain if offer.is_chinese],
            False: [offer for offer in plain if offer.place and not offer.is_chinese],
        }

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the honest titles, lower-cased: what a disguise must not be by accident."""
        return frozenset(word for offer in self.honest for word in re.findall(r"\w+", offer.title.casefold()))


def shipped() -> Corpus:
    """What the project ships: 17,013 listings less those that may not be honest, and 8,898 rights."""
    rights = load_rights()
    offers = _offers(load_listings(), load_bases())
    names = [mark for right in rights for mark in right.get("marks", ())]
    return Corpus(
        honest=tuple(offers),
        latin_marks=matching(LATIN_MARK, names),
        han_marks=matching(HAN_MARK, names),
        watchlist=tuple(_watched(right) for right in rights),
    )


def _watched(right: Mapping[str, Any]) -> Mapping[str, Any]:
    """The demo's right without the invented facts that make its cases: nothing but the mark speaks for an alert."""
    if "marks" not in right:
        return right
    return {name: right[name] for name in ("right_id", "kind", "marks", "aliases") if name in right}


def matching(form: re.Pattern[str], names: Iterable[str]) -> tuple[str, ...]:
    """The names of this form, each once."""
    return tuple(dict.fromkeys(name for name in names if form.fullmatch(name)))


def _offers(listings: Sequence[Mapping[str, Any]], bases: Iterable[Base]) -> Iterable[Offer]:
    places = {base.listing_id: (base.start, base.end) for base in bases}
    dubious = {row["listing_id"] for row in read_rows("not_honest.jsonl.gz")}
    for listing in listings:
        if listing["listing_id"] not in dubious:
            yield Offer(listing=listing, place=places.get(listing["listing_id"]), classes=classes(listing))
