"""The texts of a page that are matched, kind by kind: titles first, values of attributes last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel


@kernel
def list_fields(
    numbers: NDArray[np.int64],
    spans: NDArray[np.int32],
    entries: NDArray[np.int32],
    fields: NDArray[np.int32],
    listing_of: NDArray[np.int32],
    starts: NDArray[np.int32],
) -> int:
    """Fills `fields`, int32[f, 2], where each text stands, and `listing_of`, int32[f]; returns their bytes in all.

    numbers: int64[n], the line of each listing, rising. spans: int32[lines, kinds, 2]; a text of the first kind is a
    field even where it is empty. entries: int32[a, 5], lines, names and values of attributes, by line; each line has a
    listing. starts: int32[k + 2], filled: where each of the first k kinds begins among the fields, then the attributes,
    then their end. Both outputs have room for all texts that there may be.
    """
    kinds = starts.size - 2
    count, octets = 0, 0
    for kind in range(kinds):
        starts[kind] = count
        for listing in range(numbers.size):
            start, end = spans[numbers[listing], kind, 0], spans[numbers[listing], kind, 1]
            fields[count, 0], fields[count, 1], listing_of[count] = start, end, listing
            count += kind == 0 or end > start  # what is not there is written over: a jump would be guessed wrong
            octets += end - start
    starts[kinds] = count
    listing = 0
    for row in range(len(entries)):
        while numbers[listing] < entries[row, 0]:
            listing += 1
        fields[count, 0], fields[count, 1], listing_of[count] = entries[row, 3], entries[row, 4], listing
        count += 1
        octets += entries[row, 4] - entries[row, 3]
    starts[kinds + 1] = count
    return octets
