"""PDQ of many windows of one picture: 256 bits and a quality each.

The algorithm is that of facebook/ThreatExchange, pdq/cpp (hashing.pdf beside it): luma, Jarosz filter, 64 x 64 points,
DCT, 16 x 16 frequencies, median. What is exact: given the luma that the C++ gets, and a nominal size that is the
window's own, every step is the published one; only the order in which floats are added differs, so a bit may differ
where a frequency lies within rounding of the median. With fewer pixels than the nominal size says (a JPEG decoded at a
half), the filter keeps the width and the centres that it has at the nominal size: nearly exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import inline, kernel
from detectors.kernels.pdq_bands import SIDE, fill_bands, most_taps, window_of
from detectors.kernels.pdq_bits import FREQUENCIES, quality_of, transform, write_bits
from detectors.kernels.weighing import weigh

SMALLEST = 5  # pixels a side; below, PDQ answers no bits and quality 0


@kernel
def hash_windows(
    luma: NDArray[np.float32],
    windows: NDArray[np.int64],
    nominal: NDArray[np.int64],
    mirrored: NDArray[np.bool_],
    words: NDArray[np.uint64],
    qualities: NDArray[np.uint8],
) -> None:
    """Hashes each window of a picture as if it had been cut out, and mirrored left to right, first.

    luma : float32[h, w], 0 black to 255 white.
    windows : int64[n, 4], top, left, bottom, right in pixels of luma; bottom and right are outside. Inside, not empty.
    nominal : int64[n, 2], the height and width in pixels that the window has in the picture as published.
    mirrored : bool[n].
    words : uint64[n, 4], written, the highest bits first: as hex digits they are the published form.
    qualities : uint8[n], written, 0 to 100.
    """
    height, width = luma.shape
    longest = max(height, width)
    taps = 1
    window = 1
    for at in range(len(windows)):
        for axis in range(2):
            pixels = windows[at, axis + 2] - windows[at, axis]
            taps = max(taps, most_taps(nominal[at, axis], pixels))
            window = max(window, window_of(nominal[at, axis]))
    sums = np.empty(2 * window, np.float64)
    firsts = np.empty(SIDE, np.int64)
    counts = np.empty(SIDE, np.int64)
    weights = np.empty((SIDE, taps), np.float32)
    median = np.empty(FREQUENCIES * FREQUENCIES, np.float32)
    rows = np.empty((SIDE, longest), np.float32)
    turned = np.empty((longest, SIDE), np.float32)
    points = np.empty((SIDE, SIDE), np.float32)
    half = np.empty((FREQUENCIES, SIDE), np.float32)
    coefficients = np.empty((FREQUENCIES, FREQUENCIES), np.float32)
    for at in range(len(windows)):
        top, left, bottom, right = windows[at, 0], windows[at, 1], windows[at, 2], windows[at, 3]
        tall, wide = nominal[at, 0], nominal[at, 1]
        if min(tall, wide) < SMALLEST:
            words[at, :] = np.uint64(0)
            qualities[at] = 0
            continue
        columns = right - left
        fill_bands(tall, bottom - top, sums, firsts, counts, weights)
        weigh(luma, top, left, columns, firsts, counts, weights, rows)
        _turn(rows, columns, mirrored[at], turned)
        fill_bands(wide, columns, sums, firsts, counts, weights)
        weigh(turned, 0, 0, SIDE, firsts, counts, weights, points)
        qualities[at] = quality_of(points)
        transform(points, half, coefficients)
        write_bits(coefficients, median, words[at])


@inline
def _turn(rows: NDArray[np.float32], columns: int, mirrored: bool, turned: NDArray[np.float32]) -> None:
    """Transposes, the other way round if mirrored: the same numbers as from mirrored pixels."""
    if mirrored:
        for at in range(columns):
            for point in range(SIDE):
                turned[at, point] = rows[point, columns - 1 - at]
    else:
        for at in range(columns):
            for point in range(SIDE):
                turned[at, point] = rows[point, at]
