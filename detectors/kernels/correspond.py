"""Which blob of one picture looks like which of another; codes as a mirror would show them."""

import numpy as np
import numpy.typing as npt

from detectors.kernels.bits import ones
from detectors.kernels.descriptor import CELLS, DIRECTIONS
from detectors.kernels.jit import inline, kernel

Codes = npt.NDArray[np.uint64]


@inline
def apart(a: Codes, i: int, b: Codes, j: int) -> int:
    """Bits that differ between a row and another."""
    return ones(a[i, 0] ^ b[j, 0]) + ones(a[i, 1] ^ b[j, 1]) + ones(a[i, 2] ^ b[j, 2]) + ones(a[i, 3] ^ b[j, 3])


@kernel
def nearest(
    wanted: Codes, among: Codes, most: int, index: npt.NDArray[np.int32], distance: npt.NDArray[np.int32]
) -> int:
    """For each row of `wanted` the nearest row of `among` within `most` bits; -1 where none is.

    Returns how many have one. The first of equals counts. `index` and `distance` are int32[len(wanted)].
    """
    found = 0
    for i in range(len(wanted)):
        best, at = most + 1, -1
        for j in range(len(among)):
            bits = apart(wanted, i, among, j)
            if bits < best:
                best, at = bits, j
        index[i] = at
        distance[i] = best
        found += at >= 0
    return found


@kernel
def mirrored(codes: Codes, out: Codes) -> None:
    """The codes of the blobs in the mirrored picture: places from right to left, directions about the vertical."""
    for n in range(len(codes)):
        out[n] = 0
        for bit in range(CELLS * CELLS * DIRECTIONS):
            direction, column, row = bit % DIRECTIONS, bit // DIRECTIONS % CELLS, bit // (DIRECTIONS * CELLS)
            new = (row * CELLS + CELLS - 1 - column) * DIRECTIONS + (DIRECTIONS // 2 - direction) % DIRECTIONS
            for half in range(0, 4, 2):
                set_ = codes[n, half + bit // 64] >> np.uint64(bit % 64) & np.uint64(1)
                out[n, half + new // 64] |= set_ << np.uint64(new % 64)
