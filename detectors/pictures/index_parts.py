"""The parts that entries are held in beside their columns: blocks that are looked through, segments with tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_probe import KEYS, TABLES
from detectors.kernels.hamming_simd import PIECE_LANES
from detectors.pictures.index_columns import WORDS


@dataclass(slots=True, eq=False)
class Block:
    """Codes next to each other, all of which every query looks at: what was added last.

    words : uint64[4, capacity], slots : int32[capacity], of which the first `count` are used
    """

    words: NDArray[np.uint64]
    slots: NDArray[np.int32]
    count: int = 0

    @classmethod
    def with_room(cls, capacity: int) -> Block:
        return cls(np.empty((WORDS, capacity), np.uint64), np.empty(capacity, np.int32))

    @property
    def room(self) -> int:
        return len(self.slots) - self.count

    @property
    def nbytes(self) -> int:
        """Of the entries; the room for more is not taken from the system yet."""
        return (self.words.nbytes + self.slots.nbytes) * self.count // len(self.slots)

    def append(self, words: NDArray[np.uint64], slots: NDArray[np.int32]) -> None:
        """words : uint64[4, k], slots : int32[k], k <= room"""
        end = self.count + len(slots)
        self.words[:, self.count : end] = words
        self.slots[self.count : end] = slots
        self.count = end


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The tables of pieces of some entries; it does not change. Shapes and meaning: `probe_tables`."""

    offsets: NDArray[np.int32]
    beside: NDArray[np.uint16]
    slots: NDArray[np.int32]

    @classmethod
    def with_room(cls, size: int) -> Segment:
        """For `size` entries, all its buckets empty."""
        return cls(
            np.zeros((TABLES, KEYS + 1), np.int32),
            np.empty(TABLES * size + PIECE_LANES, np.uint16),
            np.empty(TABLES * size, np.int32),
        )

    @property
    def size(self) -> int:
        """Entries, withdrawn ones that are not left out yet among them."""
        return int(self.offsets[0, -1])

    @property
    def nbytes(self) -> int:
        return self.offsets.nbytes + self.beside.nbytes + self.slots.nbytes
