"""Which pictures fire too often to be copies of a right's picture. Pure functions, no I/O, no clock.

A placeholder of a platform, or a stock photograph that somebody registered, fires for everybody. So it takes many
offers by many sellers within a short while: one seller who floods copies a picture, and goes on alerting. A picture
that fires for the rights of several holders cannot be the work of each of them, and needs fewer. And it must be sudden:
a picture that is copied as often every day is what its right is there for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.index import FingerprintIndex
from detectors.watchlist.allowed import AllowedPictures
from streams.configuration.sections import FloodSettings

EXAMPLES = 8  # alerts that a person is shown
MOST_RIGHTS = 100  # that are noted of one picture
MOST_CENTRES = 2_000  # fingerprints that may be a flood's, those that fired most
HolderOf = Callable[[str], str]
"""Who holds a right, by its id; the id itself where that is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One fingerprint of one alert. `offer` and `seller` name them on their platform; a seller may be unknown."""

    alert_id: str
    pdq: str
    offer: str
    seller: str | None
    right_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """A picture that fired too often: its most frequent fingerprint, and how many fired within the distance of it."""

    pdq: str
    offers: int
    sellers: int
    holders: int
    rights: tuple[str, ...]  # those for which it fired most first
    alerts: tuple[str, ...]  # examples, each of another seller as far as there are


def floods(
    sightings: Iterable[Sighting], known: AllowedPictures, holder_of: HolderOf, settings: FloodSettings
) -> list[Flood]:
    """The pictures of a window's sightings that are over the limits, the most frequent first.

    known: what is decided already; nothing near one of it counts. holder_of: asked only where it matters.
    """
    seen = _undecided(sightings, known)
    offers = {pdq: {one.offer for one in group} for pdq, group in seen.items()}
    order = sorted(seen, key=lambda pdq: (-len(offers[pdq]), pdq))
    near = _neighbours(order, settings.distance)
    least = min(settings.listings, settings.shared_listings)
    taken: set[str] = set()
    found = []
    for pdq, others in near.items():
        members = [other for other in others if other not in taken]
        if pdq in taken or sum(len(offers[other]) for other in members) < least:
            continue
        flood = _flood(pdq, [one for other in members for one in seen[other]], holder_of)
        if _is_over(flood, settings):
            taken.update(members)
            found.append(flood)
    return found


def sudden(found: Sequence[Flood], usual: Callable[[Flood], float], settings: FloodSettings) -> list[Flood]:
    """Those that fire far oftener than usual. usual: offers a window that its rights' pictures fired for before."""
    return [flood for flood in found if flood.offers >= settings.times_usual * usual(flood)]


def _undecided(sightings: Iterable[Sighting], known: AllowedPictures) -> dict[str, list[Sighting]]:
    """By fingerprint."""
    seen: dict[str, list[Sighting]] = defaultdict(list)
    for one in sightings:
        seen[one.pdq].append(one)
    nearest = known.nearest(_words(list(seen)))
    return {pdq: group for (pdq, group), entry in zip(seen.items(), nearest, strict=True) if entry is None}


def _neighbours(order: list[str], distance: int) -> dict[str, list[str]]:
    """For each that may be a flood's centre, in order, those within the distance, itself among them."""
    index = FingerprintIndex(reserve=max(1, len(order)))
    index.add(_words(order), np.arange(len(order)), distance)
    centres = order[:MOST_CENTRES]
    matches = index.search(_words(centres))
    starts = np.searchsorted(matches.queries, np.arange(len(centres) + 1)).tolist()
    labels = matches.labels.tolist()
    return {pdq: [order[at] for at in sorted(labels[starts[n] : starts[n + 1]])] for n, pdq in enumerate(centres)}


def _flood(pdq: str, group: list[Sighting], holder_of: HolderOf) -> Flood:
    rights = Counter(one.right_id for one in group)
    by_seller: dict[str, str] = {}
    for one in group:
        if one.seller is not None:
            by_seller.setdefault(one.seller, one.alert_id)
    ranked = sorted(rights, key=lambda right_id: (-rights[right_id], right_id))
    return Flood(
        pdq=pdq,
        offers=len({one.offer for one in group}),
        sellers=len(by_seller),
        holders=len({holder_of(right_id) for right_id in rights}) if len(rights) > 1 else 1,
        rights=tuple(ranked[:MOST_RIGHTS]),
        alerts=tuple(dict.fromkeys(by_seller.values()))[:EXAMPLES],
    )


def _is_over(flood: Flood, settings: FloodSettings) -> bool:
    if flood.holders > 1:
        return flood.offers >= settings.shared_listings and flood.sellers >= settings.shared_sellers
    return flood.offers >= settings.listings and flood.sellers >= settings.sellers


def _words(pdqs: Sequence[str]) -> np.typing.NDArray[np.uint64]:
    return np.array([Fingerprint.from_hex(pdq).words for pdq in pdqs], np.uint64).reshape(-1, 4)
