"""Sample: a share of what was screened, kept for people to judge whether it was right to stay silent.

Chosen by a hash of the page, the listing's place in it and the subject, so that a page screened again keeps the same
matches, and nobody who writes one listing can know whether it will be looked at. Hashing alert ids instead would ask
for the digest of every listing that names a mark: most of a page.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.records import Page

_WORD = 0xFFFF_FFFF


def subject_key(subject: str) -> int:
    """CRC-32 of a right's id or another subject."""
    return zlib.crc32(subject.encode("utf-8", "replace"))


class Sample:
    """The matches of one page that are kept, about `share` of them (0 to 1)."""

    def __init__(self, page: Page, share: float) -> None:
        self._limit = round(share * (_WORD + 1))
        self._seed = int(page.digest[:8], 16) if 0 < self._limit <= _WORD else 0

    @property
    def is_empty(self) -> bool:
        return self._limit <= 0

    def includes(self, listing: int, subject: str) -> bool:
        """Whether the matches of a listing, by its place in the page, with a subject are kept."""
        return not self.is_empty and bool(_mix(self._seed, listing, subject_key(subject)) < self._limit)

    def choose(self, listings: NDArray[np.int32], keys: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """The same for columns: places of listings in the page, and `subject_key` of the subjects beside them."""
        chosen: NDArray[np.bool_] = _mix(self._seed, listings.astype(np.uint64), keys.astype(np.uint64)) < self._limit
        return chosen


def _mix(seed: int, listing: Any, key: Any) -> Any:
    """A number of 32 bits, or a column of them, in which every bit depends on all three (Murmur3's finisher)."""
    value = (seed + listing * 0x9E37_79B1 + key * 0x85EB_CA6B) & _WORD
    value = ((value ^ (value >> 16)) * 0x85EB_CA6B) & _WORD
    value = ((value ^ (value >> 13)) * 0xC2B2_AE35) & _WORD
    return value ^ (value >> 16)
