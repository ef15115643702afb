"""From the 64 x 64 points of PDQ to its quality and its 256 bits."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline

FREQUENCIES: Final = 16
SIDE: Final = 64


def _cosines() -> NDArray[np.float32]:
    """float32[16, 64]: rows 1 to 16 of the 64-point DCT-II, as the published dct_matrix_64."""
    scale = np.float32(math.sqrt(2.0 / SIDE))
    rows = [
        [scale * math.cos(math.pi / 2 / SIDE * (row + 1) * (2 * at + 1)) for at in range(SIDE)]
        for row in range(FREQUENCIES)
    ]
    return np.array(rows, np.float32)


COSINES: Final = _cosines()
COSINES_BY_POINT: Final = np.ascontiguousarray(COSINES.T)


@inline
def quality_of(points: NDArray[np.float32]) -> int:
    """0 to 100: how much the points differ from their neighbours, as the published pdqImageDomainQualityMetric."""
    hundred, white = np.float32(100.0), np.float32(255.0)
    total = np.int32(0)
    for row in range(SIDE - 1):
        for column in range(SIDE):
            total += abs(np.int32((points[row, column] - points[row + 1, column]) * hundred / white))
    for row in range(SIDE):
        for column in range(SIDE - 1):
            total += abs(np.int32((points[row, column] - points[row, column + 1]) * hundred / white))
    return min(int(total) // 90, 100)


@inline
def transform(points: NDArray[np.float32], half: NDArray[np.float32], coefficients: NDArray[np.float32]) -> None:
    """The 16 x 16 lowest frequencies but the mean's: D points D^T. half : float32[16, 64] is scratch."""
    for row in range(FREQUENCIES):
        half[row, :] = np.float32(0.0)
        coefficients[row, :] = np.float32(0.0)
        for at in range(0, SIDE, 4):
            a, b, c, d = COSINES[row, at], COSINES[row, at + 1], COSINES[row, at + 2], COSINES[row, at + 3]
            for column in range(SIDE):
                half[row, column] += (
                    a * points[at, column]
                    + b * points[at + 1, column]
                    + c * points[at + 2, column]
                    + d * points[at + 3, column]
                )
        for at in range(SIDE):
            a = half[row, at]
            for column in range(FREQUENCIES):
                coefficients[row, column] += a * COSINES_BY_POINT[at, column]


@inline
def write_bits(coefficients: NDArray[np.float32], scratch: NDArray[np.float32], words: NDArray[np.uint64]) -> None:
    """Sets bit 16 * column + row where coefficients[row, column] is above the median.

    The coefficients come transposed, as the points do. scratch : float32[256]. words : uint64[4], the highest bits
    first. The median that PDQ takes (Torben's, of an even number) is the 128th from below.
    """
    for row in range(FREQUENCIES):
        for column in range(FREQUENCIES):
            scratch[FREQUENCIES * row + column] = coefficients[row, column]
    median = _smallest(scratch, 127)
    words[:] = np.uint64(0)
    for row in range(FREQUENCIES):
        for column in range(FREQUENCIES):
            if coefficients[row, column] > median:
                at = FREQUENCIES * column + row
                words[3 - (at >> 6)] |= np.uint64(1) << np.uint64(at & 63)


@inline
def _smallest(values: NDArray[np.float32], rank: int) -> float:
    """The value with `rank` others below or beside it; reorders values (Hoare's quickselect)."""
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) >> 1]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if rank <= right:
            high = right
        elif rank >= left:
            low = left
        else:
            break
    return float(values[rank])
