"""Alert: a match that survived screening, with its score, its reasons and all that a replay needs.

A listing may name thousands of rights, and each alert carries the listing's texts: they are cut to what a person reads,
so that no listing fills the memory or makes an alert too large for the broker. The page keeps everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, NamedTuple

from detectors.digest import listing_digest
from detectors.explanation import explain, explain_zh, right_in_words
from detectors.records import Alert, Listing, Match, Page, alert_id, group_id, timestamp_text
from detectors.scoring import score, tier, weigh
from detectors.watchlist import Watchlist

SELLER_FIELDS = ("id", "name", "uscc", "region", "url")
TITLE_SHOWN, URL_SHOWN, SHORT_SHOWN = 2_000, 2_000, 500  # code points; no honest listing has more


class Weighed(NamedTuple):
    """What a set of signals amounts to.

    score: the probability that verdicts speak for, where they calibrated it; else `shipped`, which the weights of the
    signals add up to. signals: each with its weight.
    """

    score: float
    shipped: float
    signals: Mapping[str, float]


class AlertMaker:
    """Makes the alerts of one page."""

    def __init__(self, page: Page, watchlist: Watchlist) -> None:
        self._page = page
        self._watchlist = watchlist
        self._weights = {**watchlist.rules.signals, **watchlist.rules.claims}
        self._today = page.observed_at.astimezone(UTC).date().isoformat()
        self._observed_at = timestamp_text(page.observed_at)
        self._scores: dict[tuple[str, tuple[str, ...]], Weighed] = {}
        self._digests: dict[int, str] = {}  # by the listing's place in the page

    def is_below(self, match: Match, threshold: float) -> bool:
        """Whether the match does not reach its right's own `threshold`, moved as far as verdicts moved it.

        What its weights amount to is enough, also where verdicts hold it unlikely: those change its tier. Only a moved
        threshold keeps silent what the rules would raise.
        """
        weighed = self._weigh(match)
        moved = self._watchlist.calibration.threshold(match.right_id, threshold)
        return max(weighed.score, weighed.shipped) < moved

    def _weigh(self, match: Match) -> Weighed:
        """Worked out once a page for each set of signals."""
        key = match.detector, match.signals
        known = self._scores.get(key)
        if known is None:
            signals = weigh(match.signals, self._weights)
            shipped = score(signals)
            value = self._watchlist.calibration.score(match.detector, signals, shipped)
            known = self._scores[key] = Weighed(value, shipped, signals)
        return known

    def alert(self, match: Match, listing: Listing) -> Alert:
        weighed = self._weigh(match)
        right = self._watchlist.right_of(match.right_id)
        words = None if right is None else self._watchlist.noted(right_in_words, right)
        platform, listing_id = listing["platform"], listing["listing_id"]
        digest = self._digests.get(match.listing)
        if digest is None:
            digest = self._digests[match.listing] = listing_digest(listing)
        return Alert(
            alert_id=alert_id(platform, listing_id, digest, match.detector, match.subject),
            group_id=group_id(platform, listing_id, match.subject),
            platform=platform,
            listing_id=listing_id,
            url=_shown(listing.get("url"), URL_SHOWN),
            title=listing["title"][:TITLE_SHOWN],
            seller=_seller(listing),
            subject=match.subject,
            right_id=match.right_id,
            kind=match.kind,
            detector=match.detector,
            score=weighed.score,
            tier=tier(weighed.score, self._watchlist.rules),
            reasons=match.reasons,
            signals=weighed.signals,
            listed_at=_shown(listing.get("listed_at"), SHORT_SHOWN),
            observed_at=self._observed_at,
            revision=self._watchlist.revision,
            versions=self._watchlist.versions,
            page=self._page.digest,
            listing_digest=digest,
            explanation=explain(match.reasons, weighed.signals, words, self._today),
            explanation_zh=explain_zh(match.reasons, weighed.signals, words, self._today),
            ships_from=_shown(listing.get("ships_from"), SHORT_SHOWN),
        )


def _seller(listing: Listing) -> dict[str, Any]:
    seller = listing.get("seller") or {}
    return {name: seller[name][:SHORT_SHOWN] for name in SELLER_FIELDS if seller.get(name)}


def _shown(text: str | None, limit: int) -> str | None:
    return text and text[:limit]
