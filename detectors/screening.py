"""Screen: reasons not to alert. Most of a page is decided in columns; only what may alert becomes records.

A group is one listing with one right: all places where the right's marks stand in the listing. The order of the
reasons is the same in columns and in records: right not in force, other territory, seller, compatible use, mention.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.kernels import codes
from detectors.kernels.groups import (
    COMPATIBLE_ONLY,
    LAPSED_RIGHT,
    MENTION,
    OPEN,
    OTHER_TERRITORY,
    SIMILAR_ONLY,
    decide_groups,
    find_groups,
)
from detectors.listings import Listings
from detectors.matching import Hits
from detectors.sampling import Sample
from detectors.sellers import is_known
from detectors.territories import market_code, with_members
from detectors.watchlist import Watchlist
from detectors.watchlist.force import EPOCH

_REASONS = {
    LAPSED_RIGHT: "lapsed_right",
    OTHER_TERRITORY: "other_territory",
    COMPATIBLE_ONLY: "compatible_use",
    MENTION: "mention",
    SIMILAR_ONLY: "similar",
}
_EVERYWHERE = np.ones((1, 1), np.bool_)
CODED = codes.IN_CODED_CLAUSE | codes.IN_CODED_LISTING


class Group(NamedTuple):
    """A listing and a right whose marks stand in it. `rows` are hits, `texts` the mark's number for each of them."""

    listing: int
    right: int
    rows: list[int]
    texts: list[int]


@dataclass(frozen=True, slots=True)
class Sifted:
    """`open` groups need a closer look; `screened` were decided in columns, counted here and kept only when chosen."""

    open: list[Group]
    screened: Counter[str]
    kept: list[tuple[Group, str]]
    groups: int


def sift(hits: Hits, listings: Listings, watchlist: Watchlist, today: date, sample: Sample) -> Sifted:
    """Groups the mark hits of a page and decides all that columns alone can decide; keeps what `sample` chooses."""
    rows, rights, texts = watchlist.owners(hits.patterns)  # phrases have no owners
    if not len(rows):
        return Sifted([], Counter(), [], 0)
    keys = hits.listings[rows].astype(np.int64) * watchlist.ranks + watchlist.rank(rights)
    order = keys.argsort(kind="stable")
    rows, rights, texts = rows[order], rights[order], texts[order]
    starts, said = np.empty(len(rows) + 1, np.int64), np.empty(len(rows), np.uint8)
    count = find_groups(keys[order], rows, hits.bits, hits.context, starts, said)
    firsts = starts[:count]
    group_listing, group_right = hits.listings[rows[firsts]], rights[firsts]
    reasons, tally = _decided(said[:count], group_listing, group_right, listings, watchlist, today)

    def chosen(places: NDArray[np.int64]) -> list[Group]:
        columns = (group_listing[places], group_right[places], firsts[places], starts[places + 1])
        return [
            Group(listing, right, rows[first:end].tolist(), texts[first:end].tolist())
            for listing, right, first, end in zip(*(column.tolist() for column in columns), strict=True)
        ]

    kept = []
    if not sample.is_empty:
        subjects = watchlist.subject_keys(group_right)
        places = np.flatnonzero((reasons != OPEN) & sample.choose(group_listing, subjects))
        names = [_REASONS[reason] for reason in reasons[places].tolist()]
        kept = list(zip(chosen(places), names, strict=True))
    screened = Counter({name: tally[reason] for reason, name in _REASONS.items() if tally[reason]})
    return Sifted(chosen(np.flatnonzero(reasons == OPEN)), screened, kept, count)


def _decided(
    said: NDArray[np.uint8],
    group_listing: NDArray[np.int32],
    group_right: NDArray[np.int32],
    listings: Listings,
    watchlist: Watchlist,
    today: date,
) -> tuple[NDArray[np.uint8], list[int]]:
    """The number of each group's reason, and how many groups have each."""
    markets, covered = _markets(listings, watchlist, group_listing)
    known = _known(listings, watchlist, group_listing)
    day = (today - EPOCH).days
    reasons, tally = np.empty(len(said), np.uint8), np.zeros(SIMILAR_ONLY + 1, np.int64)
    for first, facts in watchlist.facts:
        decide_groups(
            said, group_listing, group_right, first, facts.force_from, facts.force_to, facts.territory_sets,
            facts.any_use, facts.has_price, facts.has_no_parts, day, known, markets, covered, reasons, tally,
        )  # fmt: skip
    return reasons, tally.tolist()


def _markets(
    listings: Listings, watchlist: Watchlist, named: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The market of each listing that names a right, and whether an offer there concerns each set of territories.

    A listing without a market is offered everywhere, number 0; a right without territories holds everywhere.
    """
    markets = np.zeros(len(listings), np.int32)
    if len(watchlist.territories) == 1:
        return markets, _EVERYWHERE
    numbers = {"": 0}
    for place in set(named.tolist()):
        markets[place] = numbers.setdefault(market_code(listings.market(place)), len(numbers))
    covered = np.ones((len(numbers), len(watchlist.territories)), np.bool_)
    for market, number in numbers.items():
        if market:
            offered = with_members([market])
            covered[number] = [not places or not places.isdisjoint(offered) for places in watchlist.territories]
    return markets, covered


def _known(listings: Listings, watchlist: Watchlist, named: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Of each listing that names a right, whether any right knows its seller."""
    known = np.zeros(len(listings), np.bool_)
    if watchlist.names_sellers:
        known[[place for place in set(named.tolist()) if is_known(listings.seller(place), watchlist)]] = True
    return known
