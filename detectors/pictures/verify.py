"""Whether one picture is in another: blobs that look alike, one place for all of them, and pixels that agree there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from detectors.kernels.alignment import align, compare_blocks, sample
from detectors.kernels.correspond import nearest
from detectors.kernels.overlay import AGREES, cover
from detectors.kernels.similarity import fit, locate
from detectors.pictures.features import PER_OCTAVE, SIGMA, Features, Gray, Octave

MOST_BITS: Final = 72  # blobs further apart are not the same
PROPOSERS: Final = 40  # pairs of the nearest so many blobs propose a place
TOLERANCE: Final = 0.02  # of the protected picture's longer side
LEAST_PAIRS: Final = 5
LARGEST_ZOOM: Final = 12.0  # and the smallest is its inverse
BLOCK: Final = 8  # pixels of the thumbnail
STEPS: Final = 10  # of the alignment

TEXTURED: Final = 3.0  # of 255: a block that deviates less has nothing to compare
ALIKE: Final = 0.9  # the least correlation of a block that agrees
COPIED: Final = 0.72  # the least share of blocks that agree; packages of one brand's varieties reach 0.69
UNCOVERED: Final = 0.92  # the least share of the rest, where a banner or a badge may explain what does not agree
MOST_COVERED: Final = 2  # banners and badges
LEAST_BLOCKS: Final = 12
LEAST_VISIBLE: Final = 0.3  # of the protected picture's textured blocks
BLOWN: Final = 250.0  # a block at white; what was bright before may be under it
BRIGHT: Final = 150.0

Affine = npt.NDArray[np.float64]
"""float64[6]: x' = a[0] x + a[1] y + a[2], y' = a[3] x + a[4] y + a[5]."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the textured blocks of a protected picture agree with what lies on them.

    textured : blocks of the protected picture with something to compare.
    visible : those of them that are inside the other picture, and not lost in white.
    agreeing : those of them whose pixels correlate.
    uncovered : visible blocks that no banner or badge explains, if what does not agree looks like one.
    """

    textured: int
    visible: int
    agreeing: int
    uncovered: int
    uncovered_agreeing: int

    @property
    def share(self) -> float:
        return self.agreeing / self.visible if self.visible else 0.0

    @property
    def is_copy(self) -> bool:
        """Whether these are the same pixels, and not a like picture: decided by share, count and visible part."""
        enough = self.uncovered_agreeing >= LEAST_BLOCKS and self.agreeing >= LEAST_VISIBLE * self.textured
        return enough and (self.share >= COPIED or self.uncovered_agreeing >= UNCOVERED * self.uncovered)


def place(protected: Features, side: int, listing: Features) -> tuple[Affine, int] | None:
    """Where blobs of the protected picture lie in the other, and how many agree; None where too few do.

    side : the longer side of the protected picture, in the pixels of its blobs.
    """
    rows = correspondences(protected, listing)
    best = np.zeros(4)
    if locate(rows, PROPOSERS, side, TOLERANCE * side, best) < LEAST_PAIRS:
        return None
    chosen = np.empty(len(rows), np.bool_)
    for _ in range(2):
        pairs = fit(rows, TOLERANCE * side, best, chosen)
    a, b, tx, ty = best
    if pairs < LEAST_PAIRS or not 1 / LARGEST_ZOOM < np.hypot(a, b) < LARGEST_ZOOM:
        return None
    return np.array([a, -b, tx, b, a, ty]), pairs


def correspondences(protected: Features, listing: Features) -> npt.NDArray[np.float32]:
    """Each blob with the nearest of the other picture, and each of those once: float32[n, 6], the nearest first."""
    index, bits = np.empty(len(protected), np.int32), np.empty(len(protected), np.int32)
    nearest(protected.codes, listing.codes, MOST_BITS, index, bits)
    order = np.argsort(bits, kind="stable")
    order = order[index[order] >= 0]
    order = order[np.sort(np.unique(index[order], return_index=True)[1])]
    return np.concatenate([protected.places[order], listing.places[index[order]]], axis=1)


def check(thumbnail: Gray, octaves: Sequence[Octave], guess: Affine) -> tuple[Agreement, Affine]:
    """Lays the listing's picture over the thumbnail, more exactly than guessed, and compares.

    guess : from pixels of the thumbnail to those of the picture that `octaves` are of.

    Returns:
        The agreement, and the place that it was found at.
    """
    zoom = float(np.sqrt(abs(guess[0] * guess[4] - guess[1] * guess[3])))
    octave, level = level_for(octaves, zoom)
    image = octave.levels[level]
    guessed = guess / octave.zoom
    moved = guessed.copy()
    align(thumbnail, image, moved, STEPS)
    found = [(compare(thumbnail, image, affine), affine) for affine in (guessed, moved)]
    best, affine = max(found, key=lambda one: one[0].agreeing)
    return best, affine * octave.zoom


def level_for(octaves: Sequence[Octave], zoom: float) -> tuple[Octave, int]:
    """The octave and level with the blur that a picture needs to be read at every `zoom` pixels."""
    step = round(PER_OCTAVE * float(np.log2(max(0.6 * zoom, SIGMA) / SIGMA)))
    number = min(step // PER_OCTAVE, len(octaves) - 1)
    return octaves[number], min(step - number * PER_OCTAVE, PER_OCTAVE + 2)


def compare(thumbnail: Gray, image: Gray, affine: Affine) -> Agreement:
    """The agreement of the blocks, with the image laid over the thumbnail as `affine` says."""
    shown = np.empty_like(thumbnail)
    sample(image, affine, shown)
    rows, columns = thumbnail.shape[0] // BLOCK, thumbnail.shape[1] // BLOCK
    blocks = np.empty((rows * columns, 5), np.float32)
    compare_blocks(thumbnail, shown, BLOCK, blocks)
    deviation, _, correlation, wanted, seen = blocks.T
    textured = deviation > TEXTURED
    agreeing = textured & (correlation >= ALIKE)
    blown = (seen > BLOWN) & (wanted > BRIGHT) & ~agreeing
    visible = textured & (correlation >= -1) & ~blown
    kinds = (visible.astype(np.uint8) + agreeing).reshape(rows, columns)
    cover(kinds, MOST_COVERED)
    return Agreement(
        textured=int(textured.sum()),
        visible=int(visible.sum()),
        agreeing=int(agreeing.sum()),
        uncovered=int((kinds > 0).sum()),
        uncovered_agreeing=int((kinds == AGREES).sum()),
    )
