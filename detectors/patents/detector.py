"""Detector `patent_claim`: the claims of a page's listings, found where the automaton saw a trigger, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detectors.kernels import codes
from detectors.matching import Hits
from detectors.patents.claims import find_claims
from detectors.patents.judge import ADDS_ONLY, Finding, Offerer, judge
from detectors.records import Listing, Match, Reason
from detectors.rights import Right
from detectors.text import PageText
from detectors.watchlist import Watchlist

DEFAULT_THRESHOLD = 0.5  # for a claim to a patent that is not on the watchlist
ANY_PATENT = "patent"  # the kind of a number that tells none
MAX_REASONS = 12  # a number repeated a thousand times says no more; of each kind of finding one is always kept


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """One subject claimed wrongly in one listing; `screened` says why it does not alert, None that it may."""

    match: Match
    screened: str | None
    threshold: float


def judge_claims(
    text: PageText, hits: Hits, listings: Sequence[Listing], watchlist: Watchlist, today: date
) -> list[ClaimVerdict]:
    """Every false claim of a page, one verdict for each listing and subject."""
    found: dict[tuple[int, str], list[tuple[Finding, Reason]]] = {}
    thresholds: dict[str, float] = {}

    def rights_by_number(key: str) -> Sequence[Right]:
        rights = watchlist.rights_by_number(key)
        thresholds.update({right.right_id: right.score_threshold for right in rights})
        return rights

    for field in np.unique(hits.fields[hits.kinds == codes.CLAIM_TRIGGER]).tolist():
        listing = int(text.listing_of[field])
        offerer = _offerer(listings[listing])
        for claim in find_claims(text.texts[field]):
            findings = judge(
                claim,
                today=today,
                rights_by_number=rights_by_number,
                registers=watchlist.registers,
                offerer=offerer,
            )
            for finding in findings:
                subject = findings[0].subject if finding.code in ADDS_ONLY else finding.subject
                places = found.setdefault((listing, subject), [])
                if len(places) < MAX_REASONS or _is_new(finding, places):
                    places.append((finding, _reason(text.name(field), finding)))
    return [
        _verdict(listing, subject, places, thresholds.get(subject, DEFAULT_THRESHOLD))
        for (listing, subject), places in found.items()
    ]


def _is_new(finding: Finding, places: list[tuple[Finding, Reason]]) -> bool:
    return all((finding.code, finding.weight) != (known.code, known.weight) for known, _ in places)


def _offerer(listing: Listing) -> Offerer:
    seller = listing.get("seller") or {}
    return Offerer(
        platform=listing["platform"],
        seller_id=seller.get("id"),
        seller_name=seller.get("name"),
        uscc=seller.get("uscc"),
        brand=listing.get("brand"),
    )


def _reason(field: str, finding: Finding) -> Reason:
    return Reason(
        field=field,
        start=finding.start,
        end=finding.end,
        text=finding.text,
        matched=finding.matched,
        how="patent_number",
        code=finding.code,
        note=finding.note,
    )


def _verdict(listing: int, subject: str, places: list[tuple[Finding, Reason]], threshold: float) -> ClaimVerdict:
    findings = [finding for finding, _ in places]
    first = findings[0]
    weighty: list[str] = [finding.code for finding in findings if finding.weight in ("high", "medium")]
    if weighty:
        signals = weighty + [finding.code for finding in findings if finding.code in ADDS_ONLY]
    else:
        signals = ["weak_claim"] * any(finding.weight == "low" for finding in findings)
    match = Match(
        listing=listing,
        subject=subject,
        right_id=first.right_id,
        kind=first.kind or ANY_PATENT,
        detector="patent_claim",
        reasons=tuple(reason for _, reason in places),
        signals=tuple(signals),
    )
    return ClaimVerdict(match, None if signals else "grace_period", threshold)
