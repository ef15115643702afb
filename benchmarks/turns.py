"""Ours and a peer, measured in turn: what disturbs the machine for a while then disturbs both."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Seconds:
    """The median of the rounds."""

    ours: float
    peer: float


def take_turns(
    ours: Callable[[], object], peer: Callable[[], object], *, rounds: int, clock: Callable[[], float]
) -> Seconds:
    """Run both once to warm up, then `rounds` times each, the one that begins changing from round to round.

    Before each, the garbage of the one before is collected. What was there from the beginning is frozen meanwhile, so
    that collecting does not go over all of it, which would leave the caches cold as they never are between two pages.
    """
    taken: dict[str, list[float]] = {"ours": [], "peer": []}
    pair = [("ours", ours), ("peer", peer)]
    for _, work in pair:
        work()
    gc.collect()
    gc.freeze()
    try:
        for number in range(rounds):
            for name, work in pair if number % 2 == 0 else reversed(pair):
                taken[name].append(_seconds(work, clock))
    finally:
        gc.unfreeze()
    return Seconds(median(taken["ours"]), median(taken["peer"]))


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()  # what the other one left
    start = clock()
    work()
    return clock() - start
