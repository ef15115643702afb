"""The whole flow on one page: bytes in, alerts out. Pure: no I/O, no clock, no environment.

The stream, `scan`, `replay` and POST /api/v1/check all call `screen_page`; there is no other way to an alert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from detectors.alerting import AlertMaker
from detectors.decode import decode_page
from detectors.mark import MarkJudge
from detectors.matching import match_text
from detectors.patents.detector import judge_claims
from detectors.records import Alert, Listing, Match, Page, ScreenedMatch, Screening
from detectors.screening import sift
from detectors.text import fingerprint_text
from detectors.watchlist import Watchlist


def screen_page(page: Page, watchlist: Watchlist, *, show_screened: bool = False) -> Screening:
    """Screens every listing of a page.

    decode        a line becomes a listing or a dead letter; nothing else leaves the flow here
    fingerprint   the words of all listings, folded into one set of arrays
    match         multiplies: a listing may name many rights, a right may stand in many places
    screen        drops, counted by reason: most of a page in columns, the rest looked at one by one
    score         drops what stays below its right's threshold, counted too
    alert         one per listing, right and detector
    """
    today = page.observed_at.astimezone(UTC).date()
    decoded = decode_page(page)
    text = fingerprint_text(decoded.listings)
    hits = match_text(text, len(decoded.listings), watchlist)
    sifted = sift(hits, decoded.listings, watchlist, today, keep=show_screened)
    judge = MarkJudge(text, hits, watchlist, today)
    gate = _Gate(page, watchlist, decoded.listings, sifted.screened, show_screened=show_screened)
    for group, reason in sifted.kept:
        gate.show(judge.mention(group), reason)
    for group, verdict in zip(sifted.open, judge.judge(sifted.open, decoded.listings), strict=True):
        gate.pass_on(verdict.matches, verdict.screened, watchlist.right(group.right).score_threshold)
    for claim in judge_claims(text, hits, decoded.listings, watchlist, today):
        gate.pass_on((claim.match,), claim.screened, claim.threshold)
    return Screening(
        alerts=tuple(gate.alerts),
        dead_letters=tuple(decoded.dead_letters),
        listings=len(decoded.listings),
        matches=sum(gate.screened.values()) + len(gate.alerts),
        screened=gate.screened,
        warnings=decoded.warnings,
        shown=tuple(gate.shown),
    )


class _Gate:
    """The last step: a match goes out as an alert or is counted under the reason that held it back."""

    def __init__(
        self,
        page: Page,
        watchlist: Watchlist,
        listings: Sequence[Listing],
        screened: Counter[str],
        *,
        show_screened: bool,
    ) -> None:
        self._maker = AlertMaker(page, watchlist)
        self._listings = listings
        self._show_screened = show_screened
        self.screened = screened
        self.alerts: list[Alert] = []
        self.shown: list[ScreenedMatch] = []

    def pass_on(self, matches: tuple[Match, ...], screened: str | None, threshold: float) -> None:
        for match in matches:
            reason = screened or ("below_threshold" if self._maker.score(match)[0] < threshold else None)
            if reason is None:
                self.alerts.append(self._maker.alert(match, self._listings[match.listing]))
            else:
                self.screened[reason] += 1
                self.show(match, reason)

    def show(self, match: Match, reason: str) -> None:
        if self._show_screened:
            listing = self._listings[match.listing]
            shown = ScreenedMatch(
                match=match, platform=listing["platform"], listing_id=listing["listing_id"], screened=reason
            )
            self.shown.append(shown)
