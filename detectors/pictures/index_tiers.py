"""Entries of like thresholds: their parts, and which work on them is due.

Tables find what is at most 16 k + 15 apart by looking under all keys within k bits: 17 a table at k = 1, 137 at k = 2.
So entries stand with others of the same k, and one wide threshold does not make all other queries dear. From k = 3 on
looking through all is cheaper than tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_probe import PIECE_BITS
from detectors.pictures.index_columns import Columns
from detectors.pictures.index_jobs import Job, clean, fold, join, pack
from detectors.pictures.index_parts import Block, Segment

Part = TypeVar("Part", Block, Segment)

BLOCK = 65_536
"""Entries that are looked through before tables are made of them: that takes 12 us a query, a segment's tables 5."""

WIDE_BLOCK = 6 * BLOCK
"""The same for k = 2, whose 2,192 buckets cost 50 to 100 us."""

RATIO = 4
"""Segments are joined if the larger has at most this many times the smaller one's entries, so there are few."""

LITTLE = 4
"""A block with less than one in so many of its entries stays one: looking through it is as fast as tables."""

DEAD_SHARE = 4
"""Withdrawn entries are left out once there is one for every so many."""


class Tier:
    """All entries whose threshold is at least 16 k and below 16 k + 16; k is None for all from there on.

    cutoff : no entry's threshold is above it
    flips, flipped : as in `probe_tables`
    """

    def __init__(self, k: int | None, block: int) -> None:
        self.has_tables = k is not None
        self.cutoff = 0 if k is None else PIECE_BITS * k + PIECE_BITS - 1
        self.flips, self.flipped = _flips(k or 0)
        self.held = 0
        self.dead = 0
        self.sealed: list[Block] = []
        self.segments: list[Segment] = []
        self.jobs: list[Job] = []
        self._capacity = block
        self._filling = Block.with_room(block)

    @property
    def blocks(self) -> list[Block]:
        return [*self.sealed, self._filling] if self._filling.count else self.sealed

    @property
    def nbytes(self) -> int:
        parts: list[Block | Segment] = [*self.sealed, *self.segments, self._filling]
        return sum(part.nbytes for part in parts)

    def append(self, words: NDArray[np.uint64], slots: NDArray[np.int32], highest: int) -> None:
        """words : uint64[4, k], slots : int32[k]; `highest` of their thresholds"""
        self.cutoff = max(self.cutoff, highest)
        self.held += len(slots)
        while len(slots):
            now = min(len(slots), self._filling.room)
            self._filling.append(words[:, :now], slots[:now])
            words, slots = words[:, now:], slots[now:]
            if not self._filling.room:
                self.seal()

    def seal(self) -> None:
        """Let tables be made of what was added last, unless it is little."""
        if self._filling.count >= self._capacity // LITTLE:
            self.sealed.append(self._filling)
            self._filling = Block.with_room(self._capacity)

    def withdraw(self, number: int) -> None:
        self.held -= number
        self.dead += number

    def plan(self, columns: Columns, ratio: int = RATIO) -> None:
        """Begin the jobs that are due; segments are joined up to `ratio`."""
        if self.has_tables:
            busy = {id(part) for job in self.jobs for part in job.blocks}
            self.jobs += [fold(block, columns, self.dead) for block in self.sealed if id(block) not in busy]
            self.jobs += [join(*pair, columns, self.dead) for pair in self._pairs(ratio)]
        if self.dead > max(self._capacity, self.held // DEAD_SHARE) and not self.jobs:
            if self.has_tables:
                self.jobs += [clean(segment, columns) for segment in self.segments]
            else:
                self.jobs.append(pack(self.sealed, self._capacity, columns))

    def finish(self, job: Job) -> NDArray[np.int32]:
        """Put what the job made in its sources' place; returns the slots that are free now."""
        made = job.result()
        self.jobs.remove(job)
        self.sealed = [*_without(self.sealed, job.blocks), *made.blocks]
        self.segments = [*_without(self.segments, job.segments), *made.segments]
        self.dead -= len(made.dropped)
        return made.dropped

    def _pairs(self, ratio: int) -> Iterator[tuple[Segment, Segment]]:
        busy = {id(part) for job in self.jobs for part in job.segments}
        idle = sorted((part for part in self.segments if id(part) not in busy), key=lambda part: part.size)
        while len(idle) > 1:
            one, *idle = idle
            if idle[0].size <= ratio * one.size:
                yield one, idle.pop(0)


def make_tiers() -> list[Tier]:
    return [Tier(0, BLOCK), Tier(1, BLOCK), Tier(2, WIDE_BLOCK), Tier(None, BLOCK)]


def tier_numbers(thresholds: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where in `make_tiers` entries with these thresholds belong."""
    return np.minimum(thresholds // PIECE_BITS, 3)


def _without(parts: Sequence[Part], gone: Sequence[Part]) -> list[Part]:
    names = {id(part) for part in gone}
    return [part for part in parts if id(part) not in names]


def _flips(k: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    masks = [sum(1 << bit for bit in bits) for size in range(k + 1) for bits in combinations(range(PIECE_BITS), size)]
    return np.array(masks, np.int32), np.array([mask.bit_count() for mask in masks], np.int32)
