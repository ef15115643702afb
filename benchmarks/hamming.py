"""`hamming`: all fingerprints within 31 bits, ours beside FAISS: one core, one thread, batches of 64 queries.

Codes are random, or clustered as near copies are: around each centre 50, of which half are within 31 bits of each
other. Half of the queries are stored codes with up to 31 bits changed, half are anything. Every peer gives the very
pairs that ours does, or the run fails. Ours answers eight batches a turn, lest it find its buckets in the cache.

IndexBinaryFlat.range_search looks at all. IndexBinaryMultiHash has rows of its own: 11 tables of 23 bits with two
flipped, the cheapest that finds all within 31; it builds for minutes at 10 M, so it is not there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.core import one_core
from benchmarks.hamming_changes import change_rows
from benchmarks.hamming_codes import KINDS, Codes, query_batches
from benchmarks.memory import MostMemory
from benchmarks.records import BenchmarkError, Row
from benchmarks.turns import take_turns
from detectors.pictures.index import FingerprintIndex
from detectors.pictures.warm_up import warm_up_pictures

THRESHOLD = 31
BATCH = 64
TURN_BATCHES = 8
BYTES_LIMIT = 450
CHUNK = 4096
MULTI_HASH = {"tables": 11, "bits": 23, "flips": 2}


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a peer gives other pairs than ours, or a change does not count at once."""
    sizes, rounds = ((100_000, 1_000_000), 3) if quick else ((100_000, 1_000_000, 10_000_000), 5)
    warm_up_pictures()
    faiss.omp_set_num_threads(1)
    rows: list[Row] = []
    with one_core():
        for size in sizes:
            for kind, make in KINDS.items():
                codes = make(np.random.default_rng(size), size)
                rows += _search_rows(codes, kind, rounds, has_multi_hash=size < sizes[-1])
    return [*rows, *change_rows(KINDS["random"](np.random.default_rng(1), 1_000_000), THRESHOLD, _named(1_000_000))]


def _search_rows(codes: Codes, kind: str, rounds: int, *, has_multi_hash: bool) -> Iterator[Row]:
    size = _named(len(codes))
    index, seconds, most = _built(codes)
    batches = query_batches(codes, TURN_BATCHES, BATCH, THRESHOLD)
    yield _beside(index, batches, _flat(codes), "IndexBinaryFlat", f"{size} {kind} codes", rounds)
    if has_multi_hash:
        yield _beside(
            index, batches, _multi_hash(codes), "IndexBinaryMultiHash 11 x 23", f"{size} {kind} codes", rounds
        )
    for when, taken in ((f"while they are added in {seconds:.1f} s, at most", most), ("afterwards", index.nbytes)):
        yield Row(
            metric=f"memory of {size} {kind} codes, {when}",
            unit="bytes a fingerprint",
            ours=taken / len(codes),
            peer=BYTES_LIMIT,
            peer_name="limit: at most",
            ratio=BYTES_LIMIT * len(codes) / taken,
        )


def _built(codes: Codes) -> tuple[FingerprintIndex, float, int]:
    """The index, the processor time that adding all and settling took, and the most memory meanwhile."""
    index = FingerprintIndex()
    start = time.process_time()
    with MostMemory() as memory:
        for low in range(0, len(codes), CHUNK):
            part = codes[low : low + CHUNK]
            index.add(part, np.arange(low, low + len(part)), THRESHOLD)
        index.settle()
    return index, time.process_time() - start, memory.bytes


def _flat(codes: Codes) -> Any:
    flat = faiss.IndexBinaryFlat(256)
    flat.add(codes.view(np.uint8))
    return flat


def _multi_hash(codes: Codes) -> Any:
    multi_hash = faiss.IndexBinaryMultiHash(256, MULTI_HASH["tables"], MULTI_HASH["bits"])
    multi_hash.nflip = MULTI_HASH["flips"]
    multi_hash.add(codes.view(np.uint8))
    return multi_hash


def _beside(index: FingerprintIndex, batches: Sequence[Codes], other: Any, name: str, what: str, rounds: int) -> Row:
    def ours() -> None:
        for batch in batches:
            index.search(batch)

    def peer() -> None:
        _peer_pairs(other, batches[0])

    matches = [_check(index, other, batch, name) for batch in batches[:2]]
    taken = take_turns(ours, peer, rounds=rounds, clock=time.process_time)
    queries = BATCH * len(batches)
    return Row(
        metric=f"queries among {what}, {sum(matches) / BATCH / len(matches):.1f} matches each, one core",
        unit="queries/s",
        ours=queries / taken.ours,
        peer=BATCH / taken.peer,
        peer_name=f"faiss {name}.range_search",
        ratio=taken.peer / BATCH * queries / taken.ours,
    )


def _check(index: FingerprintIndex, other: Any, batch: Codes, name: str) -> int:
    """The number of pairs."""
    found = index.search(batch)
    ours = np.stack((found.queries, found.labels, found.distances), axis=1).astype(np.int64)
    theirs = _peer_pairs(other, batch)
    if not np.array_equal(_sorted(ours), _sorted(theirs)):
        raise BenchmarkError(f"{name} gives {len(theirs)} pairs and ours {len(ours)}, or they are others")
    return len(found)


def _sorted(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _peer_pairs(other: Any, batch: Codes) -> NDArray[np.int64]:
    """int64[m, 3]: query, code, distance. FAISS compares with "less than"."""
    limits, distances, places = other.range_search(batch.view(np.uint8), THRESHOLD + 1)
    rows = np.repeat(np.arange(len(batch)), np.diff(limits.astype(np.int64)))
    return np.stack((rows, places, distances.astype(np.int64)), axis=1)


def _named(count: int) -> str:
    return f"{count // 1_000_000} M" if count >= 1_000_000 else f"{count // 1000} k"
