"""All fingerprints of pictures within a distance, exact and in memory, while fingerprints come and go.

An entry is found from the query that begins after it was added on, and not any more by one that begins after it was
withdrawn. What is due for the tables is done a bit with each change, so no change and no query waits for a rebuild.
Any thread may call anything; queries run beside each other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.pictures.index_columns import WORDS, Columns
from detectors.pictures.index_lock import SharedLock
from detectors.pictures.index_saving import Arrays, index_arrays, index_parts
from detectors.pictures.index_search import find
from detectors.pictures.index_tiers import RATIO, Tier, make_tiers, tier_numbers

RESERVE = 1 << 24
"""Entries that need no copying of columns; beyond it they double, and queries wait while that is copied."""

WIDEST = 255

AT_ONCE = 4096
"""Entries that are added or withdrawn while queries wait, 0.3 ms."""

QUERIES_AT_ONCE = 256
"""Queries that a change waits for."""

WORK = 500
"""Units of work that come with each change. Filing an entry takes 80, and joining its segment, up to 15 times, 16."""

LEAST_WORK = 65_536
"""Units that are saved up until a job goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Pairs of a query and an entry, sorted by query, then distance, then entry; all arrays have one cell a pair.

    queries : int32[m], the row of the query
    entries : int64[m]
    labels : int64[m], the entries' labels
    distances : int32[m], in bits, at most the entry's threshold
    """

    queries: NDArray[np.int32]
    entries: NDArray[np.int64]
    labels: NDArray[np.int64]
    distances: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.queries)


class FingerprintIndex:
    """An index of 256-bit codes, each as four words of 64 bits, with a threshold and a label of the caller's.

    The number of an entry is the caller's until it is withdrawn; then another entry may get it.
    `reserve`: entries that room is set aside for; it is taken from the system only as it is used.
    """

    def __init__(self, reserve: int = RESERVE) -> None:
        self._columns = Columns.with_room(reserve)
        self._tiers = make_tiers()
        self._parts = SharedLock()  # queries read, changes write
        self._changing = threading.Lock()  # one change or job at a time
        self._units = 0

    def __len__(self) -> int:
        return sum(tier.held for tier in self._tiers)

    @property
    def nbytes(self) -> int:
        """Memory in use: what was written of the columns, and the parts; jobs need as much as the parts they read."""
        columns = self._columns
        each = sum(array.nbytes for array in (columns.words, columns.thresholds, columns.labels)) // len(columns.labels)
        return each * columns.count + sum(tier.nbytes for tier in self._tiers)

    def add(self, codes: ArrayLike, labels: ArrayLike, thresholds: ArrayLike) -> NDArray[np.int64]:
        """Add entries and return their numbers, int64[k].

        codes : uint64[k, 4]; labels, thresholds : a number each, or one for all; thresholds in bits, 0 to 255
        An entry's threshold does not change; withdraw it and add another.
        Raises ValueError, and then adds none, if the shapes or a threshold are not so.
        """
        rows = _codes(codes)
        named = np.ascontiguousarray(np.broadcast_to(np.asarray(labels, np.int64), len(rows)))
        within = np.broadcast_to(np.asarray(thresholds, np.int64), len(rows))
        if len(rows) and not 0 <= within.min() <= within.max() <= WIDEST:
            raise ValueError(f"a threshold is 0 to {WIDEST} bits, not {within.min()} to {within.max()}")
        bits = within.astype(np.int32)
        parts = [self._add(rows[part], named[part], bits[part]) for part in _slices(len(rows), AT_ONCE)]
        return np.concatenate([np.empty(0, np.int64), *parts])

    def withdraw(self, entries: ArrayLike) -> None:
        """Withdraw entries, int64[k].

        Raises ValueError, and then withdraws none, if one is not held (any more) or is named twice.
        """
        slots = np.asarray(entries, np.int64).reshape(-1)
        with self._changing:
            if len(np.unique(slots)) < len(slots) or not self._columns.is_held(slots).all():
                raise ValueError("an entry is withdrawn that is not held, or that is named twice")
            for part in _slices(len(slots), AT_ONCE):
                self._withdraw(slots[part])

    def search(self, codes: ArrayLike) -> Matches:
        """All entries within their own threshold of each query; codes : uint64[q, 4]. Cheapest in batches of 64 to 256.

        Raises ValueError if the shape is not so.
        """
        rows = _codes(codes)
        found = [np.empty((0, 3), np.int32)]
        labels = [np.empty(0, np.int64)]
        for part in _slices(len(rows), QUERIES_AT_ONCE):
            with self._parts.shared():
                some = find(self._tiers, self._columns, rows[part])
                labels.append(self._columns.labels[some[:, 1]])
            some[:, 0] += part.start
            found.append(some)
        queries, slots, distances = np.concatenate(found).T
        return Matches(
            queries=queries, entries=slots.astype(np.int64), labels=np.concatenate(labels), distances=distances
        )

    def settle(self) -> None:
        """As after a first load: do all work there is, so that queries are at their fastest; others may go on."""
        with self._changing, self._parts.alone():
            for tier in self._tiers:
                tier.seal()
        is_due = True
        while is_due:
            with self._changing:
                self._units = max(self._units, LEAST_WORK)
                is_due = self._work(ratio=max(len(self), RATIO))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything the index holds, settled, as arrays by name."""
        self.settle()
        with self._changing:
            return index_arrays(self._columns, self._tiers)

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> FingerprintIndex:
        """The index that `arrays` was asked of, over these arrays as they are: none is read now.

        Raises KeyError for one that is missing.
        """
        index = cls(reserve=0)
        index._columns, index._tiers = index_parts(arrays)
        return index

    def _add(
        self, codes: NDArray[np.uint64], labels: NDArray[np.int64], thresholds: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        numbers = tier_numbers(thresholds)
        with self._changing:
            with self._parts.alone():
                slots = self._columns.put(codes, labels, thresholds)
                for number in np.unique(numbers):
                    those = np.flatnonzero(numbers == number)
                    highest = int(thresholds[those].max())
                    self._tiers[number].append(codes[those].T, slots[those], highest)
            self._units += WORK * len(codes)
            self._work()
        return slots.astype(np.int64)

    def _withdraw(self, slots: NDArray[np.int64]) -> None:
        numbers = tier_numbers(self._columns.thresholds[slots])
        with self._parts.alone():
            self._columns.withdraw(slots)
            for tier, number in zip(self._tiers, np.bincount(numbers, minlength=len(self._tiers)), strict=True):
                tier.withdraw(int(number))
        self._units += WORK * len(slots)
        self._work()

    def _work(self, ratio: int = RATIO) -> bool:
        """Spend the saved units on what is due, the smallest job first: that spares queries most. False: nothing is."""
        while self._units >= LEAST_WORK:
            due = [(job.size, number) for number, tier in enumerate(self._planned(ratio)) for job in tier.jobs]
            if not due:
                self._units = 0
                return False
            tier = self._tiers[min(due)[1]]
            job = min(tier.jobs, key=lambda job: job.size)
            while self._units >= 0 and not job.is_done:
                self._units -= job.step()
            if job.is_done:
                with self._parts.alone():
                    self._columns.release(tier.finish(job))
        return True

    def _planned(self, ratio: int) -> Iterator[Tier]:
        for tier in self._tiers:
            tier.plan(self._columns, ratio)
            yield tier


def _codes(codes: ArrayLike) -> NDArray[np.uint64]:
    rows = np.require(codes, np.uint64, ["C", "W"])
    if rows.ndim != 2 or rows.shape[1] != WORDS:
        raise ValueError(f"codes are uint64[n, {WORDS}], not {rows.dtype}{list(rows.shape)}")
    return rows


def _slices(end: int, step: int) -> list[slice]:
    return [slice(low, min(low + step, end)) for low in range(0, end, step)]
