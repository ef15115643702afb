"""The Jarosz filter and the decimation of PDQ, as one weighted sum along an axis.

PDQ blurs with two box passes along each axis and then keeps 64 x 64 points. All of it is linear and separable, so a
kept point is a weighted sum of a few neighbours along the one axis and then along the other. These sums are all that
is computed here: two multiplications a pixel instead of four passes over all of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline

SIDE = 64  # points that PDQ keeps along each axis


@inline
def window_of(nominal: int) -> int:
    """How many pixels a box averages where the axis has `nominal` of them: computeJaroszFilterWindowSize."""
    return (nominal + 2 * SIDE - 1) // (2 * SIDE)


@inline
def most_taps(nominal: int, pixels: int) -> int:
    """No kept point weighs more neighbours than this."""
    return min((2 * window_of(nominal) - 1) * pixels // nominal + 3, pixels)


@inline
def fill_bands(
    nominal: int,
    pixels: int,
    slopes: NDArray[np.float64],
    firsts: NDArray[np.int64],
    counts: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> None:
    """What each of the 64 kept points weighs along an axis.

    nominal : pixels that the picture had along this axis when PDQ is said to have hashed it.
    pixels : pixels that the axis has here. If fewer, a nominal pixel's weight goes to the pixels that it covers.
    slopes : float64[at least 2 * window], scratch.
    firsts, counts : int64[64], written: the first pixel and how many.
    weights : float32[64, most_taps], written: row i holds counts[i] weights that sum to 1.
    """
    window = window_of(nominal)
    ahead = (window + 2) // 2
    behind = window - ahead
    for point in range(SIDE):
        centre = int((point + 0.5) * nominal / SIDE)
        low = max(0, centre - behind)
        high = min(nominal, centre + ahead)
        first = max(0, low - behind)
        end = min(nominal, high - 1 + ahead)
        _two_boxes(nominal, behind, ahead, low, high, first, end, slopes)
        _spread(nominal, pixels, point, first, end, slopes, firsts, counts, weights)


@inline
def _two_boxes(
    nominal: int,
    behind: int,
    ahead: int,
    low: int,
    high: int,
    first: int,
    end: int,
    slopes: NDArray[np.float64],
) -> None:
    """Weights of the nominal pixels first to end - 1: means of means, each over what lies inside the picture."""
    slopes[: end - first + 1] = 0.0
    for middle in range(low, high):
        begin = max(0, middle - behind)
        stop = min(nominal, middle + ahead)
        share = 1.0 / ((high - low) * (stop - begin))
        slopes[begin - first] += share
        slopes[stop - first] -= share
    for at in range(1, end - first):
        slopes[at] += slopes[at - 1]


@inline
def _spread(
    nominal: int,
    pixels: int,
    point: int,
    first: int,
    end: int,
    slopes: NDArray[np.float64],
    firsts: NDArray[np.int64],
    counts: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> None:
    """Gives the weights of nominal pixels to the pixels that they cover."""
    if nominal == pixels:
        firsts[point] = first
        counts[point] = end - first
        for at in range(end - first):
            weights[point, at] = np.float32(slopes[at])
        return
    step = pixels / nominal
    begin = min(int(first * step), pixels - 1)
    last = begin
    weights[point, :] = np.float32(0.0)
    for at in range(end - first):
        left = (first + at) * step
        right = left + step
        pixel = min(int(left), pixels - 1)
        while pixel < pixels and pixel < right - 1e-9:
            covered = min(right, pixel + 1.0) - max(left, float(pixel))
            if covered > 0.0:
                weights[point, pixel - begin] += np.float32(slopes[at] * covered / step)
                last = max(last, pixel)
            pixel += 1
    firsts[point] = begin
    counts[point] = last - begin + 1
