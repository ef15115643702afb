"""The compiled watchlist: a base that was compiled as a whole, and beside it what has changed since.

Compiling a million rights takes a while, and so does copying their columns. So a change leaves the base as it is: the
rights that were put since are a small segment of their own, and those that they replace, or that were withdrawn, are
marked. Nobody who asks sees the seam: rows and numbers run on from one segment to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detectors.calibration.document import UNCALIBRATED, Calibration
from detectors.rights import Register, Right
from detectors.watchlist.allowed import NONE_ALLOWED, AllowedPictures
from detectors.watchlist.beside import Beside
from detectors.watchlist.patterns import Patterns
from detectors.watchlist.pictures import Near
from detectors.watchlist.rules import Rules
from detectors.watchlist.segment import Facts, Segment
from detectors.watchlist.strings import Strings

NOTES = 50_000  # kept before they are begun anew
Note = TypeVar("Note")


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from the base.

    segment: the rights put since, without phrases. gone: bool[base], replaced or withdrawn. places: int64[segment],
    how many ids of the base come before each of the segment's.
    """

    segment: Segment
    gone: NDArray[np.bool_]
    places: NDArray[np.int64]


@dataclass(frozen=True)
class Watchlist:
    """All rights and rules at one revision of the operational database's counter.

    A right has a row: those of the base, then those of the changes. Patterns and texts are numbered alike.
    territories: what `Facts.territory_sets` numbers. beside: which wording is innocent beside which goods.
    """

    revision: int
    base: Segment
    territories: tuple[frozenset[str], ...]
    registers: tuple[Register, ...]
    rules: Rules
    beside: Beside
    versions: dict[str, str] = field(default_factory=dict)
    changes: Changes | None = None
    allowed: AllowedPictures = NONE_ALLOWED
    calibration: Calibration = UNCALIBRATED

    def __len__(self) -> int:
        if self.changes is None:
            return len(self.base)
        return len(self.base) - int(np.count_nonzero(self.changes.gone)) + len(self.changes.segment)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return (self.base,) if self.changes is None else (self.base, self.changes.segment)

    @property
    def patterns(self) -> Patterns:
        """Of the base, which has all phrases."""
        return self.base.patterns

    @property
    def right_ids(self) -> Iterator[str]:
        """Of the rights that are held, in order."""
        rows = np.arange(sum(map(len, self.segments)))
        if self.changes is not None:
            rows = rows[~np.concatenate((self.changes.gone, np.zeros(len(self.changes.segment), np.bool_)))]
        return (self.right(row).right_id for row in rows[np.argsort(self.rank(rows))].tolist())

    def right(self, row: int) -> Right:
        if self.changes is None:
            return self.base.right(row)
        size = len(self.base)
        return self.base.right(row) if row < size else self.segments[-1].right(row - size)

    def right_of(self, right_id: str | None) -> Right | None:
        """The right with this id, if it is held."""
        if right_id is None:
            return None
        row = self.base.row_of(right_id)
        if row is not None and (self.changes is None or not self.changes.gone[row]):
            return self.base.right(row)
        row = self.segments[-1].row_of(right_id) if self.changes is not None else None
        return None if row is None else self.segments[-1].right(row)

    def noted(self, what: Callable[[Right, Rules], Note], right: Right) -> Note:
        """What is worked out of one of its rights: kept, for those that are found are found again and again."""
        key = what, right.right_id
        note: Note | None = self._notes.get(key)
        if note is None:
            if len(self._notes) >= NOTES:
                self._notes.clear()
            note = self._notes[key] = what(right, self.rules)
        return note

    @cached_property
    def _notes(self) -> dict[tuple[Callable[[Right, Rules], Any], str], Any]:
        return {}

    @cached_property
    def texts(self) -> Texts:
        """Marks and phrases as written."""
        return Texts(tuple(segment.texts for segment in self.segments))

    def owners(self, patterns: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Each pattern once per right that owns it: places in `patterns`, rows of rights, and the text's number."""
        if self.changes is None:
            return self.base.owners(patterns)
        first = len(self.base.patterns.sources)
        old, new = np.flatnonzero(patterns < first), np.flatnonzero(patterns >= first)
        places, rights, texts = self.base.owners(patterns[old])
        held = ~self.changes.gone[rights]
        new_places, new_rights, new_texts = self.changes.segment.owners(patterns[new] - first)
        return (
            np.concatenate((old[places[held]], new[new_places])),
            np.concatenate((rights[held], new_rights + np.int32(len(self.base)))),
            np.concatenate((texts[held], new_texts + np.int32(len(self.base.texts)))),
        )

    @property
    def facts(self) -> Iterator[tuple[int, Facts]]:
        """The columns of each segment's rights, and the row of the first of them."""
        first = 0
        for segment in self.segments:
            yield first, segment.facts
            first += len(segment)

    def subject_keys(self, rows: NDArray[np.int32]) -> NDArray[np.uint32]:
        """Of these rights, see sampling.py."""
        keys = np.empty(len(rows), np.uint32)
        for first, facts in self.facts:
            is_here = (rows >= first) & (rows < first + len(facts.subject_keys))
            keys[is_here] = facts.subject_keys[rows[is_here] - first]
        return keys

    def rank(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """Numbers below `ranks` that are in order as the rights' ids are."""
        if self.changes is None:
            return rows.astype(np.int64)
        size, step = len(self.base), len(self.changes.places) + 1
        is_new = rows >= size
        ranks = rows * np.int64(step) + (step - 1)
        new = rows[is_new] - size
        ranks[is_new] = self.changes.places[new] * step + new
        return ranks

    @property
    def ranks(self) -> int:
        """One above the highest rank."""
        return len(self.base) if self.changes is None else (len(self.base) + 1) * (len(self.changes.places) + 1)

    @property
    def has_pictures(self) -> bool:
        """Whether any right is watched by a picture's fingerprint."""
        return any(len(segment.pictures) for segment in self.segments)

    def pictures_near(self, words: NDArray[np.uint64]) -> Near:
        """Every picture within its right's distance of each of the fingerprints, uint64[q, 4]; rows of rights."""
        near = self.base.pictures.near(words)
        if self.changes is None:
            return near
        new = self.changes.segment.pictures.near(words).shifted(len(self.base))
        return Near.joined([near.among(~self.changes.gone[near.rights]), new])

    def pictures_with(self, digest: str) -> list[tuple[int, int]]:
        """Rows of the rights that have a picture with this digest, and which of their pictures it is."""
        rows = self.base.digests.rows(digest)
        if self.changes is None:
            return rows
        held = [(row, number) for row, number in rows if not self.changes.gone[row]]
        new = self.changes.segment.digests.rows(digest)
        return held + [(len(self.base) + row, number) for row, number in new]

    def picture_digests(self) -> frozenset[str]:
        """The digest of every picture of the rights that are held: what a gallery is to hold."""
        found = self.base.digests.digests
        if self.changes is not None:
            held = found[~self.changes.gone[self.base.digests.rights]]
            found = np.concatenate((held, self.changes.segment.digests.digests))
        return frozenset(np.unique(found).astype(str).tolist())

    @property
    def names_sellers(self) -> bool:
        return any(len(segment.sellers) for segment in self.segments)

    def names_seller(self, key: int) -> bool:
        """Whether any right names a seller with this key; by chance also one that none does."""
        return any(key in segment.sellers for segment in self.segments)

    def rights_by_number(self, number: str) -> Sequence[Right]:
        """The patents on the watchlist with this normalised number (see patents/numbers.py), in order."""
        rows = self.base.rows_by_number(number.encode())
        if self.changes is not None:
            rows = [row for row in rows if not self.changes.gone[row]]
            rows += [len(self.base) + row for row in self.changes.segment.rows_by_number(number.encode())]
            ranks = self.rank(np.array(rows, np.int32)).tolist()
            rows = [row for _, row in sorted(zip(ranks, rows, strict=True))]
        return [self.right(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of several segments, numbered on from one to the next."""

    parts: tuple[Strings, ...]

    def __getitem__(self, number: int) -> str:
        for part in self.parts:
            if number < len(part):
                return part[number]
            number -= len(part)
        raise IndexError(number)
