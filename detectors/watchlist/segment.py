"""A segment: some rights as columnar arrays and nothing else, so that it can be saved, memory-mapped and shared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.kernels.near import NearIndex
from detectors.kernels.owners import find_owners
from detectors.rights import Right, parse_right
from detectors.watchlist.patterns import Patterns
from detectors.watchlist.pictures import PictureCodes, PictureDigests
from detectors.watchlist.sellers_named import SellersNamed
from detectors.watchlist.strings import Strings

PARSED_RIGHTS = 50_000  # kept as records once somebody asked; the rest stay bytes


class Facts(NamedTuple):
    """What columns know of rights, one row each.

    subject_keys: uint32, see sampling.py. force_from, force_to: int32, days since 1970, both inclusive.
    territory_sets: int32 into the watchlist's `territories`. any_use, has_price: bool. has_no_parts: bool, registered
    for goods that nobody makes parts for.
    """

    subject_keys: NDArray[np.uint32]
    force_from: NDArray[np.int32]
    force_to: NDArray[np.int32]
    territory_sets: NDArray[np.int32]
    any_use: NDArray[np.bool_]
    has_price: NDArray[np.bool_]
    has_no_parts: NDArray[np.bool_]


@dataclass(frozen=True)
class Segment:
    """Rights in the order of their ids, and the patterns that lead to them.

    near: the way to patterns from near spellings. texts: the marks and phrases as written, which `patterns.sources`
    numbers. links: int32[t + 1] into link_rights: int32, the rights that own a text. documents: the rights' JSON.
    numbers: sorted patent numbers, number_rights: int32 beside them. pictures: the fingerprints of rights' pictures.
    digests: the rights' pictures by their digests.
    """

    patterns: Patterns
    near: NearIndex
    texts: Strings
    links: NDArray[np.int32]
    link_rights: NDArray[np.int32]
    right_ids: Strings
    documents: Strings
    facts: Facts
    sellers: SellersNamed
    numbers: NDArray[np.bytes_]
    number_rights: NDArray[np.int32]
    pictures: PictureCodes
    digests: PictureDigests

    def __len__(self) -> int:
        return len(self.right_ids)

    def right(self, row: int) -> Right:
        right = self._parsed.get(row)
        if right is None:
            right = self._parsed[row] = parse_right(orjson.loads(self.documents.raw(row)))
            self._rows[right.right_id] = row
            if len(self._parsed) > PARSED_RIGHTS:
                self._rows.pop(self._parsed.pop(next(iter(self._parsed))).right_id, None)
        return right

    def row_of(self, right_id: str) -> int | None:
        row = self._rows.get(right_id)  # of rights as records: seventeen looks into far memory are saved
        return self.right_ids.find(right_id.encode("utf-8", "replace")) if row is None else row

    def owners(self, patterns: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Each pattern once per right that owns it: places in `patterns`, rows of rights, and the text's number."""
        room = 2 * len(patterns) + 64
        while True:
            places, rights, texts = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32)
            count = find_owners(patterns, self.patterns.sources, self.links, self.link_rights, places, rights, texts)
            if count <= room:
                return places[:count], rights[:count], texts[:count]
            room = count

    def rows_by_number(self, number: bytes) -> list[int]:
        """The patents with this normalised number (see patents/numbers.py)."""
        low, high = np.searchsorted(self.numbers, number, "left"), np.searchsorted(self.numbers, number, "right")
        rows: list[int] = self.number_rights[low:high].tolist()
        return rows

    @cached_property
    def _parsed(self) -> dict[int, Right]:
        return {}

    @cached_property
    def _rows(self) -> dict[str, int]:
        """The row of each of those, by its id."""
        return {}
