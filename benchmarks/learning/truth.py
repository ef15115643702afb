"""Findings of which it is known whether they infringe: the accuracy harness's cases, screened.

A case of a row that must alert infringes the right in question. What is found in a case that must stay silent, and in
an untouched honest offer, is innocent. Left out is what the harness says nothing about: rights of other cases, and in a
case that must alert all rights but the one in question (many have the same mark).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.accuracy.measure import Work
from benchmarks.accuracy.scores import right_id
from benchmarks.accuracy.systems import OBSERVED_AT, PAGE_LISTINGS
from detectors.calibration.evidence import Judged
from detectors.records import Alert, Page
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.pipeline import screen_page


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it was raised, or would have been, and what is true of it."""

    judged: Judged
    brand: str
    tier: str
    case: str  # the listing's id


@dataclass(frozen=True)
class Scene:
    """What is looked at, and the rights that it is watched for."""

    listings: Sequence[Mapping[str, Any]]
    rights: Sequence[Mapping[str, Any]]
    infringed: Mapping[str, str]  # listing id -> what it infringes: a right's id, or a claim's code
    in_question: Mapping[str, str]  # listing id -> the right that its case is about
    watched: frozenset[str]
    brands: Mapping[str, str]  # right -> its first mark

    def brand(self, listing_id: str, right_id: str | None) -> str:
        """What is told apart when brands are: the right's first mark, or of a claim without a right the case itself."""
        return self.brands.get(right_id or "", listing_id)

    def is_judged(self, listing_id: str, seed: int) -> bool:
        """Whether the brand of this case that infringes is of the half that is judged."""
        return is_judged_brand(self.brand(listing_id, self.infringed[listing_id]), seed)

    def truth(self, alert: Alert) -> bool | None:
        """Whether it infringes; None: nothing is known about it."""
        wanted = self.infringed.get(alert.listing_id)
        if wanted is not None:
            named = {alert.right_id, *(reason.code for reason in alert.reasons)}
            return True if wanted in named else None
        is_about = alert.right_id in (None, self.in_question.get(alert.listing_id))
        return False if is_about or alert.right_id in self.watched else None


def scene(work: Work) -> Scene:
    """Each case with the right in question under the policy that its row is about."""
    rights = [*work.watchlist]
    listings: list[Mapping[str, Any]] = []
    infringed: dict[str, str] = {}
    in_question: dict[str, str] = {}
    for group in work.groups:
        for case in group.cases:
            listings.append(case.listing)
            name, subject = str(case.listing["listing_id"]), right_id(case, group.headline)
            if case.right:
                rights.append({**case.right, "right_id": subject, "policy": group.headline})
                in_question[name] = subject
            if group.wanted == "alert":
                infringed[name] = subject or str(case.code)
    listings += [offer.listing for offers in work.honest.values() for offer in offers]
    brands = {str(right["right_id"]): _brand(right) for right in rights}
    return Scene(listings, rights, infringed, in_question, work.watched, brands)


def _brand(right: Mapping[str, Any]) -> str:
    return str(next(iter(right.get("marks", ())), right["right_id"])).casefold()


class Floor:
    """The watchlist of a scene; what a calibration changes about it needs no compiling."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._builder = WatchlistBuilder()
        for revision, right in enumerate(scene.rights, 1):
            self._builder.apply({"revision": revision, "op": "put", "right": right})
        self._builder.build()

    def calibrated(self, document: Mapping[str, Any]) -> Watchlist:
        """With this calibration in force."""
        revision = self._builder.revision + 1
        self._builder.apply({"revision": revision, "op": "calibrate", "calibration": document})
        return self._builder.update()

    def look(self, watchlist: Watchlist) -> list[Finding]:
        """Everything that is found and known: alerts, and what was screened with the reason for it."""
        found: list[Finding] = []
        for start in range(0, len(self._scene.listings), PAGE_LISTINGS):
            body = b"\n".join(orjson.dumps(row) for row in self._scene.listings[start : start + PAGE_LISTINGS])
            screening = screen_page(Page(body, OBSERVED_AT), watchlist, sample_share=1.0)
            said = [(alert, "") for alert in screening.alerts]
            said += [(one.alert, one.screened) for one in screening.sampled]
            found += [
                self._finding(alert, screened, truth)
                for alert, screened in said
                if (truth := self._scene.truth(alert)) is not None
            ]
        return found

    def _finding(self, alert: Alert, screened: str, truth: bool) -> Finding:
        judged = Judged(
            right_id=alert.right_id,
            detector=alert.detector,
            signals=frozenset(alert.signals),
            score=alert.score,
            is_infringing=truth,
            screened=screened,
        )
        brand = self._scene.brand(alert.listing_id, alert.right_id)
        return Finding(judged, brand, alert.tier, alert.listing_id)


def is_judged_brand(brand: str, seed: int) -> bool:
    """One half of the brands, by a hash; the other is what is measured."""
    return zlib.crc32(f"{seed} {brand}".encode()) % 2 == 0


def of_brands(found: Iterable[Finding], seed: int, *, judged: bool) -> list[Finding]:
    return [one for one in found if is_judged_brand(one.brand, seed) is judged]
