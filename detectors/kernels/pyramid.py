"""Gaussian scale space: separable blurs and halving (Lowe 2004, section 3)."""

import numpy as np
import numpy.typing as npt

from detectors.kernels.jit import kernel

Plane = npt.NDArray[np.float32]


@kernel
def blur(image: Plane, taps: Plane, scratch: Plane, out: Plane) -> None:
    """Convolves rows and columns with `taps` (odd length, sum 1); outside the picture its edge goes on.

    `image`, `scratch` and `out` are float32[height, width]; `out` may not be `image`.
    """
    height, width = image.shape
    reach = len(taps) // 2
    padded = np.empty(width + 2 * reach, np.float32)
    for y in range(height):
        for x in range(reach):
            padded[x] = image[y, 0]
            padded[width + reach + x] = image[y, width - 1]
        for x in range(width):
            padded[reach + x] = image[y, x]
        line = scratch[y]
        for x in range(width):
            line[x] = taps[reach] * padded[x + reach]
        for k in range(reach):
            tap = taps[k]
            for x in range(width):
                line[x] += tap * (padded[x + k] + padded[x + 2 * reach - k])
    for y in range(height):
        line = out[y]
        middle = scratch[y]
        for x in range(width):
            line[x] = taps[reach] * middle[x]
        for k in range(1, reach + 1):
            tap = taps[reach + k]
            above, below = scratch[max(y - k, 0)], scratch[min(y + k, height - 1)]
            for x in range(width):
                line[x] += tap * (above[x] + below[x])


@kernel
def halve(image: Plane) -> Plane:
    """Every second pixel of a picture that is already blurred: float32[height // 2, width // 2]."""
    height, width = image.shape[0] // 2, image.shape[1] // 2
    out = np.empty((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            out[y, x] = image[2 * y, 2 * x]
    return out
