"""What a blob's surroundings look like, as 256 bits: gradients by place and direction, ranked.

The histogram is Lowe's (2004, section 6) without a turn into a main direction: pictures are seldom turned, and
an upright one is more telling. 4 x 4 places x 8 directions; bit i of the first 128 says that value i is among the upper
half, bit i of the other 128 that it is among the upper quarter (after Zhou et al. 2012, "Scalar quantization for large
scale image search"). So every code has the same number of ones, and mirroring the picture permutes its bits.
"""

import numpy as np
import numpy.typing as npt

from detectors.kernels.jit import inline, kernel

Stack = npt.NDArray[np.float32]
Points = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint64]

CELLS = 4
DIRECTIONS = 8
VALUES = CELLS * CELLS * DIRECTIONS
CELL = 3.0  # the width of a place in units of the blob's scale (Lowe: 3)
SAMPLES = 5  # samples along the side of a place
REACH = CELLS * SAMPLES // 2 + SAMPLES // 2  # samples from the middle to where nothing counts any more
WINDOW = np.exp(-((np.arange(-REACH, REACH + 1) / SAMPLES) ** 2) / 8).astype(np.float32)
"""A Gaussian of half the window's width, by samples from the middle (Lowe 2004, section 6.1)."""


@inline
def histogram(level: npt.NDArray[np.float32], x: float, y: float, step: float, out: npt.NDArray[np.float32]) -> None:
    """Fills float32[128] with gradient by place and direction around a point; `step` is pixels between samples."""
    height, width = level.shape
    out[:] = 0
    for j in range(-REACH, REACH + 1):
        row = int(np.floor(y + j * step + 0.5))
        if row < 1 or row >= height - 1:
            continue
        v = (row - y) / (step * SAMPLES) + CELLS / 2 - 0.5  # place as a fraction: 0 is the first place's middle
        if v <= -1 or v >= CELLS:
            continue
        for i in range(-REACH, REACH + 1):
            column = int(np.floor(x + i * step + 0.5))
            if column < 1 or column >= width - 1:
                continue
            u = (column - x) / (step * SAMPLES) + CELLS / 2 - 0.5
            if u <= -1 or u >= CELLS:
                continue
            dx = level[row, column + 1] - level[row, column - 1]
            dy = level[row + 1, column] - level[row - 1, column]
            add(out, u, v, dx, dy, WINDOW[j + REACH] * WINDOW[i + REACH])


@inline
def add(out: npt.NDArray[np.float32], u: float, v: float, dx: float, dy: float, weight: float) -> None:
    """Shares one gradient, weighted, among the four places and two directions that it lies between."""
    across, along = abs(dx), abs(dy)
    longer, shorter = max(across, along), min(across, along)
    if longer == 0:
        return
    size = weight * np.sqrt(dx * dx + dy * dy)
    ratio = shorter / longer
    turn = ratio * (1.273 - 0.273 * ratio)  # arc tangent in eighths of a turn, within 0.005
    if along > across:
        turn = 2 - turn
    if dx < 0:
        turn = 4 - turn
    if dy < 0:
        turn = 8 - turn
    first = int(turn)
    share = turn - first
    left, top = int(np.floor(u)), int(np.floor(v))
    for row in range(top, top + 2):
        if row < 0 or row >= CELLS:
            continue
        by_row = size * (1 - abs(v - row))
        for column in range(left, left + 2):
            if column < 0 or column >= CELLS:
                continue
            amount = by_row * (1 - abs(u - column))
            place = (row * CELLS + column) * DIRECTIONS
            out[place + first % 8] += amount * (1 - share)
            out[place + (first + 1) % 8] += amount * share


@kernel
def describe(levels: Stack, points: Points, sigma: float, per_octave: int, out: Codes) -> None:
    """Codes of blobs of one octave, uint64[n, 4].

    Args:
        levels: the octave's Gaussians; level i has the scale sigma * 2 ** (i / per_octave).
        points: float32[n, 4] as `find_blobs` gives them.
    """
    values = np.empty(VALUES, np.float32)
    for n in range(len(points)):
        level = points[n, 2]
        scale = sigma * 2.0 ** (level / per_octave)
        nearest = min(len(levels) - 1, max(0, int(level + 0.5)))
        histogram(levels[nearest], points[n, 0], points[n, 1], CELL * scale / SAMPLES, values)
        out[n] = 0
        order = np.argsort(values)
        for rank in range(VALUES // 2, VALUES):
            bit = order[rank]
            out[n, bit // 64] |= np.uint64(1) << np.uint64(bit % 64)
            if rank >= VALUES * 3 // 4:
                out[n, 2 + bit // 64] |= np.uint64(1) << np.uint64(bit % 64)
