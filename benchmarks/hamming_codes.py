"""Codes to search in and to search for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
MEMBERS = 50
CHUNK = 1 << 20


def random_codes(random: np.random.Generator, count: int) -> Codes:
    return random.integers(0, 1 << 64, (count, 4), np.uint64)


def clustered_codes(random: np.random.Generator, count: int) -> Codes:
    """Each bit of a centre is changed once in 16 times: 16 bits from it, 30 bits from each other."""
    codes = np.repeat(random_codes(random, -(-count // MEMBERS)), MEMBERS, axis=0)[:count]
    random.shuffle(codes)
    for low in range(0, count, CHUNK):
        part = codes[low : low + CHUNK]
        part ^= np.bitwise_and.reduce([random_codes(random, len(part)) for _ in range(4)])
    return codes


KINDS: Mapping[str, Callable[[np.random.Generator, int], Codes]] = {
    "random": random_codes,
    "clustered": clustered_codes,
}


def query_batches(codes: Codes, batches: int, batch: int, most: int) -> list[Codes]:
    """Half of each batch are stored codes with up to `most` bits changed, half are random ones."""
    random = np.random.default_rng(batches)
    return [_queries(random, codes, batch, most) for _ in range(batches)]


def _queries(random: np.random.Generator, codes: Codes, count: int, most: int) -> Codes:
    queries = random_codes(random, count)
    for row in range(count // 2):
        bits = np.zeros(256, np.uint8)
        bits[random.choice(256, random.integers(0, most + 1), replace=False)] = 1
        queries[row] = codes[random.integers(len(codes))] ^ np.packbits(bits).view(np.uint64)
    return queries
