"""Counting bits."""

import numpy as np

from detectors.kernels.jit import inline


@inline
def ones(word: np.uint64) -> int:
    """The number of ones in a uint64 (Hacker's Delight, 5-1); LLVM makes one instruction of it."""
    word = word - (word >> np.uint64(1) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (word >> np.uint64(2) & np.uint64(0x3333333333333333))
    word = word + (word >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(word * np.uint64(0x0101010101010101) >> np.uint64(56))  # type: ignore[return-value]
