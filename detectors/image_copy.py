"""Detector `image_copy`: a copy of a right's picture among a listing's pictures, by their fingerprints."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

import numpy as np

from detectors.listings import Listings
from detectors.pictures.fingerprint import Fingerprint, FingerprintError
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Looks, Seen
from detectors.records import Listing, Match, Reason
from detectors.rights import Right
from detectors.sellers import seller_screen
from detectors.spared import Spared, spared_by, spared_parts
from detectors.territories import market_code, with_members
from detectors.watchlist import Watchlist
from detectors.watchlist.force import EPOCH, in_force
from detectors.watchlist.pictures import WHOLE

DETECTOR: Final = "image_copy"
WHOLE_VIEW = "whole"
_LISTED = str.maketrans(dict.fromkeys("[],\"'", " "))
_MAY_HAVE = re.compile(rb"pdq|\\u00(?:70|64|71)")  # a name in a page, also with a letter of it as an escape
MAX_REASONS = 12  # pictures of one listing that are shown for one right


class Shown(NamedTuple):
    """A view of a listing's picture: the listing's place in the page, the picture's among its own, its fingerprint."""

    listing: int
    image: int
    view: str
    fingerprint: Fingerprint


class Copy(NamedTuple):
    """A view of a listing's picture near one of a right's: which of its pictures, which view of that, and how far."""

    shown: Shown
    number: int
    view: int
    distance: int


@dataclass(frozen=True, slots=True)
class CopyVerdict:
    """What a listing's pictures amount to for one right; `screened` says why they do not alert, None that they may."""

    match: Match
    screened: str | None
    threshold: float


@dataclass(frozen=True, slots=True)
class Pictures:
    """The usable pictures of a page's listings, and how many are not: too little in them, or no fingerprint at all."""

    shown: tuple[Shown, ...] = ()
    warnings: Counter[str] = field(default_factory=Counter)


NO_PICTURES = Pictures()


def pictures_of(listings: Listings, looks: Looks) -> Pictures:
    """The pictures of a page: the fingerprints that its listings bring along, and what was seen in them."""
    if not looks and not _MAY_HAVE.search(listings.lines.content) and not listings.read:
        return NO_PICTURES
    shown: list[Shown] = []
    warnings: Counter[str] = Counter()
    for place, listing in enumerate(listings):
        for number, image in enumerate(listing.get("images") or ()):
            if image.get("pdq") is not None:
                shown += _brought(place, number, image, warnings)
            seen = looks.get(image.get("path")) or looks.get(image.get("url"))
            if seen is not None:
                shown += _views(place, number, seen, warnings)
    return Pictures(tuple(dict.fromkeys(shown)), +warnings)


def _brought(place: int, number: int, image: Mapping[str, Any], warnings: Counter[str]) -> list[Shown]:
    """Its `pdq`: all of them where damage or a name given twice has left several."""
    quality = image.get("quality")
    shown = []
    for text in image["pdq"].translate(_LISTED).split():
        try:
            fingerprint = Fingerprint.from_hex(text, 100 if quality is None else int(quality))
        except FingerprintError:
            continue
        shown.append(Shown(place, number, WHOLE_VIEW, fingerprint))
    if not shown:
        warnings["bad_fingerprint"] += 1
    usable = [one for one in shown if one.fingerprint.is_usable]
    warnings["picture_low_quality"] += bool(shown) and not usable
    return usable


def _views(place: int, number: int, seen: Seen | Refusal, warnings: Counter[str]) -> list[Shown]:
    if isinstance(seen, Refusal):
        warnings[f"picture_{seen}"] += 1
        return []
    look = seen.look
    prints = [(view.name, look.fingerprints[at]) for at, view in enumerate(look.views)]
    return [Shown(place, number, name, one) for name, one in prints if one.is_usable]


def judge_copies(
    pictures: Pictures, listings: Sequence[Listing], watchlist: Watchlist, today: date
) -> Iterator[CopyVerdict]:
    """One verdict for each listing and right, in the order of the listings, then of the rights' ids."""
    shown = pictures.shown
    if not shown:
        return
    words, asked = np.unique(np.array([one.fingerprint.words for one in shown], np.uint64), axis=0, return_inverse=True)
    near = watchlist.pictures_near(words)
    columns = (near.numbers, near.views, near.distances, near.rights, watchlist.rank(near.rights))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    starts = np.searchsorted(near.queries, np.arange(len(words) + 1)).tolist()
    found: dict[tuple[int, int, int], dict[Shown, Copy]] = defaultdict(dict)
    for one, word in zip(shown, asked.reshape(-1).tolist(), strict=True):
        for number, view, distance, row, rank in rows[starts[word] : starts[word + 1]]:
            found[one.listing, rank, row].setdefault(one, Copy(one, number, view, distance))  # the nearest comes first
    spared = spared_parts(
        shown, {(one.listing, one.image) for copies in found.values() for one in copies}, watchlist.allowed
    )
    for (listing, _, row), copies in sorted(found.items(), key=itemgetter(0)):
        yield _verdict(listings[listing], watchlist.right(row), today, list(copies.values()), spared)


def _verdict(listing: Listing, right: Right, today: date, copies: Sequence[Copy], everywhere: Spared) -> CopyVerdict:
    """Each of the listing's pictures counts once, with the nearest of all views."""
    screened, kept = _screen(listing, right, today), list(copies)
    if screened is None:
        allowed = _allowed({copy.shown.fingerprint for copy in copies}, right)
        left = [copy for copy in copies if copy.shown.fingerprint not in allowed]
        reasons = {copy: spared_by(everywhere, copy.shown) for copy in left}
        kept = [copy for copy in left if reasons[copy] is None]
        if not kept:  # it would alert but for the quarantine: then that is why
            screened = "quarantined" if "quarantined" in reasons.values() else "allow_list"
    nearest: dict[int, Copy] = {}
    for copy in sorted(kept or copies, key=attrgetter("distance")):
        nearest.setdefault(copy.shown.image, copy)
    match = Match(
        listing=copies[0].shown.listing,
        subject=right.right_id,
        right_id=right.right_id,
        kind=right.kind,
        detector=DETECTOR,
        reasons=tuple(_reason(copy, right) for copy in list(nearest.values())[:MAX_REASONS]),
        signals=(DETECTOR,),
    )
    return CopyVerdict(match, screened, right.score_threshold)


def _screen(listing: Listing, right: Right, today: date) -> str | None:
    first, last = in_force(right)
    if not first <= (today - EPOCH).days <= last:
        return "lapsed_right"
    market = market_code(listing.get("market"))
    if market and right.territories and with_members(right.territories).isdisjoint(with_members([market])):
        return "other_territory"
    return seller_screen(listing, right, today)


def _reason(copy: Copy, right: Right) -> Reason:
    image = right.images[copy.number]
    return Reason(
        field=f"images[{copy.shown.image}]",
        text=copy.shown.fingerprint.hex,
        matched=image.path or image.pdq or "",
        how="pdq",
        note=None if copy.view == WHOLE else f"{image.views[copy.view - 1][0]} of the right's picture",
        distance=copy.distance,
        threshold=right.image_distance,
        view=copy.shown.view,
    )


def _allowed(fingerprints: Set[Fingerprint], right: Right) -> frozenset[Fingerprint]:
    """Those that the right lets be: a retailer's placeholder, a picture that licensees share."""
    allowed = [_parsed(allow.pdq) for allow in right.allow if allow.pdq]
    within = right.image_distance
    return frozenset(one for one in fingerprints if any(one.distance(other) <= within for other in allowed))


@lru_cache(10_000)
def _parsed(pdq: str) -> Fingerprint:
    return Fingerprint.from_hex(pdq)
