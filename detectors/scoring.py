"""Score: named signals to one number and a tier. The weights stand in detectors/data/weights.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

from detectors.records import Tier
from detectors.watchlist.rules import Rules


def weigh(signals: Iterable[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Each signal with its weight, in the order of the weights' table, each once."""
    present = set(signals)
    return {name: weight for name, weight in weights.items() if name in present}


def score(signals: Mapping[str, float]) -> float:
    """Independent pieces of evidence: 1 - product of (1 - weight), to three decimals."""
    return round(1.0 - prod(1.0 - weight for weight in signals.values()), 3)


def shipped_score(rules: Rules, signals: Iterable[str]) -> float:
    """What the rule pack alone makes of a finding with these signals."""
    return score(weigh(signals, {**rules.signals, **rules.claims}))


def tier(value: float, rules: Rules) -> Tier:
    if value >= rules.tiers["high"]:
        return "high"
    return "medium" if value >= rules.tiers["medium"] else "low"
