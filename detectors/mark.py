"""Detectors `mark` and `coded_fake`: what a group that needs a closer look amounts to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detectors.kernels import codes
from detectors.matching import Hits, how, spans
from detectors.records import Listing, Match, Reason
from detectors.rights import Right
from detectors.screening import CODED, Group
from detectors.sellers import seller_screen
from detectors.text import PageText
from detectors.watchlist import Watchlist

MAX_REASONS = 12  # a mark repeated a thousand times says no more than one repeated twelve times
COUNTERFEIT = (codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK)
NEIGHBOURHOOD = 24  # symbols on either side that tell which language a whole-script look-alike stands in


@dataclass(frozen=True, slots=True)
class MarkVerdict:
    """What a group amounts to: its matches, and why they do not alert (None: they may)."""

    matches: tuple[Match, ...]
    screened: str | None


class MarkJudge:
    """Looks closely at the groups of one page."""

    def __init__(self, text: PageText, hits: Hits, watchlist: Watchlist, today: date) -> None:
        self._text = text
        self._hits = hits
        self._watchlist = watchlist
        self._today = today

    def judge(self, group: Group, listing: Listing) -> MarkVerdict:
        right = self._watchlist.right(group.right)
        bits, context = self._hits.bits[group.rows], self._hits.context[group.rows]
        disguised = ((bits & codes.DISGUISES) != 0) & ~self._foreign_words(group)
        coded = bool((context & CODED).any())
        signals = ["mark"]
        signals += ["disguise"] if disguised.any() else []
        signals += ["counterfeit_wording"] if coded else []
        lifted = len(signals) > 1
        signals += ["price_far_under"] if price_far_under(listing, right, self._watchlist.rules.price_share) else []
        signals += ["any_use"] if right.policy == "any_use" else []
        compatible = bool(((context & codes.COMPATIBLE_USE) != 0).all())
        screened = seller_screen(listing, right, self._today)
        if screened is None and not lifted:
            screened = "compatible_use" if compatible else None if len(signals) > 1 else "mention"
        if screened is None and self._is_allowed_phrase(group, right):
            screened = "allow_list"
        return MarkVerdict(tuple(self._matches(group, right, signals, disguised, coded)), screened)

    def mention(self, group: Group) -> Match:
        """The match of a group that columns decided, for those who ask to see it."""
        nothing = np.zeros(len(group.rows), np.bool_)
        return next(iter(self._matches(group, self._watchlist.right(group.right), ["mark"], nothing, coded=False)))

    def _matches(
        self, group: Group, right: Right, signals: list[str], disguised: NDArray[np.bool_], coded: bool
    ) -> list[Match]:
        reasons = self._mark_reasons(group, disguised)
        mark = Match(
            listing=group.listing,
            subject=right.right_id,
            right_id=right.right_id,
            kind=right.kind,
            detector="mark",
            reasons=reasons,
            signals=tuple(signals),
        )
        if not coded:
            return [mark]
        return [mark, replace(mark, detector="coded_fake", reasons=self._wording_reasons(group) + reasons)]

    def _mark_reasons(self, group: Group, disguised: NDArray[np.bool_]) -> tuple[Reason, ...]:
        """Disguised places first, then in text order; one reason a span."""
        order = np.argsort(~disguised, kind="stable")
        reasons: dict[tuple[str, int, int], Reason] = {}
        for place in order:
            hit = int(group.rows[place])
            field, text, start, end = spans(self._hits, self._text, hit)
            mark = self._watchlist.texts[int(group.texts[place])]
            step = how(int(self._hits.bits[hit]), text, mark)
            reason = Reason(field=field, start=start, end=end, text=text, matched=mark, how=step)
            reasons.setdefault((field, start, end), reason)
            if len(reasons) == MAX_REASONS:
                break
        return tuple(reasons.values())

    def _wording_reasons(self, group: Group) -> tuple[Reason, ...]:
        hits = self._hits
        first, last = np.searchsorted(hits.listings, [group.listing, group.listing + 1])
        rows = first + np.flatnonzero(np.isin(hits.kinds[first:last], COUNTERFEIT))
        reasons = []
        for hit in rows[:MAX_REASONS].tolist():
            field, text, start, end = spans(hits, self._text, hit)
            phrase = self._watchlist.texts[int(self._watchlist.patterns.sources[hits.patterns[hit]])]
            strength = "strong" if hits.kinds[hit] == codes.COUNTERFEIT_STRONG else "weak"
            step = how(int(hits.bits[hit]), text, phrase)
            reasons.append(
                Reason(
                    field=field,
                    start=start,
                    end=end,
                    text=text,
                    matched=phrase,
                    how=step,
                    note=f"counterfeit wording, {strength}",
                )  # fmt: skip
            )
        return tuple(reasons)

    def _foreign_words(self, group: Group) -> NDArray[np.bool_]:
        """Places where every letter is of another script amid more of it: СОРТ in a Russian sentence is a word."""
        return np.array([self._is_foreign_word(int(hit)) for hit in group.rows], np.bool_)

    def _is_foreign_word(self, hit: int) -> bool:
        hits, symbols = self._hits, self._text.folded
        if (hits.bits[hit] & codes.DISGUISES) != codes.CONFUSABLE:
            return False
        first, field = int(hits.symbols[hit]), int(hits.fields[hit])
        end = first + int(hits.lengths[hit])
        if (symbols.bases[first:end] < 0x80).any():
            return False
        low = max(int(symbols.fields[field]), first - NEIGHBOURHOOD)
        high = min(int(symbols.fields[field + 1]), end + NEIGHBOURHOOD)
        around = np.r_[low:first, end:high]
        plain = (symbols.bases[around] >= 0x80) & (symbols.looks[around] == symbols.bases[around])
        return bool((plain & (symbols.kinds[around] == codes.ALPHABETIC)).any())

    def _is_allowed_phrase(self, group: Group, right: Right) -> bool:
        phrases = [allow.phrase.casefold() for allow in right.allow if allow.phrase]
        if not phrases:
            return False
        fields = np.flatnonzero(self._text.listing_of == group.listing)
        return any(phrase in self._text.texts[field].casefold() for field in fields for phrase in phrases)


def price_far_under(listing: Listing, right: Right, share: float) -> bool:
    """Whether the price is under `share` of the right's usual price, in the same currency."""
    usual, price = right.usual_price, listing.get("price")
    if usual is None or price is None or listing.get("currency", "").upper() != usual.currency:
        return False
    return 0 < float(price) < share * usual.amount
