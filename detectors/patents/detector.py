"""Detector `patent_claim`: the claims of a page's listings, found where the automaton saw a trigger, and judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from detectors.kernels import codes
from detectors.matching import Hits
from detectors.patents.attributes import naming_patents, stated_in_attributes
from detectors.patents.claims import ClaimSpan, find_claims
from detectors.patents.judge import ADDS_ONLY, Finding, judge
from detectors.patents.offer import Offer
from detectors.patents.wording import PatentWording
from detectors.records import Listing, Match, Reason
from detectors.rights import Right
from detectors.text import PageText
from detectors.watchlist import Watchlist

DEFAULT_THRESHOLD = 0.5  # for a claim to a patent that is not on the watchlist
PATENT_NUMBER = "patent_number"  # how a claim was found, in a text or in a picture
ANY_PATENT = "patent"  # the kind of a number that tells none
MAX_REASONS = 12  # a number repeated a thousand times says no more; of each kind of finding one is always kept
MAX_SUBJECTS = 50  # alerts about one listing's claims; a text of nothing but numbers says no more either


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

    wording = watchlist.rules.patents
    for field in _fields(text, hits, wording):
        claims = find_claims(text.texts[field], text.attribute(field) or "", wording)
        if not claims:
            continue  # most of them; an object of the whole listing is not made for nothing
        listing = int(text.listing_of[field])
        offer = Offer(listings[listing], wording)
        for claim in _with_kinds(claims, text, field, offer.listing, wording):
            findings = judge(
                claim, today=today, rights_by_number=rights_by_number, registers=watchlist.registers, offer=offer
            )
            for finding in findings:
                subject = findings[0].subject if finding.code in ADDS_ONLY else finding.subject
                places = found.setdefault((listing, subject), [])
                if len(places) < MAX_REASONS or _is_new(finding, places):
                    places.append((finding, _reason(text.name(field), finding)))
    return list(_verdicts(found, thresholds))


def _fields(text: PageText, hits: Hits, wording: PatentWording) -> list[int]:
    """The fields that may hold a claim: those with a trigger, and values of attributes whose name is one."""
    fields = set(hits.fields[hits.kinds == codes.CLAIM_TRIGGER].tolist())
    named = naming_patents(text.content, text.names, wording)
    return sorted(fields.union(text.first_attribute + row for row in named))


def _with_kinds(
    claims: Sequence[ClaimSpan], text: PageText, field: int, listing: Listing, wording: PatentWording
) -> Iterator[ClaimSpan]:
    """The claims of a field; the kind of patent may stand in an attribute of its own beside the number's."""
    is_attribute = field >= text.first_attribute
    for claim in claims:
        if is_attribute and not claim.stated_kinds:
            yield replace(claim, stated_kinds=stated_in_attributes(listing["attributes"], wording))
        else:
            yield claim


def _verdicts(
    found: dict[tuple[int, str], list[tuple[Finding, Reason]]], thresholds: dict[str, float]
) -> Iterator[ClaimVerdict]:
    alerting: dict[int, int] = {}
    for (listing, subject), places in found.items():
        verdict = _verdict(listing, subject, places, thresholds.get(subject, DEFAULT_THRESHOLD))
        if verdict.screened is None:
            alerting[listing] = alerting.get(listing, 0) + 1
            if alerting[listing] > MAX_SUBJECTS:
                verdict = replace(verdict, screened="too_many_claims")
        yield verdict


def _is_new(finding: Finding, places: list[tuple[Finding, Reason]]) -> bool:
    return all((finding.code, finding.signal) != (known.code, known.signal) for known, _ in places)


def _reason(field: str, finding: Finding) -> Reason:
    return Reason(
        field=field,
        start=finding.start,
        end=finding.end,
        text=finding.text,
        matched=finding.matched,
        how=PATENT_NUMBER,
        code=finding.code,
        note=finding.note,
    )


def _verdict(listing: int, subject: str, places: list[tuple[Finding, Reason]], threshold: float) -> ClaimVerdict:
    findings = [finding for finding, _ in places]
    signals = [finding.signal for finding in findings if finding.signal]
    if any(signal != WEAK for signal in signals):
        signals = [signal for signal in signals if signal != WEAK]
        signals += [finding.code for finding in findings if finding.code in ADDS_ONLY]
    else:
        signals = signals[:1]
    match = Match(
        listing=listing,
        subject=subject,
        right_id=findings[0].right_id,
        kind=findings[0].kind or ANY_PATENT,
        detector="patent_claim",
        reasons=tuple(reason for _, reason in places),
        signals=tuple(signals),
    )
    return ClaimVerdict(match, None if signals else _screen(findings), threshold)


def _screen(findings: Sequence[Finding]) -> str:
    """Why notes alone do not alert."""
    return "grace_period" if any(finding.code == "lapsed" for finding in findings) else findings[0].code


WEAK = "weak_claim"  # the signal of a finding that may well be harmless
