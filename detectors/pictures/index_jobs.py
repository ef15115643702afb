"""The work that is done a bit at a time: filing a block's codes in tables, joining segments, packing blocks.

A job is a generator. Between two of its steps entries are added and withdrawn, and queries answered out of the parts
that it reads; only when it is done do the parts that it made take their place.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_probe import KEYS, TABLES
from detectors.kernels.hamming_tables import count_keys, file_codes, join_buckets
from detectors.pictures.index_columns import Columns
from detectors.pictures.index_parts import Block, Segment

STEP = 32_768
"""Codes or keys that one step handles, 0.2 to 0.4 ms; a bucket is not divided, however full it is."""

FILING_UNITS = 4
"""Filing a code goes to memory at random: it costs about as much as copying four."""

_NOTHING = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Made:
    """What takes the sources' place, and the withdrawn slots that it does not name any more."""

    blocks: Sequence[Block]
    segments: Sequence[Segment]
    dropped: NDArray[np.int32]


Steps = Generator[int, None, Made]


class Job:
    """Steps, each of which tells how many units of work it was; a unit is a few nanoseconds."""

    def __init__(self, blocks: Sequence[Block], segments: Sequence[Segment], steps: Steps, columns: Columns) -> None:
        self.blocks, self.segments = blocks, segments
        self.size = sum(block.count for block in blocks) + sum(segment.size for segment in segments)
        self._made: Made | None = None
        self._steps = steps
        columns.jobs += 1

    @property
    def is_done(self) -> bool:
        return self._made is not None

    def step(self) -> int:
        """Do a bit, and return how many units it was."""
        try:
            return next(self._steps)
        except StopIteration as stop:
            self._made = stop.value
            return 0

    def result(self) -> Made:
        """What was made; raises RuntimeError before it is."""
        if self._made is None:
            raise RuntimeError("the job is not done")
        return self._made


def fold(block: Block, columns: Columns, dead: int) -> Job:
    """A block becomes a segment. `dead`: how many are withdrawn where it is; looking for them costs the most."""
    return Job([block], [], _fold(block, columns, columns.jobs + 1 if dead else 0), columns)


def join(one: Segment, other: Segment, columns: Columns, dead: int) -> Job:
    """Two segments become one; `dead` as for `fold`."""
    return Job([], [one, other], _join(one, other, columns, columns.jobs + 1 if dead else 0), columns)


def clean(segment: Segment, columns: Columns) -> Job:
    """A segment without what was withdrawn."""
    return Job([], [segment], _join(segment, Segment.with_room(0), columns, columns.jobs + 1), columns)


def pack(blocks: Sequence[Block], capacity: int, columns: Columns) -> Job:
    """Blocks without what was withdrawn."""
    return Job(blocks, [], _pack(blocks, capacity, columns), columns)


def _fold(block: Block, columns: Columns, number: int) -> Steps:
    made = Segment.with_room(block.count)
    dropped = np.empty(block.count, np.int32)
    for table in range(TABLES):
        drops = 0
        fill = made.offsets[table].copy()
        for low, high in _ranges(block.count, STEP):
            count_keys(block.words, block.slots, columns.thresholds, number, table, low, high, fill)
            yield STEP
        np.cumsum(fill, out=fill)
        made.offsets[table] = fill
        for low, high in _ranges(block.count, STEP):
            drops = file_codes(
                block.words, block.slots, columns.thresholds, number, table, low, high, fill, made.beside, made.slots,
                dropped, drops,
            )  # fmt: skip
            yield FILING_UNITS * (high - low)
    return Made([], _unless_empty(made), dropped[:drops].copy())


def _join(one: Segment, other: Segment, columns: Columns, number: int) -> Steps:
    size = one.size + other.size
    made = Segment.with_room(size)
    dropped = np.empty(size, np.int32)
    keys = min(KEYS, max(64, STEP * KEYS // max(size, 1)))
    for table in range(TABLES):
        drops = 0
        for low, high in _ranges(KEYS, keys):
            drops = join_buckets(
                one.offsets, one.beside, one.slots, other.offsets, other.beside, other.slots, columns.thresholds,
                number, table, low, high, made.offsets, made.beside, made.slots,
                dropped, drops,
            )  # fmt: skip
            yield high - low + int(made.offsets[table, high] - made.offsets[table, low])
    return Made([], _unless_empty(made), dropped[:drops].copy())


def _pack(blocks: Sequence[Block], capacity: int, columns: Columns) -> Steps:
    made, dropped = [Block.with_room(capacity)], [_NOTHING]
    for block in blocks:
        slots = block.slots[: block.count]
        kept = np.flatnonzero(columns.thresholds[slots] >= 0)
        dropped.append(np.delete(slots, kept))
        first = kept[: made[-1].room]
        made[-1].append(block.words[:, first], slots[first])
        if len(first) < len(kept):
            rest = kept[len(first) :]
            made.append(Block.with_room(capacity))
            made[-1].append(block.words[:, rest], slots[rest])
        yield FILING_UNITS * block.count
    return Made([block for block in made if block.count], [], np.concatenate(dropped))


def _ranges(end: int, step: int) -> Sequence[tuple[int, int]]:
    return [(low, min(low + step, end)) for low in range(0, end, step)]


def _unless_empty(segment: Segment) -> list[Segment]:
    return [segment] if segment.size else []
