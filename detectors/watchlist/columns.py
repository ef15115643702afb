"""The compiled watchlist: columnar arrays and nothing else, so that it can be saved, memory-mapped and shared."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.kernels.near import NearIndex
from detectors.rights import Register, Right, parse_right
from detectors.watchlist.beside import Beside
from detectors.watchlist.patterns import Patterns
from detectors.watchlist.rules import Rules
from detectors.watchlist.strings import Strings

FOREVER = 4_000_000  # days since 1970; past every date a right can carry
NEVER = -FOREVER
PARSED_RIGHTS = 50_000  # kept as records once somebody asked; the rest stay bytes


@dataclass(frozen=True)
class Watchlist:
    """Rights, one row each, and the patterns that lead to them.

    revision: the operational database's counter. near: the way to patterns from near spellings.
    links: int32[p + 1] into link_rights and link_texts, the rights a
    pattern belongs to and the mark as registered. force_from, force_to: int32[r], days since 1970, both inclusive.
    territory_sets: uint16[r] into `territories`. any_use: bool[r]. has_price: bool[r]. has_no_parts: bool[r],
    registered for goods that nobody makes parts for. subject_keys: uint32[r], see sampling.py. documents: the rights'
    JSON.
    seller_keys: uint32, sorted CRC-32 of every seller named by a right: a quick "never heard of". numbers: sorted
    patent numbers, number_rights: int32 beside them. beside: which wording is innocent beside which goods.
    """

    revision: int
    patterns: Patterns
    near: NearIndex
    links: NDArray[np.int32]
    link_rights: NDArray[np.int32]
    link_texts: NDArray[np.int32]
    texts: Strings
    right_ids: Strings
    subject_keys: NDArray[np.uint32]
    documents: Strings
    force_from: NDArray[np.int32]
    force_to: NDArray[np.int32]
    territory_sets: NDArray[np.uint16]
    territories: tuple[frozenset[str], ...]
    any_use: NDArray[np.bool_]
    has_price: NDArray[np.bool_]
    has_no_parts: NDArray[np.bool_]
    seller_keys: NDArray[np.uint32]
    numbers: NDArray[np.bytes_]
    number_rights: NDArray[np.int32]
    registers: tuple[Register, ...]
    rules: Rules
    beside: Beside
    versions: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.right_ids)

    def right(self, index: int) -> Right:
        right = self._parsed.get(index)
        if right is None:
            right = self._parsed[index] = parse_right(orjson.loads(self.documents.raw(index)))
            if len(self._parsed) > PARSED_RIGHTS:
                self._parsed.pop(next(iter(self._parsed)))
        return right

    def right_of(self, right_id: str | None) -> Right | None:
        """The right with this id: rights stand in the order of their ids."""
        if right_id is None:
            return None
        wanted = right_id.encode("utf-8", "replace")
        index = bisect_left(range(len(self)), wanted, key=self.right_ids.raw)
        return self.right(index) if index < len(self) and self.right_ids.raw(index) == wanted else None

    @cached_property
    def known_sellers(self) -> frozenset[int]:
        return frozenset(self.seller_keys.tolist())

    def rights_by_number(self, number: str) -> Sequence[Right]:
        """The patents on the watchlist with this normalised number (see patents/numbers.py)."""
        key = number.encode()
        low, high = np.searchsorted(self.numbers, key, "left"), np.searchsorted(self.numbers, key, "right")
        return [self.right(int(index)) for index in self.number_rights[low:high]]

    @cached_property
    def _parsed(self) -> dict[int, Right]:
        return {}


def seller_key(kind: str, value: str) -> int:
    """CRC-32 of one way to name a seller: `id`, `uscc` or `name`."""
    return zlib.crc32(f"{kind}:{value.strip().casefold()}".encode("utf-8", "replace"))
