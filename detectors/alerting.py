"""Alert: a match that survived screening, with its score, its reasons and all that a replay needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectors.digest import listing_digest
from detectors.records import Alert, Listing, Match, Page, alert_id, group_id, timestamp_text
from detectors.scoring import score, tier, weigh
from detectors.watchlist import Watchlist

SELLER_FIELDS = ("id", "name", "uscc", "region", "url")


class AlertMaker:
    """Makes the alerts of one page."""

    def __init__(self, page: Page, watchlist: Watchlist) -> None:
        self._page = page
        self._watchlist = watchlist
        self._weights = {**watchlist.rules.signals, **watchlist.rules.claims}
        self._observed_at = timestamp_text(page.observed_at)
        self._scores: dict[tuple[str, ...], tuple[float, Mapping[str, float]]] = {}

    def score(self, match: Match) -> tuple[float, Mapping[str, float]]:
        """The match's score and the weight of each signal; worked out once a page for each set of signals."""
        known = self._scores.get(match.signals)
        if known is None:
            signals = weigh(match.signals, self._weights)
            known = self._scores[match.signals] = score(signals), signals
        return known

    def alert(self, match: Match, listing: Listing) -> Alert:
        value, signals = self.score(match)
        platform, listing_id = listing["platform"], listing["listing_id"]
        digest = listing_digest(listing)
        return Alert(
            alert_id=alert_id(platform, listing_id, digest, match.detector, match.subject),
            group_id=group_id(platform, listing_id, match.subject),
            platform=platform,
            listing_id=listing_id,
            url=listing.get("url"),
            title=listing["title"],
            seller=_seller(listing),
            subject=match.subject,
            right_id=match.right_id,
            kind=match.kind,
            detector=match.detector,
            score=value,
            tier=tier(value, self._watchlist.rules),
            reasons=match.reasons,
            signals=signals,
            listed_at=listing.get("listed_at"),
            observed_at=self._observed_at,
            revision=self._watchlist.revision,
            versions=self._watchlist.versions,
            page=self._page.digest,
            listing_digest=digest,
        )


def _seller(listing: Listing) -> dict[str, Any]:
    seller = listing.get("seller") or {}
    return {name: seller[name] for name in SELLER_FIELDS if seller.get(name)}
