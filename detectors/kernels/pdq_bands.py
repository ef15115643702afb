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
    sums: NDArray[np.float64],
    firsts: NDArray[np.int64],
    counts: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> None:
    """What each of the 64 kept points weighs along an axis.

    nominal : pixels that the picture had along this axis when PDQ is said to have hashed it.
    pixels : pixels that the axis has here. If fewer, each gets the weight of the nominal pixels that it covers.
    sums : float64[at least 2 * window], scratch.
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
        _two_boxes(nominal, behind, ahead, low, high, first, end, sums)
        if nominal == pixels:
            firsts[point] = first
            counts[point] = end - first
            for at in range(end - first):
                weights[point, at] = np.float32(sums[at])
        else:
            begin = first * pixels // nominal
            stop = min((end * pixels + nominal - 1) // nominal, pixels)
            firsts[point] = begin
            counts[point] = stop - begin
            _spread(nominal / pixels, begin, stop, first, end, sums, weights[point])


@inline
def _two_boxes(
    nominal: int,
    behind: int,
    ahead: int,
    low: int,
    high: int,
    first: int,
    end: int,
    sums: NDArray[np.float64],
) -> None:
    """Weights of the nominal pixels first to end - 1: means of means, each over what lies inside the picture."""
    sums[: end - first + 1] = 0.0
    for middle in range(low, high):
        begin = max(0, middle - behind)
        stop = min(nominal, middle + ahead)
        share = 1.0 / ((high - low) * (stop - begin))
        sums[begin - first] += share
        sums[stop - first] -= share
    for at in range(1, end - first):
        sums[at] += sums[at - 1]


@inline
def _spread(
    step: float,
    begin: int,
    stop: int,
    first: int,
    end: int,
    sums: NDArray[np.float64],
    weights: NDArray[np.float32],
) -> None:
    """Weights of the pixels begin to stop - 1, each `step` nominal pixels long."""
    total = 0.0
    for at in range(end - first):
        weight = sums[at]
        sums[at] = total
        total += weight
    sums[end - first] = total
    before = 0.0
    for pixel in range(begin, stop):
        place = min(max((pixel + 1) * step - first, 0.0), float(end - first))
        whole = min(int(place), end - first - 1)
        until = sums[whole] + (place - whole) * (sums[whole + 1] - sums[whole])
        weights[pixel - begin] = np.float32(until - before)
        before = until
