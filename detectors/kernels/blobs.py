"""Blobs and corners: extrema of the difference of Gaussians over place and scale (Lowe 2004, sections 3 and 4)."""

import numpy as np
import numpy.typing as npt

from detectors.kernels.jit import inline, kernel

Stack = npt.NDArray[np.float32]
Points = npt.NDArray[np.float32]

EDGE = 10.0  # the largest ratio of principal curvatures: beyond it a point slides along an edge (Lowe: 10)


@inline
def is_extremum(dog: Stack, s: int, y: int, x: int) -> bool:
    """Whether the point is the largest, or the smallest, of its 26 neighbours and itself."""
    value = dog[s, y, x]
    sign = np.float32(1.0) if value > 0 else np.float32(-1.0)
    value *= sign
    for ds in range(-1, 2):
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                if sign * dog[s + ds, y + dy, x + dx] > value:
                    return False
    return True


@inline
def is_on_edge(dog: Stack, s: int, y: int, x: int) -> bool:
    """Whether the curvature across is more than `EDGE` times that along."""
    middle = dog[s, y, x]
    dxx = dog[s, y, x + 1] + dog[s, y, x - 1] - 2 * middle
    dyy = dog[s, y + 1, x] + dog[s, y - 1, x] - 2 * middle
    dxy = (dog[s, y + 1, x + 1] - dog[s, y + 1, x - 1] - dog[s, y - 1, x + 1] + dog[s, y - 1, x - 1]) / 4
    determinant = dxx * dyy - dxy * dxy
    return bool(determinant <= 0 or (dxx + dyy) ** 2 * EDGE >= (EDGE + 1) ** 2 * determinant)


@inline
def peak(before: float, middle: float, after: float) -> float:
    """Where a parabola through three values has its peak, from -0.5 to 0.5."""
    bend = before - 2 * middle + after
    if bend == 0:
        return 0.0
    return min(0.5, max(-0.5, (before - after) / (2 * bend)))


@kernel
def find_blobs(levels: Stack, contrast: float, out: Points) -> int:
    """Writes the blobs of one octave to `out` and returns how many; stops when `out` is full.

    Args:
        levels: float32[n, height, width], the octave's Gaussians, each blurred more than the one before.
        contrast: the least absolute difference of Gaussians, in the unit of the pixels.
        out: float32[room, 4], rows x, y (pixels of the octave), level (a fraction of the levels), contrast.
    """
    dog = levels[1:] - levels[:-1]
    scales, height, width = dog.shape
    found = 0
    for s in range(1, scales - 1):
        for y in range(1, height - 1):
            for x in range(1, width - 1):
                value = abs(dog[s, y, x])
                if value < contrast or not is_extremum(dog, s, y, x) or is_on_edge(dog, s, y, x):
                    continue
                if found == len(out):
                    return found
                middle = dog[s, y, x]
                out[found, 0] = x + peak(dog[s, y, x - 1], middle, dog[s, y, x + 1])
                out[found, 1] = y + peak(dog[s, y - 1, x], middle, dog[s, y + 1, x])
                out[found, 2] = s + peak(dog[s - 1, y, x], middle, dog[s + 1, y, x])
                out[found, 3] = value
                found += 1
    return found
