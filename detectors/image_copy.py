"""Detector `image_copy`: a copy of a right's picture among a listing's pictures, by their fingerprints."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np

from detectors.pictures.fingerprint import Fingerprint, FingerprintError
from detectors.records import Listing, Match, Reason
from detectors.rights import Right
from detectors.sellers import seller_screen
from detectors.territories import market_code, with_members
from detectors.watchlist import Watchlist
from detectors.watchlist.force import EPOCH, in_force

DETECTOR: Final = "image_copy"
_MAY_HAVE = re.compile(rb"pdq|\\u00(?:70|64|71)")  # a name in a page, also with a letter of it as an escape
MAX_REASONS = 12  # pictures of one listing that are shown for one right


class Shown(NamedTuple):
    """A picture of a listing: the listing's place in the page, the picture's among its own, and its fingerprint."""

    listing: int
    image: int
    fingerprint: Fingerprint


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


def pictures_of(listings: Sequence[Listing], body: bytes) -> Pictures:
    """The fingerprints that the listings of a page bring along; `body` is the page, which tells whether any may."""
    if not _MAY_HAVE.search(body):
        return NO_PICTURES
    shown: list[Shown] = []
    warnings: Counter[str] = Counter()
    for place, listing in enumerate(listings):
        for number, image in enumerate(listing.get("images") or ()):
            if image.get("pdq") is None:
                continue
            fingerprint = _fingerprint(image)
            if fingerprint is None:
                warnings["bad_fingerprint"] += 1
            elif not fingerprint.is_usable:
                warnings["picture_low_quality"] += 1
            else:
                shown.append(Shown(place, number, fingerprint))
    return Pictures(tuple(shown), warnings)


def judge_copies(
    pictures: Pictures, listings: Sequence[Listing], watchlist: Watchlist, today: date
) -> Iterator[CopyVerdict]:
    """One verdict for each listing and right, in the order of the listings, then of the rights' ids."""
    shown = pictures.shown
    if not shown:
        return
    near = watchlist.pictures_near(np.array([one.fingerprint.words for one in shown], np.uint64))
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    ranks = watchlist.rank(near.rights).tolist()
    rows = zip(near.queries.tolist(), near.rights.tolist(), near.numbers.tolist(), near.distances.tolist(), strict=True)
    order: dict[tuple[int, int], int] = {}
    for rank, (query, right, number, distance) in zip(ranks, rows, strict=True):
        key = shown[query].listing, right
        found[key].append((query, number, distance))
        order[key] = rank
    for listing, row in sorted(found, key=lambda key: (key[0], order[key])):
        right = watchlist.right(row)
        yield _verdict(listings[listing], right, today, shown, found[listing, row])


def _verdict(
    listing: Listing, right: Right, today: date, shown: Sequence[Shown], places: Sequence[tuple[int, int, int]]
) -> CopyVerdict:
    """Each of the listing's pictures counts with the nearest of the right's."""
    nearest: dict[int, tuple[int, int]] = {}
    for query, number, distance in places:
        if query not in nearest or distance < nearest[query][1]:
            nearest[query] = number, distance
    kept = {query: one for query, one in nearest.items() if not _is_allowed(shown[query].fingerprint, right)}
    reasons = [_reason(shown[query], right, *one) for query, one in (kept or nearest).items()]
    match = Match(
        listing=shown[next(iter(nearest))].listing,
        subject=right.right_id,
        right_id=right.right_id,
        kind=right.kind,
        detector=DETECTOR,
        reasons=tuple(sorted(reasons, key=lambda reason: (reason.distance, reason.field))[:MAX_REASONS]),
        signals=(DETECTOR,),
    )
    screened = _screen(listing, right, today) or (None if kept else "allow_list")
    return CopyVerdict(match, screened, right.score_threshold)


def _screen(listing: Listing, right: Right, today: date) -> str | None:
    first, last = in_force(right)
    if not first <= (today - EPOCH).days <= last:
        return "lapsed_right"
    market = market_code(listing.get("market"))
    if market and right.territories and with_members(right.territories).isdisjoint(with_members([market])):
        return "other_territory"
    return seller_screen(listing, right, today)


def _reason(one: Shown, right: Right, number: int, distance: int) -> Reason:
    image = right.images[number]
    return Reason(
        field=f"images[{one.image}]",
        text=one.fingerprint.hex,
        matched=image.path or image.pdq or "",
        how="pdq",
        distance=distance,
        threshold=right.image_distance,
        view="whole",
    )


def _is_allowed(fingerprint: Fingerprint, right: Right) -> bool:
    """Whether the right lets this picture be: a retailer's placeholder, a picture that licensees share."""
    return any(
        allow.pdq is not None and fingerprint.distance(Fingerprint.from_hex(allow.pdq)) <= right.image_distance
        for allow in right.allow
    )


def _fingerprint(image: Mapping[str, Any]) -> Fingerprint | None:
    """What the picture's `pdq` says; None where it cannot be read."""
    quality = image.get("quality")
    try:
        return Fingerprint.from_hex(image["pdq"], 100 if quality is None else int(quality))
    except FingerprintError:
        return None
