"""Twins of the hamming kernels and of the index, written to be read: every pair is looked at, bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PIECES = 16

Triple = tuple[int, int, int]


def number(words: Iterable[int]) -> int:
    """A code's four words as one number of 256 bits, the first word lowest."""
    return sum(int(word) << (64 * place) for place, word in enumerate(words))


def distance(one: int, other: int) -> int:
    return (one ^ other).bit_count()


def near(queries: Sequence[int], codes: Sequence[int], thresholds: Sequence[int]) -> list[Triple]:
    """(query, code, distance) of every pair within the code's threshold, in the order in which the index answers."""
    pairs = [
        (row, distance(query, code), place)
        for row, query in enumerate(queries)
        for place, (code, threshold) in enumerate(zip(codes, thresholds, strict=True))
        if distance(query, code) <= threshold
    ]
    return [(row, place, apart) for row, apart, place in sorted(pairs)]


def piece(code: int, table: int) -> int:
    """The bits that table `table` files the code under."""
    return code >> (16 * (table % PIECES)) & 0xFFFF


def buckets(codes: Sequence[int], slots: Sequence[int], table: int) -> dict[int, list[tuple[int, int]]]:
    """What is filed under each key: (piece after the key, slot) of each code."""
    filed: dict[int, list[tuple[int, int]]] = {}
    for code, slot in zip(codes, slots, strict=True):
        filed.setdefault(piece(code, table), []).append((piece(code, table + 1), slot))
    return filed


@dataclass
class NaiveIndex:
    """The index as a dictionary: entry -> (code, label, threshold)."""

    entries: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def search(self, queries: Sequence[int]) -> list[tuple[int, int, int, int]]:
        """(query, entry, label, distance), in the order of the index."""
        found = [
            (row, distance(query, code), entry, label)
            for row, query in enumerate(queries)
            for entry, (code, label, threshold) in self.entries.items()
            if distance(query, code) <= threshold
        ]
        return [(row, entry, label, apart) for row, apart, entry, label in sorted(found)]
