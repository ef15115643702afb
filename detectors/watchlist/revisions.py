"""At which revision each right was last changed: what tells a repeated entry of the log from a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.watchlist.strings import Strings


@dataclass(frozen=True, slots=True)
class Revisions:
    """held: int64[rows], of the rights that have a row. withdrawn: the ids of those that are gone, in order of their
    bytes; withdrawn_at: int64 beside them. They are remembered, since an older entry may come once more.
    """

    held: NDArray[np.int64]
    withdrawn: Strings
    withdrawn_at: NDArray[np.int64]

    @classmethod
    def of(cls, held: Sequence[int], withdrawn: Mapping[str, int]) -> Revisions:
        gone = sorted((right_id.encode("utf-8", "replace"), revision) for right_id, revision in withdrawn.items())
        return cls(
            held=np.array(held, np.int64),
            withdrawn=Strings.pack(right_id for right_id, _ in gone),
            withdrawn_at=np.array([revision for _, revision in gone], np.int64),
        )

    def of_withdrawn(self, right_id: bytes) -> int | None:
        place = self.withdrawn.find(right_id)
        return None if place is None else int(self.withdrawn_at[place])

    def all_withdrawn(self) -> dict[str, int]:
        revisions = self.withdrawn_at.tolist()
        return {self.withdrawn[place]: revision for place, revision in enumerate(revisions)}
