"""Whether one picture is in another: blobs that look alike, one place for all of them, and pixels that agree there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detectors.kernels.alignment import align, compare_blocks, sample
from detectors.kernels.correspond import nearest
from detectors.kernels.similarity import fit, locate
from detectors.pictures.features import PER_OCTAVE, SIGMA, Features, Gray, Octave

MOST_BITS = 72
PROPOSERS = 60
TOLERANCE = 0.02  # of the protected picture's longer side
LEAST_PAIRS = 4
BLOCK = 8
STEPS = 10

Affine = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the protected picture lies: `affine` goes from its pixels to the other's; `pairs` of blobs agree."""

    affine: Affine
    pairs: int


def place(protected: Features, side: int, listing: Features) -> Placement | None:
    """Where blobs of the protected picture lie in the other; None where too few agree."""
    index, bits = np.empty(len(protected), np.int32), np.empty(len(protected), np.int32)
    if nearest(protected.codes, listing.codes, MOST_BITS, index, bits) < LEAST_PAIRS:
        return None
    order = np.argsort(bits, kind="stable")
    order = order[index[order] >= 0]
    order = order[np.sort(np.unique(index[order], return_index=True)[1])]
    if len(order) < LEAST_PAIRS:
        return None
    rows = np.concatenate([protected.places[order], listing.places[index[order]]], axis=1)
    best = np.zeros(4)
    if locate(rows, PROPOSERS, side, TOLERANCE * side, best) < LEAST_PAIRS:
        return None
    chosen = np.empty(len(rows), np.bool_)
    for _ in range(2):
        pairs = fit(rows, TOLERANCE * side, best, chosen)
    a, b, tx, ty = best
    if pairs < LEAST_PAIRS or not 0.05 < np.hypot(a, b) < 20:
        return None
    return Placement(np.array([a, -b, tx, b, a, ty]), pairs)


def level_for(octaves: list[Octave], zoom: float) -> tuple[Gray, int]:
    """The level of a scale space that is blurred enough to be read at every `zoom` pixels, and its own zoom."""
    wanted = 0.6 * zoom
    best, found = None, (octaves[0].levels[0], octaves[0].zoom)
    for octave in octaves:
        for i in range(PER_OCTAVE):
            off = abs(np.log(SIGMA * 2.0 ** (i / PER_OCTAVE) * octave.zoom / wanted))
            if best is None or off < best:
                best, found = off, (octave.levels[i], octave.zoom)
    return found


def check(thumbnail: Gray, zoom: float, octaves: list[Octave], affine: Affine) -> tuple[npt.NDArray[np.float32], Affine]:
    """Aligns and compares; thumbnail pixel t is working pixel t * zoom."""
    scale = float(np.sqrt(abs(affine[0] * affine[4] - affine[1] * affine[3])))
    level, z = level_for(octaves, scale * zoom)
    a = affine.copy()
    a[[0, 1, 3, 4]] *= zoom / z
    a[[2, 5]] /= z
    moved = a.copy()
    align(thumbnail, level, moved, STEPS)
    blocks = max((compared(thumbnail, level, a), a), (compared(thumbnail, level, moved), moved), key=lambda c: agreeing(c[0]))
    a = blocks[1]
    a[[0, 1, 3, 4]] *= z / zoom
    a[[2, 5]] *= z
    return blocks[0], a


def agreeing(blocks):
    return int(((blocks[:, 2] > 0.7) & (blocks[:, 0] > 3)).sum())


def compared(thumbnail, level, affine):
    shown = np.empty_like(thumbnail)
    sample(level, affine, shown)
    blocks = np.empty((thumbnail.size // BLOCK**2, 5), np.float32)
    n = compare_blocks(thumbnail, shown, BLOCK, blocks)
    return blocks[:n]
