"""Meets each kernel of pictures as the service does: part of `detectors.warm_up`."""

from __future__ import annotations

import numpy as np
import simplejpeg

from detectors.pictures.decoding import decode
from detectors.pictures.hashing import fingerprint
from detectors.pictures.index import FingerprintIndex
from detectors.pictures.index_tiers import BLOCK, LITTLE
from detectors.pictures.picture import Picture


def warm_up_pictures() -> None:
    """Decodes and hashes a tiny picture; makes tables of fingerprints, joins, probes, and finds one that is in none."""
    picture = decode(simplejpeg.encode_jpeg(np.zeros((8, 8, 3), np.uint8)))
    if isinstance(picture, Picture):
        fingerprint(picture)
    index = FingerprintIndex(reserve=2 * BLOCK)
    codes = np.random.default_rng(1).integers(0, 1 << 64, (BLOCK // LITTLE, 4), np.uint64)
    for _ in range(2):
        index.add(codes, 0, 31)
        index.settle()
    index.add(codes[:1], 0, 31)
    index.search(codes[:1])
