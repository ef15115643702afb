"""Texts as two arrays, so that a watchlist of a million rights can be memory-mapped."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Strings:
    """data: uint8[bytes], UTF-8. offsets: int64[n + 1]."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    @classmethod
    def pack(cls, texts: Iterable[bytes]) -> Strings:
        parts = list(texts)
        offsets = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        return cls(np.frombuffer(b"".join(parts), np.uint8), offsets)

    def raw(self, index: int) -> bytes:
        return self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()

    def place(self, wanted: bytes) -> int:
        """How many come before it, of texts that are in order of their bytes."""
        return bisect_left(range(len(self)), wanted, key=self.raw)

    def find(self, wanted: bytes) -> int | None:
        """Where it is, among texts that are in order of their bytes."""
        place = self.place(wanted)
        return place if place < len(self) and self.raw(place) == wanted else None

    def __getitem__(self, index: int) -> str:
        return self.raw(index).decode()

    def __len__(self) -> int:
        return len(self.offsets) - 1
