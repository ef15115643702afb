"""Sets of codes to search in: random ones, clusters, and sets made against tables of 16-bit pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]


def random_codes(random: np.random.Generator, count: int) -> Codes:
    return random.integers(0, 1 << 64, (count, 4), np.uint64)


def flipped(random: np.random.Generator, codes: Codes, most: int) -> Codes:
    """Each code with 0 to `most` of its bits changed."""
    bits = np.zeros((len(codes), 256), np.uint8)
    for row, count in enumerate(random.integers(0, most + 1, len(codes))):
        bits[row, random.choice(256, count, replace=False)] = 1
    changed: Codes = codes ^ np.packbits(bits, axis=1).view(np.uint64)
    return changed


def clustered(random: np.random.Generator, count: int, members: int = 50) -> Codes:
    """Around each of a few centres many codes, up to 40 bits away."""
    return flipped(random, np.repeat(random_codes(random, -(-count // members)), members, axis=0)[:count], 40)


def all_near_one(random: np.random.Generator, count: int) -> Codes:
    return flipped(random, np.repeat(random_codes(random, 1), count, axis=0), 36)


def equal(random: np.random.Generator, count: int) -> Codes:
    return np.repeat(random_codes(random, 1), count, axis=0)


def sharing_pieces(random: np.random.Generator, count: int) -> Codes:
    """Every code has most of its pieces out of a few values, so that buckets are full of codes that are far apart."""
    pieces = random.choice(random.integers(0, 1 << 16, 3, np.uint16), (count, 16))
    pieces[:, random.integers(0, 16)] = random.integers(0, 1 << 16, count, np.uint16)
    return np.ascontiguousarray(pieces).view(np.uint64)


def few_bits(random: np.random.Generator, count: int) -> Codes:
    """Codes with hardly a bit set: keys are near each other in every table."""
    return flipped(random, np.zeros((count, 4), np.uint64), 24)


def sharing_pairs(random: np.random.Generator, count: int) -> Codes:
    """Two neighbouring pieces are the same in all codes, and nothing else: all pass the first look of one table."""
    pieces = random.integers(0, 1 << 16, (count, 16), np.uint16)
    pieces[:, 3:5] = (0xABCD, 0x1234)
    return pieces.view(np.uint64)


SETS: Mapping[str, Callable[[np.random.Generator, int], Codes]] = {
    "random": random_codes,
    "clustered": clustered,
    "all near one": all_near_one,
    "equal": equal,
    "sharing pieces": sharing_pieces,
    "few bits": few_bits,
    "sharing pairs": sharing_pairs,
}


def queries_for(random: np.random.Generator, codes: Codes, count: int, most: int = 60) -> Codes:
    """Half of them codes of the set with up to `most` bits changed, half of them anything."""
    chosen = codes[random.integers(0, len(codes), count - count // 2)]
    return np.concatenate((flipped(random, chosen, most), random_codes(random, count // 2)))
