"""Weighted sums of neighbouring rows: the inner loop of PDQ's filter and of its cosine transform."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline


@inline
def weigh(
    source: NDArray[np.float32],
    top: int,
    left: int,
    columns: int,
    firsts: NDArray[np.int64],
    counts: NDArray[np.int64],
    weights: NDArray[np.float32],
    target: NDArray[np.float32],
) -> None:
    """target[i, :columns] = the sum of weights[i, k] * source[top + firsts[i] + k, left : left + columns] over k.

    firsts, counts : int64[n], which rows, of those from top on, and how many.
    weights : float32[n, at least the largest count].
    """
    for point in range(len(firsts)):
        count = counts[point]
        into = target[point, :columns]
        into[:] = np.float32(0.0)
        row = top + firsts[point]
        tap = 0
        while tap + 4 <= count:  # four at once, so that the target is read and written a quarter as often
            _add_four(
                source[row + tap, left : left + columns],
                source[row + tap + 1, left : left + columns],
                source[row + tap + 2, left : left + columns],
                source[row + tap + 3, left : left + columns],
                weights[point, tap : tap + 4],
                into,
            )
            tap += 4
        while tap < count:
            _add(source[row + tap, left : left + columns], weights[point, tap], into)
            tap += 1


@inline
def _add(row: NDArray[np.float32], weight: np.float32, into: NDArray[np.float32]) -> None:
    for at in range(len(into)):
        into[at] += weight * row[at]


@inline
def _add_four(
    first: NDArray[np.float32],
    second: NDArray[np.float32],
    third: NDArray[np.float32],
    fourth: NDArray[np.float32],
    weights: NDArray[np.float32],
    into: NDArray[np.float32],
) -> None:
    a, b, c, d = weights[0], weights[1], weights[2], weights[3]
    for at in range(len(into)):
        into[at] += a * first[at] + b * second[at] + c * third[at] + d * fourth[at]
