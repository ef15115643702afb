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
    samples = rgb.reshape(height * width * 3)  # one index: LLVM then vectorises, 3.5 times faster
    pixels = luma.reshape(height * width)
    red, green, blue = np.float32(0.299), np.float32(0.587), np.float32(0.114)
    for at in range(len(pixels)):
        pixels[at] = (
            red * np.float32(samples[3 * at])
            + green * np.float32(samples[3 * at + 1])
            + blue * np.float32(samples[3 * at + 2])
        )
    return luma
