"""Verdicts for the tests, and the shipped scores of a few sets of signals."""

from __future__ import annotations

from detectors.calibration.document import signals_text
from detectors.calibration.evidence import Judged

SHIPPED = {"mark": 0.3, "disguise+mark": 0.685, "any_use+mark": 0.545, "goods_match+mark+similar": 0.559}


def shipped(signals: frozenset[str]) -> float:
    return SHIPPED[signals_text(signals)]


def judged(
    detector: str,
    signals: str,
    *,
    infringing: int = 0,
    innocent: int = 0,
    right_id: str | None = "R",
    screened: str = "",
) -> list[Judged]:
    """So many verdicts about findings with these signals (apart by spaces)."""
    kinds = frozenset(signals.split())
    return [
        Judged(
            right_id=right_id,
            detector=detector,
            signals=kinds,
            score=shipped(kinds),
            is_infringing=number < infringing,
            screened=screened,
        )
        for number in range(infringing + innocent)
    ]
