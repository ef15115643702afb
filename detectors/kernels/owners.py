"""Whose marks were found: from patterns to the texts that they spell, and on to the rights that own those."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.jit import kernel


@kernel
def find_owners(
    patterns: NDArray[np.int32],
    sources: NDArray[np.int32],
    links: NDArray[np.int32],
    link_rights: NDArray[np.int32],
    places: NDArray[np.int64],
    rights: NDArray[np.int32],
    texts: NDArray[np.int32],
) -> int:
    """Fills a row for each right that owns one of `patterns`, int32[n], in their order; returns how many there are.

    sources: int32, the text of each pattern. links: int32[t + 1] into link_rights: int32, the owners of each text.
    places: int64, where in `patterns`, rights: int32, and texts: int32 have room for as many rows as are filled.
    """
    count = 0
    for place in range(patterns.size):
        text = sources[patterns[place]]
        for link in range(links[text], links[text + 1]):
            if count < places.size:
                places[count], rights[count], texts[count] = place, link_rights[link], text
            count += 1
    return count
