"""Shares of counts, and how sure the counts make us."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


def joint_z(intervals: int) -> float:
    """How many standard errors wide so many intervals must be to hold all together with 95 % (Bonferroni)."""
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * intervals))


Z95 = joint_z(1)


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


def wilson(hits: int, total: int, z: float = Z95) -> Interval:
    """The Wilson score interval (Wilson 1927) of a share: sound near 0 and 1 and for few counts.

    Of nothing at all, everything is possible.

    Raises:
        ValueError: `hits` is not among 0 to `total`.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} hits of {total}")
    if total == 0:
        return Interval(0.0, 1.0)
    share = hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = ((middle + side * spread) / (1 + z * z / total) for side in (-1, 1))
    return Interval(max(0.0, low) if hits else 0.0, min(1.0, high) if hits < total else 1.0)


def counted(count: int, z: float = Z95) -> Interval:
    """How many are to be expected where `count` were: the score interval of a Poisson mean."""
    middle, spread = count + z * z / 2, z * sqrt(count + z * z / 4)
    return Interval(max(0.0, middle - spread), middle + spread)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with its 95 % interval. `value` is None of nothing."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> Interval:
        return wilson(self.hits, self.total)
