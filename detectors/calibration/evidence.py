"""What people decided, as the fit reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Cell = tuple[str, frozenset[str]]
"""A detector and the signals of a finding: what the fit takes to be alike, whatever the right."""

BELOW_THRESHOLD = "below_threshold"
"""The reason that the score alone held a match back: such a match is of the same kind as an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding with the last word about it. `screened`: why it was no alert, a match of the sample; empty: it was one.

    `score` is the one it was raised with, by the calibration in force then.
    """

    right_id: str | None
    detector: str
    signals: frozenset[str]
    score: float
    is_infringing: bool
    screened: str = ""

    @property
    def cell(self) -> Cell:
        return self.detector, self.signals

    @property
    def is_scored(self) -> bool:
        """Whether nothing but its score decided about it: what was screened for a reason says nothing about scores."""
        return self.screened in ("", BELOW_THRESHOLD)


@dataclass(frozen=True, slots=True)
class Count:
    """How many were judged, and how many of them infringe."""

    judged: int = 0
    infringing: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.judged + other.judged, self.infringing + other.infringing)


def count_cells(judged: Iterable[Judged]) -> Mapping[Cell, Count]:
    counts: dict[Cell, Count] = {}
    for one in scored(judged):
        counts[one.cell] = counts.get(one.cell, Count()) + Count(1, one.is_infringing)
    return counts


def scored(judged: Iterable[Judged]) -> Iterator[Judged]:
    return (one for one in judged if one.is_scored)
