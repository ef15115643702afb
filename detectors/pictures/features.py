"""Local features of a picture: where its blobs are and what surrounds them, in 256 bits each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detectors.kernels.blobs import find_blobs
from detectors.kernels.descriptor import describe
from detectors.kernels.pyramid import blur, halve

SIGMA = 1.6  # the scale of an octave's first level, in its pixels (Lowe 2004)
PER_OCTAVE = 3
SOURCE_SIGMA = 0.5  # the blur that a camera's picture has already
CONTRAST = 1.6  # of 255: faint folds of white cloth are about 2
SMALLEST = 20  # pixels: the shorter side of the last octave
ROOM = 6000  # blobs an octave at most

Gray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """Blobs of one picture, the most telling first.

    Attributes:
        places: float32[n, 3], x, y and scale in pixels of the picture they were found in.
        codes: uint64[n, 4], see `kernels/descriptor.py`.
    """

    places: npt.NDArray[np.float32]
    codes: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Octave:
    """Level i of `levels` has the blur `SIGMA` * 2 ** (i / `PER_OCTAVE`) in its pixels, which are `zoom` wide."""

    levels: npt.NDArray[np.float32]
    zoom: int


def scale_space(gray: Gray) -> list[Octave]:
    """The octaves of a grey picture, float32[height, width] of 0 to 255."""
    step = 2.0 ** (1 / PER_OCTAVE)
    start = float(np.sqrt(SIGMA**2 - SOURCE_SIGMA**2))
    blurs = [SIGMA * step**i * float(np.sqrt(step**2 - 1)) for i in range(PER_OCTAVE + 2)]
    octaves: list[Octave] = []
    base, zoom = gray, 1
    while min(base.shape) >= SMALLEST:
        levels = np.empty((PER_OCTAVE + 3, *base.shape), np.float32)
        scratch = np.empty(base.shape, np.float32)
        if zoom == 1:
            blur(base, taps(start), scratch, levels[0])
        else:
            levels[0] = base
        for i, sigma in enumerate(blurs):
            blur(levels[i], taps(sigma), scratch, levels[i + 1])
        octaves.append(Octave(levels, zoom))
        base, zoom = halve(levels[PER_OCTAVE]), zoom * 2
    return octaves


def taps(sigma: float) -> npt.NDArray[np.float32]:
    """A Gaussian's weights out to three sigmas."""
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    return np.asarray(weights / weights.sum(), np.float32)


def find_features(octaves: list[Octave], budget: int) -> Features:
    """At most `budget` features, spread over the picture."""
    room = np.empty((ROOM, 4), np.float32)
    found = [room[: find_blobs(octave.levels, CONTRAST, room)].copy() for octave in octaves]
    places = [located(points, octave.zoom) for points, octave in zip(found, octaves, strict=True)]
    place = np.concatenate([np.empty((0, 3), np.float32), *places])
    if not len(place):
        return Features(place, np.empty((0, 4), np.uint64))
    strength = np.concatenate([points[:, 3] for points in found])
    best = spread(place[:, :2], strength, octaves[0].levels.shape[1:], budget)
    codes = np.empty((len(best), 4), np.uint64)
    start = 0
    for points, octave in zip(found, octaves, strict=True):
        own = np.flatnonzero((best >= start) & (best < start + len(points)))
        described = np.empty((len(own), 4), np.uint64)
        describe(octave.levels, points[best[own] - start], SIGMA, PER_OCTAVE, described)
        codes[own] = described
        start += len(points)
    return Features(place[best], codes)


def located(points: npt.NDArray[np.float32], zoom: int) -> npt.NDArray[np.float32]:
    """Blobs of an octave as places in the picture: x, y and scale."""
    scale = SIGMA * 2.0 ** (points[:, 2] / PER_OCTAVE)
    return np.column_stack([points[:, 0], points[:, 1], scale]).astype(np.float32) * np.float32(zoom)


def spread(
    places: npt.NDArray[np.float32], strength: npt.NDArray[np.float32], size: tuple[int, ...], budget: int
) -> npt.NDArray[np.intp]:
    """Indices of at most `budget` points: the strongest of every part of an 8 x 8 grid, then the second of each ..."""
    cell = (places[:, 1] * 8 // size[0]).astype(np.int64) * 8 + (places[:, 0] * 8 // size[1]).astype(np.int64)
    order = np.lexsort((-strength, cell))
    starts = np.searchsorted(cell[order], cell[order])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - starts
    return np.lexsort((-strength, rank))[:budget]
