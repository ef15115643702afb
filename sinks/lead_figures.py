"""What came of leads in a month, folded from their logs. Pure: the same lines give the same figures.

A log is never changed, so once a month is over its figures stay as they are, whatever becomes of its leads later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from sinks.lead_codes import NOT_SUBMITTED, PERSON, REMOVED, SENT, SUBMITTED, WAITING

GONE = "gone"
"""Beside the codes of takedowns: the offer is gone, and no complaint about it was noted here. Nobody's success."""
HORIZON_MS = 366 * 86_400_000  # of leads that were made longer before the month begins nothing is told
MOST_BODIES = 50
Did = Literal["made", "sent", "dropped", "withdrawn", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One thing that happened to a lead, as its log has it. Milliseconds since 1970.

    alerted_ms : of `made`: when what it is about was seen. takedown, on_ms : what became of the complaint, and when.
    """

    group_id: str
    lead_id: str
    recipient: str
    place: str
    act: str
    reason: str | None
    at_ms: int
    alerted_ms: int | None = None
    takedown: str | None = None
    on_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCounts:
    """In the month: made, sent, dropped by the check right before sending, withdrawn earlier, closed. At its end: on
    the way, and waiting for a person. `key`: a recipient, or the division whose body it is."""

    key: str
    made: int
    sent: int
    dropped: int
    withdrawn: int
    closed: int
    waiting: int
    person: int


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds, of so many; None of nothing. `key`: a recipient, or "" for all."""

    key: str
    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadMonth:
    """`takedowns`: of offers (each with its right once), not of leads, as they stood at the month's end."""

    by_recipient: tuple[LeadCounts, ...] = ()
    by_body: tuple[LeadCounts, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()  # why, how many
    takedowns: tuple[tuple[str, int], ...] = ()
    to_sent: tuple[Waited, ...] = ()
    to_removed: Waited = Waited("", 0, None, None)


def month_of_leads(lines: Iterable[LogLine], after_ms: int) -> LeadMonth:
    """All lines before the month's end, of each group together, of each lead in their order."""
    sums = _Sums()
    for _, of_group in groupby(lines, key=lambda line: line.group_id):
        leads = [list(of_lead) for _, of_lead in groupby(of_group, key=lambda line: line.lead_id)]
        sums.add([one for one in (_read(log, after_ms) for log in leads) if one is not None])
    return sums.month()


@dataclass(slots=True)
class _Lead:
    """One lead: what happened to it in the month, and where it stands at its end."""

    recipient: str
    place: str
    did: Counter[Did] = field(default_factory=Counter)
    why_dropped: list[str] = field(default_factory=list)
    taken_ms: list[int] = field(default_factory=list)  # from alert to sent
    state: str = ""  # empty: it is over
    alerted_ms: int | None = None
    was_dropped: bool = False
    closed_in_month: bool = False
    takedown: str = NOT_SUBMITTED
    changed_ms: int = 0  # when the takedown last did; 0: never
    submitted_ms: int | None = None
    removed_ms: int | None = None

    def take(self, line: LogLine, in_month: bool) -> None:
        """The next line of its log."""
        match line.act:
            case "made":
                self._begin(line, in_month)
            case "sent":
                self.state = SENT
                self.did["sent"] += in_month
                if in_month and self.alerted_ms is not None and line.at_ms >= self.alerted_ms:
                    self.taken_ms.append(line.at_ms - self.alerted_ms)
            case "rechecked":
                self.was_dropped = line.reason is not None
                if line.reason is not None and in_month:
                    self.did["dropped"] += 1
                    self.why_dropped.append(line.reason)
            case "withdrawn":
                self.state = ""
                self.did["withdrawn"] += in_month and not self.was_dropped
            case "place":
                self.state = ""
            case "closed":
                self.state, self.closed_in_month = "", in_month
                self.did["closed"] += in_month
        if line.takedown is not None:
            self._complain(line.takedown, line)

    def _begin(self, line: LogLine, in_month: bool) -> None:
        """Also anew, when it was over: then no complaint was made about it yet."""
        self.state = PERSON if line.recipient == PERSON else WAITING
        self.alerted_ms, self.was_dropped, self.closed_in_month = line.alerted_ms, False, False
        self.takedown, self.changed_ms, self.submitted_ms, self.removed_ms = NOT_SUBMITTED, 0, None, None
        self.did["made"] += in_month

    def _complain(self, takedown: str, line: LogLine) -> None:
        when = line.at_ms if line.on_ms is None else line.on_ms
        self.takedown, self.changed_ms = takedown, line.at_ms
        if takedown == SUBMITTED and self.submitted_ms is None:
            self.submitted_ms = when
        self.removed_ms = when if takedown == REMOVED else None


def _read(log: Sequence[LogLine], after_ms: int) -> _Lead | None:
    """None: a lead that was made too long ago."""
    made = [line.at_ms for line in log if line.act == "made"]
    if not made or made[-1] < after_ms - HORIZON_MS:
        return None
    lead = _Lead(log[0].recipient, log[0].place)
    for line in log:
        lead.take(line, line.at_ms >= after_ms)
    return lead


class _Sums:
    def __init__(self) -> None:
        self._recipients: dict[str, Counter[str]] = {}
        self._bodies: dict[str, Counter[str]] = {}
        self._why: Counter[str] = Counter()
        self._takedowns: Counter[str] = Counter()
        self._to_sent: dict[str, list[int]] = {}
        self._to_removed: list[int] = []

    def add(self, leads: Sequence[_Lead]) -> None:
        """The leads of one group."""
        for lead in leads:
            counts = Counter[str]({name: count for name, count in lead.did.items() if count})
            counts[lead.state] += lead.state in (WAITING, PERSON)
            self._recipients.setdefault(lead.recipient, Counter()).update(counts)
            if lead.place:
                self._bodies.setdefault(lead.place, Counter()).update(counts)
            self._why.update(lead.why_dropped)
            self._to_sent.setdefault(lead.recipient, []).extend(lead.taken_ms)
        under_way = [lead for lead in leads if lead.state or lead.closed_in_month]
        if under_way:
            self._take_down(under_way)

    def _take_down(self, leads: Sequence[_Lead]) -> None:
        """An offer's complaint is noted on one of its leads: the one that changed last says how it stands."""
        last = max(leads, key=lambda lead: lead.changed_ms)
        submitted = [lead.submitted_ms for lead in leads if lead.submitted_ms is not None]
        if last.takedown != REMOVED:
            self._takedowns[last.takedown] += 1
            return
        self._takedowns[REMOVED if submitted else GONE] += 1
        if submitted and last.removed_ms is not None and last.removed_ms >= min(submitted):
            self._to_removed.append(last.removed_ms - min(submitted))

    def month(self) -> LeadMonth:
        return LeadMonth(
            by_recipient=tuple(_counted(self._recipients)),
            by_body=tuple(_counted(self._bodies))[:MOST_BODIES],
            dropped=tuple(_most_first(self._why)),
            takedowns=tuple(_most_first(self._takedowns)),
            to_sent=tuple(_waited(key, self._to_sent[key]) for key in sorted(self._to_sent) if self._to_sent[key]),
            to_removed=_waited("", self._to_removed),
        )


def _counted(sums: dict[str, Counter[str]]) -> Iterator[LeadCounts]:
    """The most leads first; those of which there is nothing to tell are left out."""
    names = ("made", "sent", "dropped", "withdrawn", "closed", WAITING, PERSON)
    for key, counts in sorted(sums.items(), key=lambda item: (-item[1]["made"], -item[1]["sent"], item[0])):
        told = {name: counts[name] for name in names}
        if any(told.values()):
            yield LeadCounts(key=key, **told)


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(((key, count) for key, count in counts.items() if count), key=lambda item: (-item[1], item[0]))


def _waited(key: str, taken_ms: list[int]) -> Waited:
    """As ClickHouse's quantileExact counts, so that the times of one report are of one kind."""
    taken, count = sorted(taken_ms), len(taken_ms)
    if not count:
        return Waited(key, 0, None, None)
    return Waited(key, count, taken[count // 2] / 1000, taken[count * 9 // 10] / 1000)
