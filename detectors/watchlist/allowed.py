"""Pictures that do not count, whatever right they are near: a platform's placeholder, a stock photograph.

An entry is a fingerprint and how far from it a picture still is the same one. Its state says why it is there: `allowed`
and `released` are what a person said (the picture is nobody's; the picture is to alert), `quarantined` is what the
flood watch did until a person says one or the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import RightError
from detectors.pictures.fingerprint import MATCH_DISTANCE, Fingerprint
from detectors.pictures.index import FingerprintIndex

ALLOWED, QUARANTINED, RELEASED = "allowed", "quarantined", "released"
STATES = (RELEASED, ALLOWED, QUARANTINED)
"""In the order in which they go before one another at the same distance: what a person said, and to alert, first."""
DISTANCE = 10
"""Bits. A picture encoded again stays within it: of 400 pictures 98 % at JPEG quality 60 and more, 94 % at 30, 87 %
made 400 pixels wide, but a quarter made 200 wide. Wider would spare pictures that somebody made out of it."""
WIDEST_ALLOWED = MATCH_DISTANCE  # what is farther is another picture by PDQ's published threshold
MAX_TEXT = 500  # code points of a note
_PDQ = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedPicture:
    """pdq: 64 hexadecimal digits, small letters. distance: bits up to which a picture is this one."""

    pdq: str
    state: str = ALLOWED
    distance: int = DISTANCE


def parse_allowed(document: Any) -> AllowedPicture:
    """The body of an `allow` entry; what else it says (note, by, since, fired) is for people.

    Raises:
        RightError: the fingerprint, the state or the distance has the wrong form, or a text for people is too long.
    """
    if not isinstance(document, Mapping):
        raise RightError("allow", "must be a JSON object")
    state, distance = document.get("state", ALLOWED), document.get("distance", DISTANCE)
    if state not in STATES:
        raise RightError("allow.state", f"must be one of {', '.join(sorted(STATES))}")
    if isinstance(distance, bool) or not isinstance(distance, int) or not 0 <= distance <= WIDEST_ALLOWED:
        raise RightError("allow.distance", f"must be a whole number of bits between 0 and {WIDEST_ALLOWED}")
    for name in ("note", "by", "since"):
        text = document.get(name)
        if text is not None and (not isinstance(text, str) or len(text) > MAX_TEXT):
            raise RightError(f"allow.{name}", f"must be a text of at most {MAX_TEXT} characters")
    fired = document.get("fired", {})
    rights = fired.get("rights", []) if isinstance(fired, Mapping) else None
    if not isinstance(rights, list) or not all(isinstance(right_id, str) for right_id in rights):
        raise RightError("allow.fired", "must be an object, with rights as a list of their ids")
    return AllowedPicture(pdq=parse_pdq(document.get("pdq"), "allow.pdq"), state=state, distance=distance)


def parse_pdq(text: Any, name: str = "pdq") -> str:
    """A fingerprint as the log writes it. Raises RightError."""
    if not isinstance(text, str) or not _PDQ.fullmatch(text.strip()):
        raise RightError(name, "must be 64 hexadecimal digits")
    return text.strip().lower()


@dataclass(frozen=True)
class AllowedPictures:
    """All entries that hold, as columns and as the index that finds those near a picture."""

    entries: tuple[AllowedPicture, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[AllowedPicture]) -> AllowedPictures:
        """In the order in which they go before one another."""
        return cls(tuple(sorted(entries, key=lambda one: (STATES.index(one.state), one.pdq))))

    def __len__(self) -> int:
        return len(self.entries)

    def nearest(self, words: NDArray[np.uint64]) -> Sequence[AllowedPicture | None]:
        """For each fingerprint, uint64[q, 4], the entry that decides about it: the nearest within its own distance."""
        found: list[AllowedPicture | None] = [None] * len(words)
        if not self.entries or not len(words):
            return found
        matches = self._index.search(words)
        queries, first = np.unique(matches.queries, return_index=True)
        for query, row in zip(queries.tolist(), matches.labels[first].tolist(), strict=True):
            found[query] = self.entries[row]
        return found

    @cached_property
    def _index(self) -> FingerprintIndex:
        index = FingerprintIndex(reserve=max(1, len(self)))
        words = np.array([Fingerprint.from_hex(one.pdq).words for one in self.entries], np.uint64).reshape(-1, 4)
        index.add(words, np.arange(len(self)), np.array([one.distance for one in self.entries], np.int64))
        return index


NONE_ALLOWED = AllowedPictures()
