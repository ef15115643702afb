"""Detectors `mark` and `coded_fake`: what a group that needs a closer look amounts to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, reduce
from operator import and_, or_
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.circumstances import CONTACT, PRICE, price_far_under, price_reason
from detectors.goods.lexicon import compile_lexicon
from detectors.goods.use import MarkUse
from detectors.goods.words import GoodsWord, read_goods
from detectors.kept import Kept
from detectors.kernels import codes
from detectors.lexicon import abbreviations
from detectors.matching import NEAR, Hits, how, spans
from detectors.nicknames import Nicknames, nicknames_of
from detectors.records import Listing, Match, Reason
from detectors.rights import Right
from detectors.screening import CODED, Group
from detectors.sellers import seller_screen
from detectors.text import PageText
from detectors.watchlist import Watchlist
from detectors.weighing import Finding, Weighed, is_mere_mention, is_short, unlifted, weigh_finding

MAX_REASONS = 12  # a mark repeated a thousand times says no more than one repeated twelve times
MAX_CONTACTS = 3
COUNTERFEIT = (codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK, codes.COUNTERFEIT_BESIDE)
NEIGHBOURHOOD = 24  # symbols on either side that tell which language a whole-script look-alike stands in


class MarkVerdict(NamedTuple):
    """What a group amounts to, and why it does not alert (None: it may). `MarkJudge.matches` writes it out."""

    finding: Finding
    signals: tuple[str, ...]
    screened: str | None

    @property
    def subject(self) -> str:
        return self.finding.right.right_id

    @property
    def size(self) -> int:
        """How many matches it has: one, and one for counterfeit wording."""
        return 1 + self.finding.is_coded


class MarkJudge:
    """Looks closely at the groups of one page. Groups are small, so plain lists beat arrays here."""

    def __init__(self, text: PageText, hits: Hits, watchlist: Watchlist, today: date) -> None:
        self._text = text
        self._hits = hits
        self._bits, self._context = hits.bits.data, hits.context.data  # of few rows; they read as plain numbers
        self._watchlist = watchlist
        self._today = today
        self._lexicon = compile_lexicon(watchlist.rules.goods)
        # Each is asked for several times: rights and nicknames by right, spans by hit, the others by a text's number.
        # None of them knows the judge: a page's arrays would lie there until the garbage collector comes by.
        self._rights = rights = Kept(watchlist.right)
        self._nicknames = Kept(lambda right: watchlist.noted(nicknames_of, rights[right]))
        self._spans = Kept(lambda row: spans(hits, text, row))
        self._texts = texts = Kept(watchlist.texts.__getitem__)
        self._everyday = Kept(lambda number: texts[number].casefold() in abbreviations())

    def judge(self, groups: Sequence[Group], listings: Sequence[Listing]) -> list[MarkVerdict]:
        """For each group in order: what it amounts to, and why it does not alert.

        The goods are read only for what may still alert, and for all of that at once.
        """
        findings = [self._finding(group, listings[group.listing]) for group in groups]
        doubtful = sorted({finding.group.listing for finding in findings if finding.screened is None})
        goods = read_goods(listings, doubtful, self._lexicon) if doubtful else {}
        return [self._verdict(finding, goods) for finding in findings]

    def _verdict(self, finding: Finding, goods: Mapping[int, Sequence[GoodsWord]]) -> MarkVerdict:
        weighed = Weighed(("mark",), finding.screened)
        if finding.screened is None:
            weighed = weigh_finding(finding, self._use(finding, goods))
        return MarkVerdict(finding, self._signals(finding.group, weighed), weighed.screened)

    def _signals(self, group: Group, weighed: Weighed) -> tuple[str, ...]:
        """With what adds to a finding whatever it is, and lifts nothing by itself."""
        is_contact = self._context[group.rows[0]] & codes.IN_CONTACT_LISTING
        return (*weighed.signals, CONTACT) if is_contact else weighed.signals

    def _finding(self, whole: Group, listing: Listing) -> Finding:
        right = self._rights[whole.right]
        counted = self._without_everyday_words(whole, self._nicknames[whole.right])
        group = counted if counted.rows else whole
        disguised = self._disguised(group)
        screened = seller_screen(listing, right, self._today)
        if screened is None and self._is_allowed_phrase(group, right):
            screened = "allow_list"
        is_similar = not disguised and all(self._bits[row] & NEAR for row in group.rows)
        contexts = [self._context[row] for row in group.rows]
        anywhere, everywhere = reduce(or_, contexts), reduce(and_, contexts)
        finding = Finding(
            group=group,
            listing=listing,
            right=right,
            disguised=disguised,
            is_similar=is_similar,
            is_likely=is_similar and any(self._bits[row] & codes.LIKELY for row in group.rows),
            is_short=bool(disguised) and self._are_short(group, disguised),
            is_everyday=all(map(self._everyday.__getitem__, group.texts)),
            is_coded=bool(anywhere & CODED),
            is_in_domain=bool(anywhere & codes.IN_DOMAIN),
            is_cheap=price_far_under(listing, right, self._watchlist.rules.price_share),
            is_compatible=bool(everywhere & codes.COMPATIBLE_USE),
            is_denied=bool(everywhere & codes.DENIED),
            screened=screened if counted.rows else "mention",
        )
        return finding._replace(screened=unlifted(finding)) if is_mere_mention(finding) else finding

    def _use(self, finding: Finding, goods: Mapping[int, Sequence[GoodsWord]]) -> MarkUse:
        group = finding.group
        places = [self._spans[row] for row in group.rows if self._hits.fields.item(row) == group.listing]
        return MarkUse(
            finding.listing,
            finding.right,
            goods[group.listing],
            [(start, end) for _, _, start, end in places],
            frozenset(map(self._texts.__getitem__, group.texts)),
            self._lexicon,
        )

    def _are_short(self, group: Group, rows: Sequence[int]) -> bool:
        texts = dict(zip(group.rows, group.texts, strict=True))
        return all(bool(self._bits[row] & codes.DOUBTFUL) or is_short(self._texts[texts[row]]) for row in rows)

    def _without_everyday_words(self, group: Group, nicknames: Nicknames) -> Group:
        """The group less the places of nicknames that say nothing here, being ordinary words."""
        if not nicknames.everyday:
            return group
        kept = [
            (row, text)
            for row, text in zip(group.rows, group.texts, strict=True)
            if nicknames.counts(self._texts[text], is_coded=bool(self._context[row] & codes.IN_CODED_CLAUSE))
        ]
        return group._replace(rows=[row for row, _ in kept], texts=[text for _, text in kept])

    def _circumstances(
        self, group: Group, listing: Listing, right: Right, signals: Sequence[str]
    ) -> tuple[Reason, ...]:
        reasons = (price_reason(listing, right),) if PRICE in signals else ()
        contacts = self._contacts[group.listing][:MAX_CONTACTS] if CONTACT in signals else []
        return reasons + tuple(self._wording_reason(row)._replace(how=CONTACT, note=None) for row in contacts)

    def _disguised(self, group: Group) -> list[int]:
        """The places that hide the mark; one that another of its marks explains as it is written hides nothing."""
        rows = [row for row in group.rows if self._bits[row] & codes.DISGUISES]
        if not rows:
            return rows
        itself = [row for row in group.rows if not self._bits[row] & NEAR]
        seen = {self._place(row) for row in itself}
        plain = {self._place(row) for row in itself if not self._bits[row] & codes.DISGUISES}
        rows = [row for row in rows if self._place(row) not in (seen if self._bits[row] & NEAR else plain)]
        rows = [row for row in rows if not self._bits[row] & NEAR or not self._is_named_beside(row, plain)]
        return [row for row in rows if not self._is_foreign_word(row)]

    def _is_named_beside(self, row: int, plain: Iterable[tuple[int, int]]) -> bool:
        """Whether the mark is openly named elsewhere: then what is near it is a slip. A part of that is no name."""
        first, length = self._place(row)
        return any(at < first or at + size > first + length for at, size in plain)

    def _place(self, row: int) -> tuple[int, int]:
        return self._hits.symbols.item(row), self._hits.lengths.item(row)

    def matches(self, verdict: MarkVerdict) -> tuple[Match, ...]:
        """The verdict in words for a reader. Of what is held back hardly any has one."""
        finding, signals = verdict.finding, verdict.signals
        group = finding.group
        reasons = self._mark_reasons(group, finding.disguised)
        circumstances = self._circumstances(group, finding.listing, finding.right, signals)
        mark = self._match(group, reasons + circumstances, signals)
        if not finding.is_coded:
            return (mark,)
        coded = mark._replace(detector="coded_fake", reasons=self._wording_reasons(group) + mark.reasons)
        # Behind the first place of the mark: a sentence does not read all of many places.
        reasons = reasons[:1] + self._strongest_wording(group) + reasons[1:]
        return (mark._replace(reasons=reasons[:MAX_REASONS] + circumstances), coded)

    def mention(self, group: Group) -> Match:
        """The match of a group that columns decided, for those who ask to see it."""
        return self._match(group, self._mark_reasons(group, []), ("mark",))

    def _match(self, group: Group, reasons: tuple[Reason, ...], signals: tuple[str, ...]) -> Match:
        right = self._rights[group.right]
        return Match(
            listing=group.listing,
            subject=right.right_id,
            right_id=right.right_id,
            kind=right.kind,
            detector="mark",
            reasons=reasons,
            signals=signals,
        )

    def _mark_reasons(self, group: Group, disguised: list[int]) -> tuple[Reason, ...]:
        """Disguised places first, then in text order; one reason a span."""
        nicknames = self._nicknames[group.right]
        reasons: dict[tuple[str, int, int], Reason] = {}
        for row, mark in self._in_order(group, disguised):
            field, text, start, end = self._spans[row]
            if (field, start, end) in reasons:
                continue
            step, note = nicknames.step(mark, how(self._bits[row], text, mark))
            reasons[field, start, end] = Reason(
                field=field, start=start, end=end, text=text, matched=mark, how=step, note=note
            )
            if len(reasons) == MAX_REASONS:
                break
        return tuple(reasons.values())

    def _in_order(self, group: Group, disguised: list[int]) -> list[tuple[int, str]]:
        """The group's places, disguised ones first, each with its mark."""
        rows, marks = group.rows, [self._texts[number] for number in group.texts]
        if len(rows) == 1:
            return [(rows[0], marks[0])]
        # Patterns are numbered over all rights, so the order within a span is taken from the right's own marks.
        hidden = set(disguised)  # a list takes minutes over a mark that is hidden sixty thousand times
        first, length, bits = self._hits.symbols.item, self._hits.lengths.item, self._bits
        places = [
            (row not in hidden, first(row), length(row), bits[row], mark, row)
            for row, mark in zip(rows, marks, strict=True)
        ]
        return [(row, mark) for *_, mark, row in sorted(places)]

    def _wording_reasons(self, group: Group) -> tuple[Reason, ...]:
        return tuple(self._wording_reason(row) for row in self._wording[group.listing][:MAX_REASONS])

    def _strongest_wording(self, group: Group) -> tuple[Reason, ...]:
        """What lifted the mark: one strong wording, or the two weak ones that amount to it."""
        rows = self._wording[group.listing]
        strong = next((row for row in rows if self._hits.kinds[row] == codes.COUNTERFEIT_STRONG), None)
        return tuple(self._wording_reason(row) for row in (rows[:2] if strong is None else [strong]))

    def _wording_reason(self, row: int) -> Reason:
        hits, watchlist = self._hits, self._watchlist
        field, text, start, end = self._spans[row]
        phrase = watchlist.texts[int(watchlist.patterns.sources[hits.patterns[row]])]
        strength = "strong" if hits.kinds[row] == codes.COUNTERFEIT_STRONG else "weak"
        return Reason(
            field=field,
            start=start,
            end=end,
            text=text,
            matched=phrase,
            how=how(self._bits[row], text, phrase),
            note=f"counterfeit wording, {strength}",
        )

    @cached_property
    def _wording(self) -> dict[int, list[int]]:
        """Listing -> the places of its counterfeit wording; a word of one character is one before a mark only."""
        hits = self._hits
        before_marks = np.isin(hits.symbols + 1, hits.symbols[hits.kinds == codes.MARK])
        return self._places(COUNTERFEIT, (hits.kinds != codes.COUNTERFEIT_BESIDE) | (hits.lengths > 1) | before_marks)

    @cached_property
    def _contacts(self) -> dict[int, list[int]]:
        """Listing -> the places where it asks to be contacted outside the platform."""
        return self._places((codes.OFF_PLATFORM_CONTACT,))

    def _places(self, kinds: tuple[int, ...], wanted: NDArray[np.bool_] | Literal[True] = True) -> dict[int, list[int]]:
        places: dict[int, list[int]] = defaultdict(list)
        for row in np.flatnonzero(np.isin(self._hits.kinds, kinds) & wanted).tolist():
            places[int(self._hits.listings[row])].append(row)
        return {listing: self._outermost(rows) for listing, rows in places.items()}

    def _outermost(self, rows: list[int]) -> list[int]:
        """The places in text order, less those inside a longer one that says as much: 加微 of 加微信.

        A strong wording inside a weak one stays.
        """
        is_weak = {row: self._hits.kinds.item(row) == codes.COUNTERFEIT_WEAK for row in rows}
        kept, ends = [], [-1, -1]  # where strong ones end, where any do
        for row in sorted(rows, key=lambda row: (self._place(row)[0], -self._place(row)[1], is_weak[row])):
            first, length = self._place(row)
            if first + length > ends[is_weak[row]]:
                kept.append(row)
                ends = [ends[0] if is_weak[row] else first + length, max(ends[1], first + length)]
        return kept

    def _is_foreign_word(self, hit: int) -> bool:
        """Whether every letter is of another script amid more of it: СОРТ in a Russian sentence is a word."""
        hits, symbols = self._hits, self._text.folded
        if self._bits[hit] & codes.DISGUISES != codes.CONFUSABLE:
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
        """Whether every place of the mark stands inside a phrase that the right allows."""
        phrases = [allow.phrase.casefold() for allow in right.allow if allow.phrase]
        return bool(phrases) and all(self._is_inside(row, phrases) for row in group.rows)

    def _is_inside(self, row: int, phrases: list[str]) -> bool:
        _, _, start, end = self._spans[row]
        for phrase in phrases:
            low = max(0, start - len(phrase))
            around = self._text.texts.part(int(self._hits.fields[row]), low, end + len(phrase)).casefold()
            at = around.find(phrase)
            while at >= 0:
                if at < end - low and at + len(phrase) > start - low:
                    return True
                at = around.find(phrase, at + 1)
        return False
