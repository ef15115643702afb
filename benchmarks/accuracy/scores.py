"""Counting what came of the cases, and how sure the counts make us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from benchmarks.accuracy.records import Case, Group, Policy
from benchmarks.accuracy.systems import Found

Z = 1.959964  # the normal distribution's 97.5 % point: a 95 % interval


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson score interval (Wilson 1927): sound for shares near 0 and 1 and for few cases."""
        if not self.total:
            return 0.0, 1.0
        p, n = self.value, self.total
        middle = p + Z * Z / (2 * n)
        spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        low, high = ((middle + side * spread) / (1 + Z * Z / n) for side in (-1, 1))
        return max(0.0, low), min(1.0, high)

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.total + other.total)


def right_id(case: Case, policy: Policy) -> str:
    return f"{case.right['right_id']}, {policy}" if case.right else ""


def is_as_wanted(group: Group, case: Case, policy: Policy, found: Found, watched: frozenset[str]) -> bool:
    """Whether the right in question alerts, or the patent claim with its code; for silence, whether nothing does.

    `watched` are the rights of the watchlist, in question nowhere: an honest case must not alert for them either.
    """
    name = case.listing["listing_id"]
    alerts = found.alerts.get(name, frozenset())
    if group.wanted == "alert" and case.right is None:
        return case.code in found.codes.get(name, frozenset())
    has_alert = right_id(case, policy) in alerts
    if group.wanted == "alert":
        return has_alert
    others = {one for one in alerts if one in watched or not one.startswith("right of ")}
    return not has_alert and not others


def failures(group: Group, policy: Policy, found: Found, watched: frozenset[str]) -> list[Case]:
    return [case for case in group.cases if not is_as_wanted(group, case, policy, found, watched)]


def share(group: Group, policy: Policy, found: Found, watched: frozenset[str]) -> Share:
    return Share(len(group.cases) - len(failures(group, policy, found, watched)), len(group.cases))


def total(shares: Sequence[Share]) -> Share:
    return sum(shares, Share(0, 0))


def alert_count(alerts: Mapping[str, frozenset[str]]) -> int:
    """Pairs of listing and subject: what people would be shown."""
    return sum(len(subjects) for subjects in alerts.values())
