"""The fingerprints of rights' pictures, as columns and as the index that finds those near a listing's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.index import WIDEST, FingerprintIndex
from detectors.pictures.index_saving import Arrays
from detectors.rights import Right

WHOLE = 0
"""The view that is all of a picture; those of `RightImage.views` are numbered from 1."""

PictureRow = tuple[int, int, int, int, Fingerprint]
"""The right's row, the picture's number, the view's, the threshold in bits, and the fingerprint."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of a fingerprint asked for and a picture of a right, one row each, nearest first for each fingerprint.

    queries: int32, the row asked for. rights: int32, the row of the right. numbers: int32, which of its pictures.
    views: int32, which view of that. distances: int32, bits.
    """

    queries: NDArray[np.int32]
    rights: NDArray[np.int32]
    numbers: NDArray[np.int32]
    views: NDArray[np.int32]
    distances: NDArray[np.int32]

    @classmethod
    def joined(cls, parts: Sequence[Near]) -> Near:
        """The rows of all of them, in order."""
        columns = [np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__]
        queries, rights, numbers, views, distances = columns
        order = np.lexsort((views, numbers, rights, distances, queries))
        return cls(*(column[order] for column in columns))

    def among(self, kept: NDArray[np.bool_]) -> Near:
        return Near(*(getattr(self, name)[kept] for name in self.__slots__))

    def shifted(self, rights: int) -> Near:
        """With the rows of rights counted from further on."""
        return replace(self, rights=self.rights + np.int32(rights))


@dataclass(frozen=True)
class PictureCodes:
    """One row for each fingerprint that a right is watched by.

    words: uint64[n, 4]. rights: int32, rows of the segment. numbers: int32, which of the right's pictures. views:
    int32, which view of that. thresholds: int32, the distance in bits up to which the right wants to hear of one.
    """

    words: NDArray[np.uint64]
    rights: NDArray[np.int32]
    numbers: NDArray[np.int32]
    views: NDArray[np.int32]
    thresholds: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[PictureRow]) -> PictureCodes:
        columns = np.array([row[:4] for row in rows], np.int32).reshape(-1, 4)
        words = np.array([row[4].words for row in rows], np.uint64).reshape(-1, 4)
        return cls(words, *(np.ascontiguousarray(column) for column in columns.T))

    def __len__(self) -> int:
        return len(self.rights)

    def near(self, words: NDArray[np.uint64]) -> Near:
        """Every picture within its right's distance of each of the fingerprints, uint64[q, 4]."""
        found = self._index.search(words)
        rows = found.labels
        near = Near(found.queries, self.rights[rows], self.numbers[rows], self.views[rows], found.distances)
        return Near.joined([near])

    def index_arrays(self) -> dict[str, NDArray[np.generic]]:
        """The index over them, which is made now if nobody has asked yet."""
        return self._index.arrays()

    def with_index(self, arrays: Arrays) -> PictureCodes:
        """The same with the index that `index_arrays` gave. Raises KeyError when one of the arrays is missing."""
        codes = replace(self)
        codes.__dict__["_index"] = FingerprintIndex.of_arrays(arrays)
        return codes

    @cached_property
    def _index(self) -> FingerprintIndex:
        index = FingerprintIndex(reserve=len(self))
        index.add(self.words, np.arange(len(self)), self.thresholds)
        index.settle()
        return index


@dataclass(frozen=True)
class PictureDigests:
    """One row for each picture of a right that the second tier may find, in the order of the digests.

    digests: bytes64[n], SHA-256 in hex. rights: int32, rows of the segment. numbers: int32, which of the right's.
    """

    digests: NDArray[np.bytes_]
    rights: NDArray[np.int32]
    numbers: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[tuple[str, int, int]]) -> PictureDigests:
        rows = sorted(rows)
        places = np.array([row[1:] for row in rows], np.int32).reshape(-1, 2)
        digests = np.array([row[0] for row in rows], "S64")
        return cls(digests, np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1]))

    def rows(self, digest: str) -> list[tuple[int, int]]:
        """Rights and numbers of the pictures with this digest."""
        first, last = (np.searchsorted(self.digests, digest.encode(), side) for side in ("left", "right"))
        return list(zip(self.rights[first:last].tolist(), self.numbers[first:last].tolist(), strict=True))


def digest_rows(right: Right, row: int) -> list[tuple[str, int, int]]:
    """What `PictureDigests.of` takes of a right."""
    return [(image.digest, row, number) for number, image in enumerate(right.images) if image.digest is not None]


def picture_rows(right: Right, row: int) -> list[PictureRow]:
    """What `PictureCodes.of` takes of a right; a picture with too little in it to tell it from others is left out."""
    within = min(right.image_distance, WIDEST)
    rows = []
    for number, image in enumerate(right.images):
        if image.pdq is not None and image.is_usable:
            codes = [image.pdq, *(pdq for _, pdq in image.views)]
            rows += [(row, number, view, within, Fingerprint.from_hex(code)) for view, code in enumerate(codes, WHOLE)]
    return rows
