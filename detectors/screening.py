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
from detectors.listings import Listings
from detectors.matching import Hits
from detectors.sampling import Sample
from detectors.sellers import is_known
from detectors.territories import market_code, with_members
from detectors.watchlist import Watchlist
from detectors.watchlist.force import EPOCH
from detectors.watchlist.segment import Facts

_REASONS = ("lapsed_right", "other_territory", "", "compatible_use", "mention", "similar")
_OPEN = 2  # no reason yet: somebody must look
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
    rows, rights, texts = _expand(hits, watchlist)
    if not len(rows):
        return Sifted([], Counter(), [], 0)
    keys = hits.listings[rows].astype(np.int64) * watchlist.ranks + watchlist.rank(rights)
    order = keys.argsort(kind="stable")
    rows, rights, texts, keys = rows[order], rights[order], texts[order], keys[order]
    starts = _starts(keys)
    group_right, group_listing = rights[starts], hits.listings[rows[starts]]
    columns = _Columns(hits, rows, starts)
    facts = watchlist.facts(group_right)
    out_of_force = _out_of_force(facts, today)
    foreign = _foreign(listings, watchlist, group_listing, facts)
    known = _known(listings, watchlist, group_listing)
    needs_look = columns.lifted | known | facts.any_use | facts.has_price
    needs_look |= columns.likely | (columns.compatible & facts.has_no_parts)
    reasons = np.full(len(starts), 4, np.int64)
    for reason, condition in (  # the later one stands before the earlier one
        (5, columns.similar), (3, columns.compatible), (_OPEN, needs_look), (1, foreign), (0, out_of_force),
    ):  # fmt: skip
        reasons[condition] = reason
    tally = np.bincount(reasons, minlength=6).tolist()
    screened = Counter({name: count for name, count in zip(_REASONS, tally, strict=True) if name and count})
    ends = np.append(starts[1:], len(rows))

    def groups(chosen: NDArray[np.int64]) -> list[Group]:
        columns = (group_listing[chosen], group_right[chosen], starts[chosen], ends[chosen])
        return [
            Group(listing, right, rows[first:end].tolist(), texts[first:end].tolist())
            for listing, right, first, end in zip(*(column.tolist() for column in columns), strict=True)
        ]

    kept = []
    if not sample.is_empty:
        chosen = np.flatnonzero((reasons != _OPEN) & sample.choose(group_listing, facts.subject_keys))
        kept = [(group, _REASONS[reason]) for group, reason in zip(groups(chosen), reasons[chosen], strict=True)]
    return Sifted(groups(np.flatnonzero(reasons == _OPEN)), screened, kept, len(starts))


def _starts(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each run of equal keys begins."""
    begins = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    return np.flatnonzero(begins)


class _Columns:
    """Per group: whether any hit is lifted above a mention, or may be by its goods, all name what the goods are for,
    all are only similar."""

    def __init__(self, hits: Hits, rows: NDArray[np.int64], starts: NDArray[np.int64]) -> None:
        bits, context = hits.bits[rows], hits.context[rows]
        any_bits, any_context = np.bitwise_or.reduceat(bits, starts), np.bitwise_or.reduceat(context, starts)
        self.likely = (any_bits & codes.LIKELY) != 0
        self.lifted = ((any_bits & codes.DISGUISES) != 0) | ((any_context & (CODED | codes.IN_DOMAIN)) != 0)
        self.compatible = (np.bitwise_and.reduceat(context, starts) & codes.COMPATIBLE_USE) != 0
        self.similar = (np.bitwise_and.reduceat(bits, starts) & codes.WEAK) != 0


def _expand(hits: Hits, watchlist: Watchlist) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Every mark hit once per right that owns the mark: rows of `hits`, rights, and numbers of the mark's text."""
    marks = np.flatnonzero(hits.kinds == codes.MARK)
    places, rights, texts = watchlist.owners(hits.patterns[marks])
    return marks[places], rights, texts


def _out_of_force(facts: Facts, today: date) -> NDArray[np.bool_]:
    day = (today - EPOCH).days
    return (day < facts.force_from) | (day > facts.force_to)


def _foreign(listings: Listings, watchlist: Watchlist, positions: NDArray[np.int32], facts: Facts) -> NDArray[np.bool_]:
    """A listing without a market is offered everywhere; a right without territories holds everywhere."""
    foreign = np.zeros(len(positions), np.bool_)
    if len(watchlist.territories) == 1:
        return foreign
    markets = [market_code(listings.market(position)) for position in positions]
    for market in set(markets) - {""}:
        offered = with_members([market])
        covered = [not places or not places.isdisjoint(offered) for places in watchlist.territories]
        here = np.array([one == market for one in markets], np.bool_)
        foreign |= here & ~np.array(covered, np.bool_)[facts.territory_sets]
    return foreign


def _known(listings: Listings, watchlist: Watchlist, positions: NDArray[np.int32]) -> NDArray[np.bool_]:
    known = np.zeros(len(listings), np.bool_)
    if watchlist.names_sellers:
        known[[place for place in set(positions.tolist()) if is_known(listings.seller(place), watchlist)]] = True
    return known[positions]
