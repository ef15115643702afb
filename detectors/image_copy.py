"""Detector `image_copy`: a copy of a right's picture among a listing's pictures, by fingerprints and by pixels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, Final

import numpy as np

from detectors.copy_evidence import CloseCopy, CloseShown, Copy, Part, Shown
from detectors.listings import Listings
from detectors.pictures.copies import Look
from detectors.pictures.fingerprint import MATCH_DISTANCE, USABLE_QUALITY, Fingerprint, FingerprintError
from detectors.pictures.outcomes import Refusal
from detectors.pictures.placement import box_of
from detectors.pictures.seen import Looks, Seen
from detectors.records import Listing, Match
from detectors.rights import WHOLE_VIEW, Right
from detectors.sellers import seller_screen
from detectors.spared import Spared, spared_by, spared_parts
from detectors.territories import market_code, with_members
from detectors.watchlist import Watchlist
from detectors.watchlist.allowed import RELEASED
from detectors.watchlist.force import EPOCH, in_force

DETECTOR: Final = "image_copy"
_LISTED = str.maketrans(dict.fromkeys("[],\"'", " "))
_MAY_HAVE = re.compile(rb"pdq|\\u00(?:70|64|71)")  # a name in a page, also with a letter of it as an escape
MAX_REASONS = 12  # pictures of one listing that are shown for one right


@dataclass(frozen=True, slots=True)
class CopyVerdict:
    """What a listing's pictures amount to for one right; `screened` says why they do not alert, None that they may."""

    match: Match
    screened: str | None
    threshold: float


@dataclass(frozen=True, slots=True)
class Pictures:
    """The usable pictures of a page's listings, and how many are not: too little in them, or no fingerprint at all.

    close : what the second tier found in them.
    """

    shown: tuple[Shown, ...] = ()
    close: tuple[CloseShown, ...] = ()
    warnings: Counter[str] = field(default_factory=Counter)


NO_PICTURES = Pictures()


def pictures_of(listings: Listings, looks: Looks) -> Pictures:
    """The pictures of a page: the fingerprints that its listings bring along, and what was seen in them."""
    if not looks and not _MAY_HAVE.search(listings.lines.content) and not listings.read:
        return NO_PICTURES
    shown: list[Shown] = []
    close: list[CloseShown] = []
    warnings: Counter[str] = Counter()
    for place, listing in enumerate(listings):
        for number, image in enumerate(listing.get("images") or ()):
            if image.get("pdq") is not None:
                shown += _brought(place, number, image, warnings)
            seen = looks.get(image.get("path")) or looks.get(image.get("url"))
            if isinstance(seen, Refusal):
                warnings[f"picture_{seen}"] += 1
            elif seen is not None:
                views = tuple(_views(place, number, seen))
                warnings["picture_low_quality"] += not views  # seen for the words in it alone
                shown += views
                close += _close(place, number, seen, views)
    return Pictures(tuple(dict.fromkeys(shown)), tuple(close), +warnings)


def is_copy_at_sight(look: Look, watchlist: Watchlist) -> bool:
    """Whether the first tier finds a right's picture in it, at the published distance: then the second may be spared.

    A right that wants to hear of pictures further away does not keep the second tier from finding another's, nor does a
    picture that does not count, such as a platform's placeholder beside the copy.
    """
    usable = look.fingerprints.words[look.fingerprints.qualities >= USABLE_QUALITY]
    near = watchlist.pictures_near(usable)
    found = usable[np.unique(near.queries[near.distances <= MATCH_DISTANCE])]
    return any(entry is None or entry.state == RELEASED for entry in watchlist.allowed.nearest(found))


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


def _views(place: int, number: int, seen: Seen) -> Iterator[Shown]:
    look = seen.look
    whole = box_of(look.views[0], look.luma_unit)
    for at, view in enumerate(look.views):
        if (fingerprint := look.fingerprints[at]).is_usable:
            part = Part(seen.digest, box_of(view, look.luma_unit), view.is_mirrored, whole)
            yield Shown(place, number, view.name, fingerprint, part)


def _close(place: int, number: int, seen: Seen, views: tuple[Shown, ...]) -> Iterator[CloseShown]:
    """What the second tier found; without a usable fingerprint nobody could say that it is allowed."""
    if views:
        whole = box_of(seen.look.views[0], seen.look.luma_unit)
        yield from (CloseShown(place, number, seen.digest, whole, one, views) for one in seen.close)


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
    found: dict[tuple[int, int, int], dict[Shown | CloseShown, Copy | CloseCopy]] = defaultdict(dict)
    for one, word in zip(shown, asked.reshape(-1).tolist(), strict=True):
        for number, view, distance, row, rank in rows[starts[word] : starts[word + 1]]:
            found[one.listing, rank, row].setdefault(one, Copy(one, number, view, distance))  # the nearest comes first
    for close in pictures.close:
        for row, number in watchlist.pictures_with(close.close.registered):
            rank = int(watchlist.rank(np.array([row]))[0])
            found[close.listing, rank, row].setdefault(close, CloseCopy.of(close, number, watchlist.right(row)))
    spared = spared_parts(
        shown, {(one.listing, one.image) for copies in found.values() for one in copies}, watchlist.allowed
    )
    for (listing, _, row), copies in sorted(found.items(), key=itemgetter(0)):
        yield _verdict(listings[listing], watchlist.right(row), today, list(copies.values()), spared)


def _verdict(
    listing: Listing, right: Right, today: date, copies: Sequence[Copy | CloseCopy], everywhere: Spared
) -> CopyVerdict:
    """Each of the listing's pictures counts once, with the best evidence that there is."""
    screened, kept = _screen(listing, right, today), list(copies)
    if screened is None:
        allowed = _allowed({view.fingerprint for copy in copies for view in copy.views}, right)
        left = [copy for copy in copies if allowed.isdisjoint(view.fingerprint for view in copy.views)]
        reasons = [{spared_by(everywhere, view) for view in copy.views} - {None} for copy in left]
        kept = [copy for copy, spared in zip(left, reasons, strict=True) if not spared]
        if not kept:  # it would alert but for the quarantine: then that is why
            screened = "quarantined" if any("quarantined" in spared for spared in reasons) else "allow_list"
    nearest: dict[int, Copy | CloseCopy] = {}
    for copy in sorted(kept or copies, key=attrgetter("nearness")):
        nearest.setdefault(copy.shown.image, copy)
    match = Match(
        listing=copies[0].shown.listing,
        subject=right.right_id,
        right_id=right.right_id,
        kind=right.kind,
        detector=DETECTOR,
        reasons=tuple(copy.reason(right) for copy in list(nearest.values())[:MAX_REASONS]),
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


def _allowed(fingerprints: Set[Fingerprint], right: Right) -> frozenset[Fingerprint]:
    """Those that the right lets be: a retailer's placeholder, a picture that licensees share."""
    allowed = [_parsed(allow.pdq) for allow in right.allow if allow.pdq]
    within = right.image_distance
    return frozenset(one for one in fingerprints if any(one.distance(other) <= within for other in allowed))


@lru_cache(10_000)
def _parsed(pdq: str) -> Fingerprint:
    return Fingerprint.from_hex(pdq)
