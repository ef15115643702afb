"""Grey from colour, as PDQ wants it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel


@kernel
def grey_from_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32[h, w] of uint8[h, w, 3]: fillFloatLumaFromRGB, which does not round."""
    height, width, _ = rgb.shape
    luma = np.empty((height, width), np.float32)
    red, green, blue = np.float32(0.299), np.float32(0.587), np.float32(0.114)
    for row in range(height):
        for column in range(width):
            luma[row, column] = (
                red * np.float32(rgb[row, column, 0])
                + green * np.float32(rgb[row, column, 1])
                + blue * np.float32(rgb[row, column, 2])
            )
    return luma
