"""The listings of a page: a sequence of clean objects, each made only when somebody looks at it.

Of most listings nobody ever does: their words are read from the page's bytes (text.py), and columns decide the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.lines import MARKET, SELLER, Lines, read_lines

Objects = dict[int, dict[str, Any]]


class Listings(Sequence[dict[str, Any]]):
    """Listings that stand in `lines`, or were `read` from what stands there, by their place among the listings.

    numbers: int64[n], the line of each, from 0. A listing that was not read stands on a plain line.
    """

    def __init__(self, lines: Lines, numbers: NDArray[np.int64], read: Objects) -> None:
        self.lines = lines
        self.numbers = numbers
        self.read: Mapping[int, dict[str, Any]] = read
        self._made = dict(read)

    @classmethod
    def of(cls, objects: Sequence[Mapping[str, Any]]) -> Listings:
        """Objects that come from anywhere else."""
        count = len(objects)
        return cls(read_lines(b"\n" * count), np.arange(count), {at: dict(one) for at, one in enumerate(objects)})

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return [self[position] for position in range(*place.indices(len(self)))]
        made = self._made.get(place)
        return self._make(range(len(self))[place]) if made is None else made

    def _make(self, position: int) -> dict[str, Any]:
        made = self._made.get(position)
        if made is None:
            line = self.numbers.item(position)
            start, end = self.lines.starts.item(line), self.lines.ends.item(line)
            made = self._made[position] = orjson.loads(self.lines.content[start:end])
        return made

    def market(self, position: int) -> str | None:
        """The listing's market, without making an object of the whole."""
        made = self._made.get(position)
        if made is not None:
            return made.get("market")
        start, end = self.lines.spans[self.numbers[position], MARKET].tolist()
        return orjson.loads(self.lines.content[start - 1 : end + 1]) if end > start else None

    def seller(self, position: int) -> Mapping[str, Any] | None:
        """The listing's seller, without making an object of the whole."""
        made = self._made.get(position)
        if made is not None:
            return made.get("seller")
        start, end = self.lines.spans[self.numbers[position], SELLER].tolist()
        return orjson.loads(self.lines.content[start:end]) if end > start else None
