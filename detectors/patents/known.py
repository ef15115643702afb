"""Names of attributes that are known to say nothing of patents: shops use few, again and again, and short ones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from detectors.kernels.known import add_known, find_unknown

KEPT_NAMES, KEPT_BYTES = 4_096, 240
_SLOTS = 2 * KEPT_NAMES

Table = tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]


def _empty() -> Table:
    """As kernels/known.py has it: the names' bytes, where each begins, and the slots."""
    return np.empty(0, np.uint8), np.zeros(1, np.int32), np.zeros(_SLOTS, np.int32)


class KnownNames:
    """A set that all names of a page are looked up in at once, without an object for any. Threads may share one."""

    def __init__(self) -> None:
        self._table = _empty()  # never changed, only replaced: another thread may be reading it

    def unknown(self, content: bytes, names: NDArray[np.int32]) -> NDArray[np.int32]:
        """Which names are not known: int32, rows of `names`, int32[n, 2], which says where each stands in `content`."""
        rows = np.empty(len(names), np.int32)
        spans = np.ascontiguousarray(names)
        return rows[: find_unknown(np.frombuffer(content, np.uint8), spans, *self._table, rows)]

    def add(self, names: Iterable[bytes]) -> None:
        """Makes names known, as far as they are short and few. All others are forgotten when there are too many."""
        short = list(islice((name for name in names if len(name) <= KEPT_BYTES), KEPT_NAMES))
        if not short:
            return
        octets, bounds, slots = self._table
        if len(bounds) - 1 + len(short) > KEPT_NAMES:
            octets, bounds, slots = _empty()
        known = len(bounds) - 1
        lengths = np.fromiter(map(len, short), np.int32, len(short))
        octets = np.concatenate([octets, np.frombuffer(b"".join(short), np.uint8)])
        bounds = np.concatenate([bounds, bounds[-1] + lengths.cumsum(dtype=np.int32)])
        slots = slots.copy()
        add_known(octets, bounds, known, slots)
        self._table = octets, bounds, slots
