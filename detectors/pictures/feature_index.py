"""Which protected pictures share blobs with a listing's picture: candidates for the check, among millions of codes."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from detectors.kernels.lookup import fill_buckets, look_up, scan
from detectors.pictures.features import Features

TABLES = 8
MOST_BITS = 32  # the nearest are enough to find a candidate, and few enough to look at
BUCKET = 16  # codes in a bucket, were they spread evenly
ROOM = 200_000  # hits of one picture at most
ZOOM_CELL = 0.6  # octaves: a blob's scale is within a fifth
PLACE_CELL = 80.0  # pixels of the protected picture: a quarter of its side, since the zoom is only nearly known
FRESH = 3_000  # codes that are scanned before tables are worth their making
MOST_CHANGED = 0.25  # of the base's pictures: beyond, everything becomes one base again

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
class Candidate(Generic[Key]):
    """A picture that may be there, and its blobs.

    votes : how much speaks for it, in blobs that are like no other picture's.
    """

    key: Key
    votes: float
    is_mirror: bool
    features: Features


@dataclass(frozen=True, slots=True)
class Queries:
    """A listing picture's blobs, and those of its mirror image behind them from `mirror_from` on."""

    features: Features
    mirror_from: int


@dataclass(frozen=True, slots=True)
class Segment(Generic[Key]):
    """Blobs of several pictures; `owners` says whose each is, as a place in `keys`."""

    keys: Sequence[Key]
    features: Features
    owners: npt.NDArray[np.int32]
    tables: Tables | None

    @staticmethod
    def of(pictures: Mapping[Key, Features]) -> Segment[Key]:
        features = joined(list(pictures.values()))
        owners = np.repeat(np.arange(len(pictures), dtype=np.int32), [len(own) for own in pictures.values()])
        tables = Tables.over(features.codes) if len(features) > FRESH else None
        return Segment(tuple(pictures), features, owners, tables)

    @property
    def nbytes(self) -> int:
        tables = () if self.tables is None else (self.tables.starts, self.tables.members)
        return sum(one.nbytes for one in (self.features.places, self.features.codes, self.owners, *tables))

    def hits(self, codes: Codes) -> npt.NDArray[np.int32]:
        """Pairs of a query and one of our blobs that are near each other: int32[n, 2]."""
        hits = np.empty((ROOM, 2), np.int32)
        if self.tables is None:
            return hits[: scan(codes, self.features.codes, MOST_BITS, hits)]
        t = self.tables
        return hits[: look_up(codes, self.features.codes, t.positions, t.starts, t.members, MOST_BITS, hits)]

    def part(self, number: int) -> Features:
        """The blobs of one picture, as a part of these arrays."""
        first, last = np.searchsorted(self.owners, [number, number + 1]).tolist()
        return Features(self.features.places[first:last], self.features.codes[first:last])

    def parts(self) -> dict[Key, Features]:
        """The blobs of each picture."""
        return {key: self.part(number) for number, key in enumerate(self.keys)}


def joined(parts: Sequence[Features]) -> Features:
    places = np.concatenate([np.empty((0, 3), np.float32), *(part.places for part in parts)])
    return Features(places, np.concatenate([np.empty((0, 4), np.uint64), *(part.codes for part in parts)]))


def rarity(queries: npt.NDArray[np.int32], owners: npt.NDArray[np.int32], pictures: int) -> npt.NDArray[np.float64]:
    """The weight of each hit: a blob that many pictures have says little; one picture's hits of it share a vote."""
    pair = queries.astype(np.int64) * pictures + owners
    _, inverse, repeats = np.unique(pair, return_inverse=True, return_counts=True)
    distinct = np.unique(pair) // pictures
    seen_in = np.bincount(distinct, minlength=int(queries.max()) + 1)
    weights: npt.NDArray[np.float64] = 1 / (repeats[inverse] * np.sqrt(seen_in[queries]))
    return weights


def votes_cells(ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32], shift: float) -> npt.NDArray[np.int64]:
    """For each hit a cell of zoom and place, coarse: int64[n, 3]. Cells of another `shift` have other borders."""
    zoom = np.floor(np.log2(theirs[:, 2] / ours[:, 2]) / ZOOM_CELL + shift)
    middle = np.exp2((zoom - shift + 0.5) * ZOOM_CELL)
    place = (theirs[:, :2] / middle[:, None] - ours[:, :2]) / PLACE_CELL
    return np.column_stack([zoom, np.floor(place + shift)]).astype(np.int64)


def grouped(rows: npt.NDArray[np.int64]) -> tuple[int, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Equal rows: how many groups, the first row of each, and the group of each row."""
    low = rows.min(axis=0)
    span = rows.max(axis=0) - low + 1
    key = np.zeros(len(rows), np.int64)
    for column in range(rows.shape[1]):
        key = key * span[column] + (rows[:, column] - low[column])
    groups, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return len(groups), first, inverse


@dataclass(frozen=True, slots=True)
class FeatureIndex(Generic[Key]):
    """Pictures by key. An index never changes: `changed` makes the next one, and who asks this one is not disturbed.

    base : most of the pictures.
    fresh : those that were put since the base was made.
    gone : bool[base.keys], withdrawn or replaced since.
    """

    base: Segment[Key]
    fresh: Segment[Key]
    gone: npt.NDArray[np.bool_]

    @staticmethod
    def of(pictures: Mapping[Key, Features]) -> FeatureIndex[Key]:
        return FeatureIndex(Segment.of(pictures), Segment.of({}), np.zeros(len(pictures), np.bool_))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.base.nbytes + self.fresh.nbytes + self.gone.nbytes

    def changed(self, put: Mapping[Key, Features], withdrawn: Collection[Key] = ()) -> FeatureIndex[Key]:
        """The index with these pictures added or replaced, and those forgotten; what is not there may be withdrawn."""
        left = {*withdrawn, *put}
        fresh = {key: own for key, own in self.fresh.parts().items() if key not in left} | dict(put)
        gone = self.gone | np.fromiter((key in left for key in self.base.keys), np.bool_, len(self.base.keys))
        if len(fresh) + int(gone.sum()) <= MOST_CHANGED * len(self.base.keys):
            return FeatureIndex(self.base, Segment.of(fresh), gone)
        held = zip(self.base.parts().items(), gone.tolist(), strict=True)
        return FeatureIndex.of({key: own for (key, own), is_gone in held if not is_gone} | fresh)

    def candidates(self, queries: Queries, most: int, least: float) -> Sequence[Candidate[Key]]:
        """At most `most` pictures with at least `least` votes, the most votes first.

        Hits vote for a place and a zoom; those of one picture that agree count.
        """
        old, new = self.base.hits(queries.features.codes), self.fresh.hits(queries.features.codes)
        old = old[~self.gone[self.base.owners[old[:, 1]]]]
        asked = np.concatenate([old[:, 0], new[:, 0]])
        if not len(asked):
            return []
        ours = np.concatenate([self.base.features.places[old[:, 1]], self.fresh.features.places[new[:, 1]]])
        owners = np.concatenate([
            self.base.owners[old[:, 1]],
            self.fresh.owners[new[:, 1]] + np.int32(len(self.base.keys)),
        ])  # fmt: skip
        votes = voted(asked, owners, ours, queries, len(self.base.keys) + len(self.fresh.keys))
        likely = sorted((-one, owner, mirror) for (owner, mirror), one in votes.items() if one >= least)
        return [self._candidate(owner, -one, mirror) for one, owner, mirror in likely[:most]]

    def _candidate(self, owner: int, votes: float, is_mirror: bool) -> Candidate[Key]:
        first = len(self.base.keys)
        segment, number = (self.base, owner) if owner < first else (self.fresh, owner - first)
        return Candidate(segment.keys[number], votes, is_mirror, segment.part(number))


def voted(
    asked: npt.NDArray[np.int32],
    owners: npt.NDArray[np.int32],
    ours: npt.NDArray[np.float32],
    queries: Queries,
    pictures: int,
) -> dict[tuple[int, bool], float]:
    """How much speaks for each picture, upright or mirrored, of those that have any of the hits."""
    theirs = queries.features.places[asked]
    is_mirror = asked >= queries.mirror_from
    weight = rarity(asked, owners, pictures)
    best: dict[tuple[int, bool], float] = {}
    for shift in (0.0, 0.5):
        cells = votes_cells(ours, theirs, shift)
        group, first, inverse = grouped(np.column_stack([owners, is_mirror, cells]))
        total = np.bincount(inverse, weights=weight, minlength=group)
        named = zip(owners[first].tolist(), is_mirror[first].tolist(), strict=True)
        for one, votes in zip(named, total.tolist(), strict=True):
            best[one] = max(votes, best.get(one, 0.0))
    return best
