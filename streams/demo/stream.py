"""The demo's endless stream: the real listings, untouched, with a labelled share of made ones."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from streams.demo import made, patents
from streams.demo.disguises import DISGUISES
from streams.demo.pack import Base, load_bases, load_listings, load_rights

SEED = 20261121
WORDED, CLAIMING = 0.25, 0.15
"""How many of the made listings carry counterfeit wording or a false patent claim; the others are disguised."""


def demo_listings(share: float = 0.02, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Listings without end, in a shuffled order; the same arguments give the same listings.

    The real ones come round again: from the second time on `~1`, `~2` ... is added to their listing_id. Made ones are
    `share` of all, spread evenly, with listing_ids `made-<round>-<number>`.

    Raises:
        ValueError: the share is not between 0 and 0.9.
    """
    if not 0 <= share <= 0.9:
        raise ValueError(f"share must be between 0 and 0.9, not {share}")
    return _listings(share / (1 - share), seed)


def _listings(made_per_real: float, seed: int) -> Iterator[dict[str, Any]]:
    maker = Maker.load()
    real = list(maker.listings.values())
    due = 0.0
    for cycle in itertools.count():
        random = Random(f"{seed}:{cycle}")  # noqa: S311 - a sample that anyone may repeat
        numbers = itertools.count()
        random.shuffle(real)
        for listing in real:
            yield listing if cycle == 0 else {**listing, "listing_id": f"{listing['listing_id']}~{cycle}"}
            due += made_per_real
            while due >= 1:
                due -= 1
                yield maker.make(f"made-{cycle}-{next(numbers):06d}", random)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes listings out of the pack. `bases` holds, by language and right, the titles that name the right's mark."""

    listings: Mapping[str, dict[str, Any]]
    bases: Mapping[str, Mapping[str, list[Base]]]
    rights: Mapping[str, dict[str, Any]]

    @classmethod
    def load(cls) -> Maker:
        listings = {listing["listing_id"]: listing for listing in load_listings()}
        bases: dict[str, defaultdict[str, list[Base]]] = {"en": defaultdict(list), "zh": defaultdict(list)}
        for base in load_bases():
            bases[listings[base.listing_id]["lang"]][base.right_id].append(base)
        return cls(listings, bases, {right["right_id"]: right for right in load_rights()})

    def make(self, listing_id: str, random: Random) -> dict[str, Any]:
        """One made listing: the kind, the language and the right are drawn first, so that all of them come up."""
        draw = random.random()
        if draw < CLAIMING:
            listing = self._claiming(random)
        elif draw < CLAIMING + WORDED:
            base = self._base(random)
            listing = made.worded(self.listings[base.listing_id], base, random)
        else:
            listing = self._disguised(random)
        return {**listing, "listing_id": listing_id, "url": f"https://{listing['platform']}.invalid/{listing_id}"}

    def _claiming(self, random: Random) -> dict[str, Any]:
        name = random.choice([*patents.CLAIMS, *patents.CITED])
        return made.claiming(self.listings[self._base(random, "zh").listing_id], name, self.rights, random)

    def _disguised(self, random: Random) -> dict[str, Any]:
        names = list(DISGUISES)
        while True:
            base = self._base(random)
            listing = made.disguised(self.listings[base.listing_id], base, random.choice(names), random)
            if listing is not None:
                return listing

    def _base(self, random: Random, language: str = "") -> Base:
        rights = self.bases[language or random.choice(("en", "zh"))]
        return random.choice(rights[random.choice(list(rights))])
