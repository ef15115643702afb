"""Meets each kernel of pictures as the service does: part of `detectors.warm_up`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import simplejpeg

from detectors.pictures.copies import compare_features, look_at, look_closely, register
from detectors.pictures.decoding import decode
from detectors.pictures.feature_index import FeatureIndex, Tables
from detectors.pictures.hashing import fingerprint
from detectors.pictures.index import FingerprintIndex
from detectors.pictures.index_tiers import BLOCK, LITTLE
from detectors.pictures.picture import Picture


def warm_up_pictures() -> None:
    """Decodes and hashes a tiny picture; makes tables of fingerprints, joins, probes, and finds one that is in none."""
    picture = decode(simplejpeg.encode_jpeg(np.zeros((8, 8, 3), np.uint8)))
    if isinstance(picture, Picture):
        fingerprint(picture)
        _compare(replace(picture, luma=np.random.default_rng(1).uniform(0, 255, (64, 64)).astype(np.float32)))
    index = FingerprintIndex(reserve=2 * BLOCK)
    codes = np.random.default_rng(1).integers(0, 1 << 64, (BLOCK // LITTLE, 4), np.uint64)
    for _ in range(2):
        index.add(codes, 0, 31)
        index.settle()
    index.add(codes[:1], 0, 31)
    index.search(codes[:1])


def _compare(picture: Picture) -> None:
    """Looks for a picture in itself, by tables and without."""
    registered, detail = register(picture), look_closely(picture)
    look_at(picture)
    index = FeatureIndex.of({0: registered.exemplar.features})
    tables = Tables.over(index.base.features.codes)
    for one in (index, replace(index, base=replace(index.base, tables=tables))):
        for candidate in one.candidates(detail.queries, 1, 0.0):
            compare_features(registered.exemplar, detail, candidate.is_mirror)
