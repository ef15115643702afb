"""The systems that are compared: ours, and whole pictures by pdqhash at the published threshold."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image

from benchmarks.records import BenchmarkError
from detectors.pictures.copies import look_at, look_closely, register
from detectors.pictures.decoding import decode
from detectors.pictures.fingerprint import MATCH_DISTANCE, USABLE_QUALITY
from detectors.pictures.gallery import Gallery
from detectors.pictures.keeping import packed, unpacked
from detectors.pictures.picture import Picture

Words = npt.NDArray[np.uint64]


class WholePdq:
    """pdqhash 0.2.8 of whole pictures, exact search: what python-threatexchange does with its flat index."""

    name = "pdqhash, whole, 31"

    def __init__(self) -> None:
        self._bits: npt.NDArray[np.uint8] = np.empty((0, 256), np.uint8)
        self._is_usable: npt.NDArray[np.bool_] = np.empty(0, np.bool_)

    def register(self, pictures: Sequence[bytes]) -> None:
        hashes = [self._hash(data) for data in pictures]
        self._bits = np.array([bits for bits, _ in hashes], np.uint8)
        self._is_usable = np.array([quality >= USABLE_QUALITY for _, quality in hashes])

    def look(self, data: bytes) -> frozenset[int]:
        bits, quality = self._hash(data)
        if quality < USABLE_QUALITY:
            return frozenset()
        near = (self._bits != bits).sum(axis=1) <= MATCH_DISTANCE
        return frozenset(np.flatnonzero(near & self._is_usable).tolist())

    def _hash(self, data: bytes) -> tuple[npt.NDArray[np.uint8], int]:
        bits, quality = pdqhash.compute(np.asarray(Image.open(BytesIO(data)).convert("RGB")))
        return np.asarray(bits, np.uint8), int(quality)


class Ours:
    """Both tiers on every picture, though in service the second runs where the first found nothing."""

    name = "rightswatch"

    def __init__(self, *, views: bool = True, features: bool = True) -> None:
        self._views, self._features = views, features
        self.gallery = Gallery()
        self._words: Words = np.empty((0, 4), np.uint64)
        self._owners: npt.NDArray[np.intp] = np.empty(0, np.intp)

    def register(self, pictures: Sequence[bytes]) -> None:
        registered = [register(decoded(data)) for data in pictures]
        usable = [one.fingerprints.qualities >= USABLE_QUALITY for one in registered]
        self._words = np.concatenate([one.fingerprints.words[ok] for one, ok in zip(registered, usable, strict=True)])
        self._owners = np.repeat(np.arange(len(usable)), [int(ok.sum()) for ok in usable])
        kept = {str(number): unpacked(packed(one.exemplar)) for number, one in enumerate(registered)}
        self.gallery = Gallery(kept)

    def look(self, data: bytes) -> frozenset[int]:
        picture = decoded(data)
        first = self._by_fingerprints(picture) if self._views else frozenset()
        return first | self._by_features(picture) if self._features else first

    def _by_fingerprints(self, picture: Picture) -> frozenset[int]:
        found = look_at(picture).fingerprints
        near = [
            (np.bitwise_count(self._words ^ words).sum(axis=1) <= MATCH_DISTANCE)
            for words, quality in zip(found.words, found.qualities, strict=True)
            if quality >= USABLE_QUALITY
        ]
        return frozenset(self._owners[np.any(near, axis=0)].tolist()) if near else frozenset()

    def _by_features(self, picture: Picture) -> frozenset[int]:
        return frozenset(int(one.registered) for one in self.gallery.find(look_closely(picture)))


def decoded(data: bytes) -> Picture:
    picture = decode(data)
    if not isinstance(picture, Picture):
        raise BenchmarkError(f"a picture of the benchmark cannot be read: {picture}")
    return picture
