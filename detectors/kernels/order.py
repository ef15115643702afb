"""The hits of several searches as one set of columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel
from detectors.kernels.near import Found


@kernel
def put_in_order(
    order: NDArray[np.int64],
    first: int,
    found: Found,
    kinds_of: NDArray[np.uint8],
    numbered: int,
    ordered: Found,
    kinds: NDArray[np.uint8],
) -> None:
    """Copies the hits of one search, `found`, to where they stand among those of all searches, `ordered`.

    order: int64[h], the rows of all searches one after the other, in the order that is wanted; from `first` on they are
    this search's. kinds_of: uint8, of the patterns searched, which are numbered from `numbered` on among all. kinds:
    uint8[h], filled for each hit that is copied.
    """
    for place in range(order.size):
        row = order[place] - first
        if 0 <= row < found.fields.size:
            pattern = found.patterns[row]
            ordered.fields[place] = found.fields[row]
            ordered.symbols[place] = found.symbols[row]
            ordered.lengths[place] = found.lengths[row]
            ordered.patterns[place] = pattern + numbered
            ordered.bits[place] = found.bits[row]
            kinds[place] = kinds_of[pattern]
