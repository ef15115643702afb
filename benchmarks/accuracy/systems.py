"""What is compared: ours, and two baselines that look at the very same listings for the very same rights."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson
from ahocorasick_rs import AhoCorasick
from opencc import OpenCC

from benchmarks.pipeline import compile_rights
from detectors.records import Alert, Page
from streams.pipeline import screen_page

OBSERVED_AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE_LISTINGS = 500
MOST_REASONS = 3  # in a note
WORD_LIST = (  # what a shop's filter for counterfeit wording has
    *("高仿", "精仿", "a货", "复刻", "1:1", "原单", "尾单", "莆田", "纯原", "仿品", "假货", "山寨"),
    *("replica", "fake", "counterfeit", "knockoff", "mirror quality", "1st copy", "superfake", "aaa"),
    *("スーパーコピー", "偽物", "コピー", "레플리카", "짝퉁", "이미테이션"),
    *("réplique", "replika", "imitazione", "fälschung", "falso", "réplica"),
)

Rights = Sequence[Mapping[str, Any]]
Listings = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a system says about listings: `alerts` by listing id are rights' ids, or the subjects of patent claims.

    `codes` are the patent-claim codes named, `notes` say for people what became of a listing and a subject.
    """

    alerts: Mapping[str, frozenset[str]]
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class System(Protocol):
    name: str

    def look(self, listings: Listings, rights: Rights) -> Found: ...


class Ours:
    name = "rightswatch"

    def look(self, listings: Listings, rights: Rights) -> Found:
        watchlist = compile_rights(rights)
        alerts: dict[str, set[str]] = defaultdict(set)
        codes: dict[str, set[str]] = defaultdict(set)
        notes: dict[str, dict[str, str]] = defaultdict(dict)
        for start in range(0, len(listings), PAGE_LISTINGS):
            body = b"\n".join(orjson.dumps(row) for row in listings[start : start + PAGE_LISTINGS])
            screening = screen_page(Page(body, OBSERVED_AT), watchlist, show_screened=True)
            for alert in screening.alerts:
                subject = alert.right_id or alert.subject
                alerts[alert.listing_id].add(subject)
                codes[alert.listing_id] |= {reason.code for reason in alert.reasons if reason.code}
                notes[alert.listing_id][subject] = _note(alert)
            for one in screening.shown:
                subject = one.match.right_id or one.match.subject
                notes[one.listing_id].setdefault(subject, f"screened: {one.screened}")
        return Found(_frozen(alerts), _frozen(codes), notes)


class Baseline:
    """Marks as substrings of normalised text. `decides` says, from what was found, whether that alerts."""

    def __init__(
        self,
        name: str,
        normalise: Callable[[str], str],
        decides: Callable[[str, str, bool], bool],
    ) -> None:
        self.name = name
        self._normalise = normalise
        self._decides = decides

    def look(self, listings: Listings, rights: Rights) -> Found:
        owners: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for right in rights:
            for mark in (*right.get("marks", ()), *right.get("aliases", ())):
                owners[self._normalise(mark)].append(right)
        owners.pop("", None)
        marks = list(owners)
        automaton = AhoCorasick(marks)
        alerts: dict[str, set[str]] = defaultdict(set)
        for listing in listings:
            raw = _text(listing)
            text = self._normalise(raw)
            for place in {hit[0] for hit in automaton.find_matches_as_indexes(text, overlapping=True)}:
                is_disguised = marks[place] not in raw.casefold()
                alerts[listing["listing_id"]] |= {
                    right["right_id"]
                    for right in owners[marks[place]]
                    if self._decides(text, right.get("policy", "signals"), is_disguised)
                }
        return Found(_frozen({name: found for name, found in alerts.items() if found}))


def substring() -> Baseline:
    """Casefold and look for the mark: every use alerts (the automaton only finds the same substrings faster)."""
    return Baseline("casefold + substring", str.casefold, lambda text, policy, is_disguised: True)


def word_list() -> Baseline:
    """NFKC, OpenCC t2s, ahocorasick_rs. A mark alerts with a word of WORD_LIST, under `any_use`, or when only the
    normalised text has it."""
    words = AhoCorasick([unicodedata.normalize("NFKC", word).casefold() for word in WORD_LIST])
    simplified = OpenCC("t2s")

    def normalise(text: str) -> str:
        return str(simplified.convert(unicodedata.normalize("NFKC", text).casefold()))

    def decides(text: str, policy: str, is_disguised: bool) -> bool:
        return policy == "any_use" or is_disguised or bool(words.find_matches_as_indexes(text))

    return Baseline("NFKC + OpenCC + ahocorasick_rs + word list", normalise, decides)


def _note(alert: Alert) -> str:
    reasons = [f"{reason.text!r} {reason.how} {reason.matched}" for reason in alert.reasons[:MOST_REASONS]]
    return f"alert {alert.score:.2f} ({', '.join(alert.signals)}): {'; '.join(reasons)}"


def _text(listing: Mapping[str, Any]) -> str:
    parts = [listing["title"], listing.get("description"), listing.get("brand")]
    parts += (listing.get("attributes") or {}).values()
    return "\n".join(str(part) for part in parts if part)


def _frozen(sets: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(values) for name, values in sets.items()}
