"""How good scores and silence are: precision, what was missed, and whether a score means what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detectors.calibration.intervals import Interval, Share, counted, joint_z, wilson

BINS = 10


@dataclass(frozen=True, slots=True)
class Scored:
    """A score, and what it said the probability of."""

    score: float
    is_infringing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The scores from `low` on, up to that of the next one."""

    low: float
    mean_score: float
    share: Share


def curve(scored: Iterable[Scored]) -> tuple[Bin, ...]:
    """The share of infringements at each tenth of the scores that has any."""
    bins: list[list[Scored]] = [[] for _ in range(BINS)]
    for one in scored:
        bins[min(int(one.score * BINS), BINS - 1)].append(one)
    return tuple(
        Bin(
            low=place / BINS,
            mean_score=sum(one.score for one in held) / len(held),
            share=Share(sum(one.is_infringing for one in held), len(held)),
        )
        for place, held in enumerate(bins)
        if held
    )


def calibration_error(scored: Sequence[Scored]) -> float | None:
    """The expected calibration error: how far the mean score of a tenth is from the share there, over all of them."""
    if not scored:
        return None
    gaps = (one.share.total * abs(one.mean_score - one.share.hits / one.share.total) for one in curve(scored))
    return sum(gaps) / len(scored)


def brier_score(scored: Sequence[Scored]) -> float | None:
    """The mean squared distance of the score from the truth: 0 is perfect, 0.25 what saying 0.5 always gets."""
    if not scored:
        return None
    return sum((one.score - one.is_infringing) ** 2 for one in scored) / len(scored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Screened matches that were sampled alike: `sampled` were kept, each standing for `weight` matches.

    `judged` of those were judged, chosen without looking, and `infringing` of them should have alerted.
    """

    sampled: int
    weight: float
    judged: int
    infringing: int

    def size(self, z: float) -> Interval:
        """How many matches it stands for: how many of them came into the sample is chance, unless all do."""
        some = counted(self.sampled, z) if self.weight > 1 else Interval(self.sampled, self.sampled)
        return Interval(self.weight * some.low, self.weight * some.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissRate:
    """Of all infringements that were seen, the share about which nothing was said. `value` None: nothing was judged."""

    value: float | None
    interval: Interval
    missed: float | None  # estimated number
    judged: int


def miss_rate(strata: Sequence[Stratum], alerts: int, precision: Share) -> MissRate:
    """Estimated from the judged sample, and from `alerts`, of which the share `precision` infringes.

    The interval puts together the ends of its parts' intervals, each so wide that all hold together with 95 %
    (Bonferroni): it is wider than it must be, never narrower. Of what nobody sampled or judged anything
    is possible. Where nothing alerted, all of what infringes was missed.
    """
    known = [one for one in strata if one.sampled]
    judged = sum(one.judged for one in known)
    is_unknown = not known or any(not one.judged for one in known) or bool(alerts and not precision.total)
    if is_unknown or not (alerts or any(one.infringing for one in known)):
        return MissRate(value=None, interval=Interval(0.0, 1.0), missed=None, judged=judged)
    z = joint_z(1 + len(known) + sum(one.weight > 1 for one in known))
    found = wilson(precision.hits, precision.total, z)
    parts = [(wilson(one.infringing, one.judged, z), one.size(z)) for one in known]
    low = _share_missed(sum(part.low * size.low for part, size in parts), alerts * found.high)
    high = _share_missed(sum(part.high * size.high for part, size in parts), alerts * found.low)
    missed = sum(one.infringing / one.judged * one.sampled * one.weight for one in known)
    value = _share_missed(missed, alerts * (precision.value or 0.0))
    return MissRate(value=value, interval=Interval(low, high), missed=missed, judged=judged)


def _share_missed(missed: float, found: float) -> float:
    return missed / (missed + found) if missed + found else 0.0
