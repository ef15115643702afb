"""Meets each kernel of the fingerprint index as the service does: part of `detectors.warm_up`."""

from __future__ import annotations

import numpy as np

from detectors.pictures.index import FingerprintIndex
from detectors.pictures.index_tiers import BLOCK, LITTLE


def warm_up_index() -> None:
    """Tables are made, joined and probed, and a code that is in none is found."""
    index = FingerprintIndex(reserve=2 * BLOCK)
    codes = np.random.default_rng(1).integers(0, 1 << 64, (BLOCK // LITTLE, 4), np.uint64)
    for _ in range(2):
        index.add(codes, 0, 31)
        index.settle()
    index.add(codes[:1], 0, 31)
    index.search(codes[:1])
