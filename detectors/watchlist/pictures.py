"""The fingerprints of rights' pictures, as columns and as the index that finds those near a listing's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.index import WIDEST, FingerprintIndex
from detectors.rights import Right

PictureRow = tuple[int, int, int, Fingerprint]
"""The right's row, the picture's number, the threshold in bits, and the fingerprint."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of a fingerprint asked for and a picture of a right, one row each, nearest first for each fingerprint.

    queries: int32, the row asked for. rights: int32, the row of the right. numbers: int32, which of its pictures.
    distances: int32, bits.
    """

    queries: NDArray[np.int32]
    rights: NDArray[np.int32]
    numbers: NDArray[np.int32]
    distances: NDArray[np.int32]

    @classmethod
    def sorted(
        cls,
        queries: NDArray[np.int32],
        rights: NDArray[np.int32],
        numbers: NDArray[np.int32],
        distances: NDArray[np.int32],
    ) -> Near:
        order = np.lexsort((numbers, rights, distances, queries))
        return cls(queries[order], rights[order], numbers[order], distances[order])


@dataclass(frozen=True)
class PictureCodes:
    """One row for each fingerprint that a right is watched by.

    words: uint64[n, 4]. rights: int32, rows of the segment. numbers: int32, which of the right's pictures. thresholds:
    int32, the distance in bits up to which the right wants to hear of a picture.
    """

    words: NDArray[np.uint64]
    rights: NDArray[np.int32]
    numbers: NDArray[np.int32]
    thresholds: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[PictureRow]) -> PictureCodes:
        numbers = np.array([row[:3] for row in rows], np.int32).reshape(-1, 3)
        words = np.array([row[3].words for row in rows], np.uint64).reshape(-1, 4)
        return cls(words, numbers[:, 0].copy(), numbers[:, 1].copy(), numbers[:, 2].copy())

    def __len__(self) -> int:
        return len(self.rights)

    def near(self, words: NDArray[np.uint64]) -> Near:
        """Every picture within its right's distance of each of the fingerprints, uint64[q, 4]."""
        found = self._index.search(words)
        rows = found.labels
        return Near.sorted(found.queries, self.rights[rows], self.numbers[rows], found.distances)

    @cached_property
    def _index(self) -> FingerprintIndex:
        index = FingerprintIndex(reserve=len(self))
        index.add(self.words, np.arange(len(self)), self.thresholds)
        index.settle()
        return index


def picture_rows(right: Right, row: int) -> list[PictureRow]:
    """What `PictureCodes.of` takes of a right; a picture with too little in it to tell it from others is left out."""
    rows = []
    for number, image in enumerate(right.images):
        if image.pdq is not None and image.is_usable:
            rows.append((row, number, min(right.image_distance, WIDEST), Fingerprint.from_hex(image.pdq)))
    return rows
