"""The whole flow on one page: bytes in, alerts out. Pure: no I/O, no clock, no environment.

The stream, `scan`, `replay` and POST /api/v1/check all call `screen_page`; there is no other way to an alert. Pictures
behind URLs come later than the page that names them: `screen_pictures` is the part of the flow that waited for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from operator import itemgetter
from typing import TypeVar

from detectors.alerting import AlertMaker
from detectors.decode import Decoded, decode_page
from detectors.image_copy import NO_PICTURES, judge_copies, pictures_of
from detectors.logo import judge_logos
from detectors.mark import MarkJudge
from detectors.matching import match_text
from detectors.patents.detector import judge_claims
from detectors.pictures.seen import Looks
from detectors.records import Alert, Listing, Match, Page, SampledMatch, ScreenedMatch, Screening
from detectors.sampling import Sample
from detectors.screening import sift
from detectors.text import fingerprint_text
from detectors.watchlist import Watchlist
from detectors.watchlist.allowed import QUARANTINED

NO_LOOKS: Looks = {}


def screen_page(
    page: Page,
    watchlist: Watchlist,
    *,
    looks: Looks = NO_LOOKS,
    show_screened: bool = False,
    sample_share: float = 0.0,
) -> Screening:
    """Screens every listing of a page; shows what does not alert when asked, and samples that share of it.

    looks: what was seen in the files of pictures that the listings name by path or by URL.

    decode        a line becomes a listing or a dead letter; nothing else leaves the flow here
    fingerprint   the words of all listings, folded into one set of arrays
    match         multiplies: a listing may name many rights, a right may stand in many places
    screen        drops, counted by reason: most of a page in columns, the rest looked at one by one
    score         drops what stays below its right's threshold, counted too
    alert         one per listing, right and detector
    """
    today = _today(page)
    decoded = decode_page(page)
    text = fingerprint_text(decoded.listings)
    hits = match_text(text, len(decoded.listings), watchlist)
    sifted = sift(hits, decoded.listings, watchlist, today, Sample(page, 1.0 if show_screened else sample_share))
    judge = MarkJudge(text, hits, watchlist, today)
    sample = Sample(page, sample_share)
    gate = _Gate(page, watchlist, decoded.listings, sifted.screened, sample, show_screened=show_screened)
    for group, reason in sifted.kept:
        gate.keep(judge.mention(group), reason)
    for group, verdict in zip(sifted.open, judge.judge(sifted.open, decoded.listings), strict=True):
        if verdict.screened is None or gate.shows(group.listing, verdict.subject):
            gate.pass_on(judge.matches(verdict), verdict.screened, watchlist.right(group.right).score_threshold)
        else:
            gate.count(verdict.screened, verdict.size)
    for claim in judge_claims(text, hits, decoded.listings, watchlist, today):
        gate.pass_on((claim.match,), claim.screened, claim.threshold)
    unusable = _judge_pictures(gate, decoded, watchlist, looks, today)
    return _outcome(gate, decoded, {**decoded.warnings, **unusable})


def screen_pictures(page: Page, watchlist: Watchlist, looks: Looks) -> Screening:
    """The same flow for what is seen in the pictures of listings alone: their texts were screened before."""
    decoded = decode_page(page)
    gate = _Gate(page, watchlist, decoded.listings, Counter(), Sample(page, 0.0), show_screened=False)
    unusable = _judge_pictures(gate, decoded, watchlist, looks, _today(page))
    return _outcome(gate, decoded, unusable)  # what was odd about the lines was counted with their texts


def _judge_pictures(gate: _Gate, decoded: Decoded, watchlist: Watchlist, looks: Looks, today: date) -> Counter[str]:
    """Passes on what the pictures amount to; returns how many cannot be used, by reason."""
    pictures = pictures_of(decoded.listings, looks) if looks or watchlist.has_pictures else NO_PICTURES
    for copy in judge_copies(pictures, decoded.listings, watchlist, today):
        gate.pass_on((copy.match,), copy.screened, copy.threshold)
    for logo in judge_logos(decoded.listings, looks, watchlist, today):
        gate.pass_on((logo.match,), logo.screened, logo.threshold)
    return pictures.warnings


def _outcome(gate: _Gate, decoded: Decoded, warnings: Mapping[str, int]) -> Screening:
    return Screening(
        alerts=tuple(gate.alerts),
        dead_letters=tuple(decoded.dead_letters),
        listings=len(decoded.listings),
        matches=sum(gate.screened.values()) + len(gate.alerts),
        screened=gate.screened,
        warnings=warnings,
        shown=_in_order(gate.shown),
        sampled=_in_order(gate.sampled),
    )


def _today(page: Page) -> date:
    return page.observed_at.astimezone(UTC).date()


_Place = tuple[int, str, str]  # the listing's position, the subject, the detector
Kept = TypeVar("Kept", ScreenedMatch, SampledMatch)


def _in_order(kept: list[tuple[_Place, Kept]]) -> tuple[Kept, ...]:
    """By listing and right: which matches columns decide, and so which come first, depends on the segments."""
    return tuple(one for _, one in sorted(kept, key=itemgetter(0)))


class _Gate:
    """The last step: a match goes out as an alert or is counted under the reason that held it back."""

    def __init__(
        self,
        page: Page,
        watchlist: Watchlist,
        listings: Sequence[Listing],
        screened: Counter[str],
        sample: Sample,
        *,
        show_screened: bool,
    ) -> None:
        self._maker = AlertMaker(page, watchlist)
        self._listings = listings
        self._sample = sample
        self._show_screened = show_screened
        self.screened = screened
        self.alerts: list[Alert] = []
        self.shown: list[tuple[_Place, ScreenedMatch]] = []
        self.sampled: list[tuple[_Place, SampledMatch]] = []

    def pass_on(self, matches: tuple[Match, ...], screened: str | None, threshold: float) -> None:
        for match in matches:
            reason = screened or ("below_threshold" if self._maker.is_below(match, threshold) else None)
            if reason is None:
                self.alerts.append(self._maker.alert(match, self._listings[match.listing]))
            else:
                self.count(reason, 1)
                self.keep(match, reason)

    def count(self, reason: str, matches: int) -> None:
        """Counts matches that are held back; those that somebody reads are kept beside that."""
        self.screened[reason] += matches

    def shows(self, listing: int, subject: str) -> bool:
        """Whether somebody may read what a listing shows of a subject though it is screened."""
        return self._show_screened or self._sample.includes(listing, subject)

    def keep(self, match: Match, reason: str) -> None:
        """A screened match, if it was asked to be shown or belongs to the sample; of the quarantined every one does."""
        listing = self._listings[match.listing]
        place = match.listing, match.subject, match.detector
        if reason == QUARANTINED or self._sample.includes(match.listing, match.subject):
            sampled = SampledMatch(screened=reason, alert=self._maker.alert(match, listing))
            self.sampled.append((place, sampled))
        if self._show_screened:
            shown = ScreenedMatch(
                match=match, platform=listing["platform"], listing_id=listing["listing_id"], screened=reason
            )
            self.shown.append((place, shown))
