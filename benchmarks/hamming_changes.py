"""Fingerprints added and withdrawn among many, while a thread asks one batch of queries after the other.

The rate is per second of the changing thread's own processor time: the other one shares its core and the GIL with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.hamming_codes import Codes, query_batches, random_codes
from benchmarks.records import BenchmarkError, Row
from detectors.pictures.index import FingerprintIndex

ADDITIONS_LIMIT = 100_000
PAUSE_LIMIT_MS = 50.0
CHANGES, AT_ONCE = 300_000, 1000
BATCH = 64


class Asker(threading.Thread):
    """Asks until it is told to stop; `milliseconds` of each batch."""

    def __init__(self, index: FingerprintIndex, codes: Codes, threshold: int) -> None:
        super().__init__()
        self.milliseconds: list[float] = []
        self.is_stopped = False
        self._index = index
        self._batches = query_batches(codes, 16, BATCH, threshold)

    def run(self) -> None:
        while not self.is_stopped:
            start = time.perf_counter()
            self._index.search(self._batches[len(self.milliseconds) % len(self._batches)])
            self.milliseconds.append((time.perf_counter() - start) * 1000)


def change_rows(codes: Codes, threshold: int, size: str) -> Iterator[Row]:
    """Entries are added, each batch is looked for at once, and all are withdrawn; `size`: how many there were before.

    Raises:
        BenchmarkError: the next query does not find an entry that was added, or finds one that was withdrawn.
    """
    index = FingerprintIndex()
    index.add(codes, 0, threshold)
    index.settle()
    fresh = random_codes(np.random.default_rng(2), CHANGES)
    asker = Asker(index, codes, threshold)
    asker.start()
    try:
        while len(asker.milliseconds) < 50:
            time.sleep(0.01)
        before = len(asker.milliseconds)
        adding, entries = _added(index, fresh, threshold)
        added = len(asker.milliseconds)
        withdrawing = _withdrawn(index, entries, fresh)
    finally:
        asker.is_stopped = True
        asker.join()
    during = f"among {size} while batches of {BATCH} queries run"
    yield _at_least(f"fingerprints added {during} (in batches of {AT_ONCE}, {added - before} query batches)", adding)
    yield _at_least(f"fingerprints withdrawn {during} (in batches of {AT_ONCE})", withdrawing)
    usual, slowest = median(asker.milliseconds[:before]), max(asker.milliseconds[before:])
    yield Row(
        metric=f"the slowest batch of {BATCH} queries among {size} while {CHANGES // 1000} k are added and withdrawn "
        f"(the median before: {usual:.1f} ms)",
        unit="ms",
        ours=slowest,
        peer=PAUSE_LIMIT_MS,
        peer_name="limit: at most",
        ratio=PAUSE_LIMIT_MS / slowest,
    )


def _added(index: FingerprintIndex, fresh: Codes, threshold: int) -> tuple[list[float], list[NDArray[np.int64]]]:
    """Seconds and entries of each batch."""
    seconds, entries = [], []
    for low in range(0, len(fresh), AT_ONCE):
        part = fresh[low : low + AT_ONCE]
        start = time.thread_time()
        entries.append(index.add(part, 1, threshold))
        seconds.append(time.thread_time() - start)
        if 1 not in index.search(part[:1]).labels:
            raise BenchmarkError("an entry is not found by the query after it was added")
    return seconds, entries


def _withdrawn(index: FingerprintIndex, entries: list[NDArray[np.int64]], fresh: Codes) -> list[float]:
    seconds = []
    for number, some in enumerate(entries):
        start = time.thread_time()
        index.withdraw(some)
        seconds.append(time.thread_time() - start)
        if 1 in index.search(fresh[number * AT_ONCE : number * AT_ONCE + 1]).labels:
            raise BenchmarkError("an entry is found by the query after it was withdrawn")
    return seconds


def _at_least(metric: str, seconds: list[float]) -> Row:
    rate = AT_ONCE * len(seconds) / sum(seconds)
    return Row(
        metric=metric,
        unit="fingerprints/s",
        ours=rate,
        peer=ADDITIONS_LIMIT,
        peer_name="limit: at least",
        ratio=rate / ADDITIONS_LIMIT,
    )
