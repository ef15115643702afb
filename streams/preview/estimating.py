"""From what was counted on a sample of pages to all of them, with how sure that is. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z_95: Final = 1.959964  # a normal variable is within so many deviations of its mean 95 times in 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many there are on all pages: the most likely number, and the ends of its 95 % interval."""

    count: int
    low: int
    high: int

    def to_json(self) -> dict[str, int]:
        return {"count": self.count, "low": self.low, "high": self.high}


def estimate(counts: Sequence[int], pages: int) -> Estimate:
    """What `counts`, one for each page of a random sample, says about all `pages`.

    The count is taken for a Poisson variable, made wider by as much as the pages' counts vary more than that (a seller
    may fill a page with one offer), and narrower by the share of the pages that was looked at. A sample of all of them
    leaves no doubt, one of none leaves nothing else: then `high` says only that there may be any number.
    """
    total, sampled = sum(counts), len(counts)
    if sampled >= pages:
        return Estimate(total, total, total)
    share = sampled / pages
    mean = total / sampled
    variance = sum((count - mean) ** 2 for count in counts) / max(1, sampled - 1)
    spread = max(1.0, variance / mean) if total else 1.0
    low, high = (spread * end for end in _poisson_interval(total / spread))
    narrower = math.sqrt(1 - share)
    low, high = (total + (end - total) * narrower for end in (low, high))
    return Estimate(round(total / share), max(total, math.floor(low / share)), math.ceil(high / share))


def _poisson_interval(count: float) -> tuple[float, float]:
    """Of the mean, after Wilson and Hilferty: within 1 % of the exact one where it matters."""
    above = count + 1
    high = above * (1 - 1 / (9 * above) + Z_95 / (3 * math.sqrt(above))) ** 3
    if count <= 0:
        return 0.0, high
    low = count * max(0.0, 1 - 1 / (9 * count) - Z_95 / (3 * math.sqrt(count))) ** 3
    return low, high
