"""Which protected pictures share blobs with a listing's picture: candidates for the check, among millions of codes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from detectors.kernels.lookup import fill_buckets, look_up, scan

TABLES = 8
MOST_BITS = 64
BUCKET = 16  # codes in a bucket, were they spread evenly
ROOM = 200_000  # hits of one picture at most
FRESH = 20_000  # codes that are scanned before tables are worth their making

Codes = npt.NDArray[np.uint64]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tables:
    """Buckets over codes; see `kernels/lookup.py`."""

    positions: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    members: npt.NDArray[np.int32]

    @staticmethod
    def over(codes: Codes) -> Tables:
        bits = max(8, round(np.log2(max(1, len(codes)) / BUCKET)))
        rng = np.random.default_rng(20261128)  # which bits: any will do, and the same every time
        positions = np.array([rng.permutation(256)[:bits] for _ in range(TABLES)], np.int32)
        starts = np.zeros((TABLES, 2**bits + 1), np.int32)
        members = np.empty((TABLES, len(codes)), np.int32)
        fill_buckets(codes, positions, starts, members)
        return Tables(positions, starts, members)


@dataclass(frozen=True, slots=True)
class Segment(Generic[Key]):
    """Codes of several pictures; `owners` says whose each is, as a place in `keys`."""

    keys: Sequence[Key]
    codes: Codes
    owners: npt.NDArray[np.int32]
    tables: Tables | None

    @staticmethod
    def of(pictures: Mapping[Key, Codes]) -> Segment[Key]:
        codes = np.concatenate([np.empty((0, 4), np.uint64), *pictures.values()])
        owners = np.repeat(np.arange(len(pictures), dtype=np.int32), [len(own) for own in pictures.values()])
        tables = Tables.over(codes) if len(codes) > FRESH else None
        return Segment(tuple(pictures), codes, owners, tables)

    def votes(self, queries: Codes) -> npt.NDArray[np.int64]:
        """For each picture how many of the queries have one of its codes nearby."""
        hits = np.empty((ROOM, 2), np.int32)
        if self.tables is None:
            count = scan(queries, self.codes, MOST_BITS, hits)
        else:
            t = self.tables
            count = look_up(queries, self.codes, t.positions, t.starts, t.members, MOST_BITS, hits)
        pairs = np.unique(hits[:count, 0].astype(np.int64) * len(self.keys) + self.owners[hits[:count, 1]])
        return np.bincount(pairs % max(1, len(self.keys)), minlength=len(self.keys))


@dataclass(slots=True)
class FeatureIndex(Generic[Key]):
    """Pictures by key. What is put or withdrawn counts at the next search; `compact` makes searching fast again."""

    base: Segment[Key] = field(default_factory=lambda: Segment.of({}))
    _fresh: dict[Key, Codes] = field(default_factory=dict)
    _segment: Segment[Key] | None = None
    _gone: set[Key] = field(default_factory=set)

    def put(self, key: Key, codes: Codes) -> None:
        """Adds a picture or replaces it."""
        self.withdraw(key)
        self._fresh[key] = codes

    def withdraw(self, key: Key) -> None:
        """Forgets a picture; one that is not there is nothing to do."""
        self._segment = None
        if self._fresh.pop(key, None) is None:
            self._gone.add(key)

    def compact(self) -> None:
        """Puts everything into one base."""
        base = self.base
        starts = np.searchsorted(base.owners, np.arange(len(base.keys) + 1))
        kept = {
            key: base.codes[starts[i] : starts[i + 1]] for i, key in enumerate(base.keys) if key not in self._gone
        }
        self.base = Segment.of(kept | self._fresh)
        self._fresh, self._gone, self._segment = {}, set(), None

    def candidates(self, queries: Codes, most: int, least: int) -> Sequence[tuple[Key, int]]:
        """At most `most` pictures with at least `least` votes, the most votes first."""
        if self._segment is None:
            self._segment = Segment.of(self._fresh)
        found = [*self._named(self.base, queries, most, least), *self._named(self._segment, queries, most, least)]
        return sorted(found, key=lambda one: -one[1])[:most]

    def _named(self, segment: Segment[Key], queries: Codes, most: int, least: int) -> Iterable[tuple[Key, int]]:
        votes = segment.votes(queries)
        is_base = segment is self.base
        for i in np.argsort(-votes, kind="stable"):
            if votes[i] < least or most == 0:
                return
            if is_base and segment.keys[i] in self._gone:
                continue
            most -= 1
            yield segment.keys[i], int(votes[i])
