"""The measurement: every system looks at every case and at the untouched offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.accuracy.claims import claims
from benchmarks.accuracy.corpus import Corpus
from benchmarks.accuracy.disguises import disguises
from benchmarks.accuracy.making import random_for
from benchmarks.accuracy.numbers import look_alike_numbers
from benchmarks.accuracy.records import Group, Offer, Policy
from benchmarks.accuracy.scores import Share, alert_count, right_id, share, total
from benchmarks.accuracy.screened import screened
from benchmarks.accuracy.signs import decided, nicknames, wording
from benchmarks.accuracy.systems import Found, System

POLICIES: tuple[Policy, ...] = ("signals", "any_use")


@dataclass(frozen=True, slots=True)
class Work:
    """What is looked at. `honest` are untouched offers by language."""

    groups: tuple[Group, ...]
    honest: Mapping[str, tuple[Offer, ...]]
    watchlist: tuple[Mapping[str, Any], ...]

    @property
    def watched(self) -> frozenset[str]:
        return frozenset(right["right_id"] for right in self.watchlist)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system said: about the cases, and about the untouched offers of each language."""

    work: Work
    cases: Found
    honest: Mapping[str, Found]

    def share(self, group: Group, policy: Policy) -> Share:
        """Cases of the group that came out as wanted."""
        return share(group, policy, self.cases, self.work.watched)

    def recall(self) -> Share:
        """Over all rows of disguises, signs and wording, each under the policy it is about."""
        rows = [group for group in self.work.groups if group.wanted == "alert" and group.counts]
        return total([self.share(group, group.headline) for group in rows])

    def false_per_thousand(self, language: str) -> float:
        return 1000 * alert_count(self.honest[language].alerts) / len(self.work.honest[language])

    def precision(self) -> Share:
        """Of all alerts: those of positives, beside those of honest offers and of cases that must be silent."""
        silent = [group for group in self.work.groups if group.wanted == "silence"]
        quiet = total([self.share(group, "signals") for group in silent])
        false = quiet.total - quiet.hits + sum(alert_count(found.alerts) for found in self.honest.values())
        true = self.recall().hits
        return Share(true, true + false)


def prepare(corpus: Corpus, *, cases: int, offers: int | None, numbers: int) -> Work:
    """`cases` for each row, `numbers` look-alike numbers, at most `offers` untouched offers in each language."""
    groups: tuple[Group, ...] = (
        *disguises(corpus, cases),
        *decided(corpus, cases),
        *nicknames(corpus, cases),
        *wording(corpus, cases),
        *screened(corpus, cases),
        *claims(corpus, cases),
        look_alike_numbers(corpus, numbers),
    )
    honest: dict[str, list[Offer]] = {"zh": [], "en": []}
    for offer in corpus.honest:
        honest["zh" if offer.is_chinese else "en"].append(offer)
    rng = random_for("honest")
    some = {
        language: tuple(rng.sample(every, min(len(every), offers or len(every)))) for language, every in honest.items()
    }
    return Work(groups, some, corpus.watchlist)


def measure(work: Work, system: System) -> Outcome:
    """Every case has its own right twice, under either policy, among the whole watchlist."""
    rights = [*work.watchlist]
    listings: list[Mapping[str, Any]] = []
    for group in work.groups:
        for case in group.cases:
            listings.append(case.listing)
            if case.right:
                rights += [{**case.right, "right_id": right_id(case, policy), "policy": policy} for policy in POLICIES]
    honest = {
        language: system.look([offer.listing for offer in offers], work.watchlist)
        for language, offers in work.honest.items()
    }
    return Outcome(work, system.look(listings, rights), honest)


def only(work: Work, row: str) -> Work:
    """The work of one row: a group's name, or honest_zh, honest_en. Nothing of it is left when there is no such row."""
    groups = tuple(group for group in work.groups if group.name == row)
    honest = {language: offers for language, offers in work.honest.items() if row == f"honest_{language}"}
    return replace(work, groups=groups, honest=honest)


def names(work: Work) -> Sequence[str]:
    return [*(group.name for group in work.groups), *(f"honest_{language}" for language in work.honest)]
