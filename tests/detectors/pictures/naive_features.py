"""Slow twins of the kernels for local features: numpy and plain loops, written from the definitions."""

from __future__ import annotations

from itertools import product
from math import atan2, exp, floor, pi

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def blur(image: Plane, taps: Plane) -> NDArray[np.float64]:
    reach = len(taps) // 2
    padded = np.pad(image.astype(np.float64), reach, mode="edge")
    rows = np.apply_along_axis(lambda line: np.convolve(line, taps, "valid"), 1, padded)
    return np.apply_along_axis(lambda line: np.convolve(line, taps, "valid"), 0, rows)


def extrema(levels: Plane, contrast: float) -> set[tuple[int, int, int]]:
    """Level, row and column of the blobs, edges left out: the 26 neighbours at once, and the Hessian's eigenvalues."""
    dog = levels[1:] - levels[:-1]
    found = set()
    for s, y, x in product(*(range(1, length - 1) for length in dog.shape)):
        cube = dog[s - 1 : s + 2, y - 1 : y + 2, x - 1 : x + 2]
        middle = dog[s, y, x]
        is_peak = middle == cube.max() if middle > 0 else middle == cube.min()
        if abs(middle) >= contrast and is_peak:
            plane = cube[1].astype(np.float64)
            across = (plane[2, 2] - plane[2, 0] - plane[0, 2] + plane[0, 0]) / 4
            xx, yy = plane[1, 2] + plane[1, 0] - 2 * plane[1, 1], plane[2, 1] + plane[0, 1] - 2 * plane[1, 1]
            low, high = sorted(np.linalg.eigvalsh([[xx, across], [across, yy]]), key=abs)
            if low * high > 0 and high / low < 10:
                found.add((s, y, x))
    return found


def histogram(level: Plane, x: float, y: float, step: float) -> NDArray[np.float64]:
    """Gradient by place (4 x 4) and direction (8) around a point, shared among neighbours: Lowe 2004, section 6."""
    values = np.zeros((4, 4, 8))
    height, width = level.shape
    for j, i in product(range(-12, 13), repeat=2):
        row, column = floor(y + j * step + 0.5), floor(x + i * step + 0.5)
        v, u = (row - y) / (5 * step) + 1.5, (column - x) / (5 * step) + 1.5
        if not (1 <= row < height - 1 and 1 <= column < width - 1 and -1 < u < 4 and -1 < v < 4):
            continue
        dx = float(level[row, column + 1]) - float(level[row, column - 1])
        dy = float(level[row + 1, column]) - float(level[row - 1, column])
        turn = atan2(dy, dx) / (pi / 4) % 8
        size = (dx * dx + dy * dy) ** 0.5 * exp(-((i / 5) ** 2 + (j / 5) ** 2) / 8)
        for r, c, o in product(range(4), range(4), range(8)):
            apart = min((turn - o) % 8, (o - turn) % 8)
            values[r, c, o] += size * max(0, 1 - abs(v - r)) * max(0, 1 - abs(u - c)) * max(0, 1 - apart)
    return values.reshape(128)


def distances(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.int64]:
    return np.asarray(np.bitwise_count(a[:, None] ^ b[None]).sum(axis=2), np.int64)


def blocks(wanted: Plane, shown: Plane, size: int) -> list[tuple[float, float, float]]:
    """The deviations of both and their correlation, by rows; NaN where either is flat."""
    rows = []
    for row, column in product(range(wanted.shape[0] // size), range(wanted.shape[1] // size)):
        cut = np.s_[row * size : (row + 1) * size, column * size : (column + 1) * size]
        one, two = wanted[cut].astype(np.float64).ravel(), shown[cut].astype(np.float64).ravel()
        correlation = ((one - one.mean()) * (two - two.mean())).mean() / (one.std() * two.std() + 1e-12)
        rows.append((float(one.std()), float(two.std()), float(correlation)))
    return rows
