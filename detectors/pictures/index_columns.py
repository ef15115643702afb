"""What the index knows of each entry, in columns, and which places in them are free."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.hamming_simd import ROW_LANES

WORDS = 4


@dataclass(slots=True)
class Columns:
    """One place, its slot, for each entry.

    words : uint64[4, capacity], the codes, word by word; capacity is a multiple of ROW_LANES
    thresholds : int32[capacity], the greatest distance that counts; once withdrawn -1 - `jobs` as it was then
    labels : int64[capacity]
    count : slots that were ever used; what is behind them is undefined
    jobs : how many jobs that leave out withdrawn slots have begun
    """

    words: NDArray[np.uint64]
    thresholds: NDArray[np.int32]
    labels: NDArray[np.int64]
    count: int = 0
    jobs: int = 0
    free: list[NDArray[np.int32]] = field(default_factory=list)

    @classmethod
    def with_room(cls, capacity: int) -> Columns:
        """Memory is taken from the system only as it is written, so room that is not used costs nothing."""
        capacity = -(-capacity // ROW_LANES) * ROW_LANES
        return cls(np.empty((WORDS, capacity), np.uint64), np.empty(capacity, np.int32), np.empty(capacity, np.int64))

    def put(
        self, codes: NDArray[np.uint64], labels: NDArray[np.int64], thresholds: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Store uint64[k, 4] codes and return their slots, int32[k]: freed ones first."""
        slots = self._take(len(codes))
        self.words[:, slots] = codes.T
        self.labels[slots] = labels
        self.thresholds[slots] = thresholds
        return slots

    def is_held(self, slots: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of them hold an entry that is not withdrawn; any number may be asked."""
        is_used = (slots >= 0) & (slots < self.count)
        is_used[is_used] = self.thresholds[slots[is_used]] >= 0
        return is_used

    def withdraw(self, slots: NDArray[np.int64]) -> None:
        self.thresholds[slots] = -1 - self.jobs

    def release(self, slots: NDArray[np.int32]) -> None:
        """Give withdrawn slots back, which no block and no segment names any more."""
        if len(slots):
            self.free.append(slots)

    def _take(self, number: int) -> NDArray[np.int32]:
        taken = []
        while number and self.free:
            last = self.free.pop()
            if len(last) > number:
                self.free.append(last[number:])
            taken.append(last[:number])
            number -= len(taken[-1])
        while self.count + number > len(self.labels):
            self._grow()
        taken.append(np.arange(self.count, self.count + number, dtype=np.int32))
        self.count += number
        return np.concatenate(taken)

    def _grow(self) -> None:
        larger = Columns.with_room(2 * len(self.labels))
        for name in ("words", "thresholds", "labels"):
            getattr(larger, name)[..., : self.count] = getattr(self, name)[..., : self.count]
        self.words, self.thresholds, self.labels = larger.words, larger.thresholds, larger.labels
