"""PDQ as it is published, step by step, written to be read: boxes over every pixel, 64 x 64 points kept, and so on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Pdq:
    coefficients: Matrix  # [16, 16]
    median: float
    quality: int

    @property
    def bits(self) -> NDArray[np.bool_]:
        """bool[256], the lowest first."""
        return (self.coefficients > self.median).reshape(256)


def pdq(luma: NDArray[np.float32]) -> Pdq:
    height, width = luma.shape
    blurred = luma.astype(np.float64)
    for _ in range(2):
        blurred = box_along_rows(blurred, window_size(width))
        blurred = box_along_rows(blurred.T, window_size(height)).T
    points = decimate(blurred)
    coefficients = dct(points)
    return Pdq(coefficients, torben([float(value) for value in coefficients.reshape(256)]), quality(points))


def window_size(pixels: int) -> int:
    return (pixels + 127) // 128


def box_along_rows(matrix: Matrix, window: int) -> Matrix:
    """Each pixel becomes the mean of a window about it, of what of the window is inside the picture."""
    ahead = (window + 2) // 2
    behind = window - ahead
    columns = matrix.shape[1]
    means = [matrix[:, max(0, at - behind) : min(columns, at + ahead)].mean(axis=1) for at in range(columns)]
    return np.stack(means, axis=1)


def decimate(matrix: Matrix) -> Matrix:
    rows = [int((at + 0.5) * matrix.shape[0] / 64) for at in range(64)]
    columns = [int((at + 0.5) * matrix.shape[1] / 64) for at in range(64)]
    return matrix[np.ix_(rows, columns)]


def dct(points: Matrix) -> Matrix:
    cosines = np.array(
        [
            [math.sqrt(2 / 64) * math.cos(math.pi / 128 * (row + 1) * (2 * at + 1)) for at in range(64)]
            for row in range(16)
        ]
    )
    coefficients: Matrix = cosines @ points @ cosines.T
    return coefficients


def quality(points: Matrix) -> int:
    total = 0
    for one, two in ((points[:-1], points[1:]), (points[:, :-1], points[:, 1:])):
        total += sum(abs(int(difference * 100 / 255)) for difference in (one - two).reshape(-1))
    return min(total // 90, 100)


def torben(values: list[float]) -> float:
    """Torben Mogensen's median: halves the range of values until it holds the middle one."""
    low, high, half = min(values), max(values), (len(values) + 1) // 2
    while True:
        guess = (low + high) / 2
        below = [value for value in values if value < guess]
        above = [value for value in values if value > guess]
        highest_below = max(below, default=low)
        lowest_above = min(above, default=high)
        if len(below) <= half and len(above) <= half:
            break
        low, high = (low, highest_below) if len(below) > len(above) else (lowest_above, high)
    if len(below) >= half:
        return highest_below
    return guess if len(values) - len(above) >= half else lowest_above
