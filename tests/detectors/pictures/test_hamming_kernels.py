"""The hamming kernels say what their naive twins say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.kernels.hamming_probe import KEYS, TABLES, probe_tables
from detectors.kernels.hamming_scan import scan_columns
from detectors.kernels.hamming_simd import (
    PIECE_LANES,
    ROW_LANES,
    near_halves,
    near_pieces,
    near_rows,
    popcount64,
)
from detectors.kernels.hamming_tables import count_keys, file_codes, join_buckets
from detectors.kernels.jit import inline
from tests.detectors.pictures.code_sets import SETS, queries_for
from tests.detectors.pictures.naive_hamming import Triple, buckets, distance, near, number, piece

MAKERS = pytest.mark.parametrize("make", SETS.values(), ids=SETS)
WORD = st.integers(0, (1 << 64) - 1)
CODE = st.tuples(WORD, WORD, WORD, WORD)
Search = Callable[[NDArray[np.int32]], int]
Tables = tuple[NDArray[np.int32], NDArray[np.uint16], NDArray[np.int32]]


@inline
def counted(value: np.uint64) -> int:
    return popcount64(value)  # type: ignore[no-any-return]


@inline
def pieces_near(pieces: NDArray[np.uint16], piece: np.uint16, limit: np.uint16) -> int:
    return near_pieces(pieces, 0, piece, limit)  # type: ignore[no-any-return]


@inline
def rows_near(columns: NDArray[np.uint64], query: NDArray[np.uint64], limit: int) -> int:
    return near_rows(columns, columns.shape[1], 0, query[0], query[1], query[2], query[3], limit)  # type: ignore[no-any-return]


@inline
def halves_near(columns: NDArray[np.uint64], query: NDArray[np.uint64], limit: int) -> int:
    return near_halves(columns, columns.shape[1], 0, query[0], query[1], limit)  # type: ignore[no-any-return]


@given(WORD)
def test_popcount_counts_set_bits(value: int) -> None:
    assert counted(np.uint64(value)) == value.bit_count()


@given(st.lists(st.integers(0, KEYS - 1), min_size=PIECE_LANES, max_size=PIECE_LANES), st.data())
def test_pieces_near_a_piece(pieces: list[int], data: st.DataObject) -> None:
    asked, limit = data.draw(st.integers(0, KEYS - 1) | st.sampled_from(pieces)), data.draw(st.integers(0, 16))
    expected = sum((distance(one, asked) <= limit) << lane for lane, one in enumerate(pieces))
    assert pieces_near(np.array(pieces, np.uint16), np.uint16(asked), np.uint16(limit)) == expected


@given(st.lists(CODE, min_size=ROW_LANES, max_size=ROW_LANES), st.data())
def test_rows_near_a_code(codes: list[tuple[int, ...]], data: st.DataObject) -> None:
    asked, limit = data.draw(CODE | st.sampled_from(codes)), data.draw(st.integers(0, 256))
    columns, query = np.array(codes, np.uint64).T.copy(), np.array(asked, np.uint64)
    apart = [distance(number(code), number(asked)) for code in codes]
    halves = [distance(number(code[:2]), number(asked[:2])) for code in codes]
    assert rows_near(columns, query, limit) == sum((one <= limit) << lane for lane, one in enumerate(apart))
    assert halves_near(columns, query, limit) == sum((one <= limit) << lane for lane, one in enumerate(halves))


@MAKERS
@pytest.mark.parametrize("cutoff", [0, 31, 47, 48, 90])
def test_scanning_finds_what_looking_at_every_pair_finds(make: Callable[..., NDArray[np.uint64]], cutoff: int) -> None:
    random = np.random.default_rng(cutoff)
    codes = make(random, 700)
    thresholds = random.integers(-1, cutoff + 1, len(codes)).astype(np.int32)
    queries = queries_for(random, codes, 12, 2 * cutoff)
    found = written(
        lambda matched: scan_columns(
            padded(codes), 0, len(codes), np.empty(0, np.int32), thresholds, cutoff, queries, matched, 0
        )
    )
    assert found == near(numbers(queries), numbers(codes), thresholds.tolist())


def test_scanning_looks_at_the_range_alone_and_names_slots() -> None:
    codes = np.zeros((100, 4), np.uint64)
    slots = np.arange(100, dtype=np.int32)[::-1].copy()
    found = written(
        lambda matched: scan_columns(
            padded(codes), 10, 37, slots, np.zeros(100, np.int32), 0, np.zeros((1, 4), np.uint64), matched, 0
        )
    )
    assert [slot for _, slot, _ in found] == list(range(99 - 36, 90))


def test_what_exceeds_the_room_is_counted_and_not_written() -> None:
    codes, queries, thresholds = np.zeros((100, 4), np.uint64), np.zeros((2, 4), np.uint64), np.zeros(100, np.int32)
    matched = np.full((8, 3), -1, np.int32)
    room, none = matched[:5], np.empty(0, np.int32)
    assert scan_columns(padded(codes), 0, 100, none, thresholds, 0, queries, room, 0) == 200
    assert (matched[:5] >= 0).all()
    assert (matched[5:] == -1).all()
    tables = filed(codes, np.arange(100, dtype=np.int32), thresholds)
    matched[:] = -1
    assert probe(tables, codes, thresholds, queries, 0, room)[0] == 200
    assert (matched[:5] >= 0).all()
    assert (matched[5:] == -1).all()


@MAKERS
@pytest.mark.parametrize("k", [0, 1, 2])
def test_probing_finds_what_looking_at_every_pair_finds(make: Callable[..., NDArray[np.uint64]], k: int) -> None:
    random = np.random.default_rng(k)
    codes = make(random, 500)
    thresholds = random.integers(-1, 16 * k + 16, len(codes)).astype(np.int32)
    queries = queries_for(random, codes, 12)
    tables = filed(codes, np.arange(len(codes), dtype=np.int32), thresholds)
    found = written(lambda matched: probe(tables, codes, thresholds, queries, k, matched)[0])
    assert found == near(numbers(queries), numbers(codes), thresholds.tolist())


@given(st.data())
def test_probing_finds_a_code_wherever_its_bits_differ(data: st.DataObject) -> None:
    k = data.draw(st.integers(0, 2))
    code = data.draw(CODE)
    places = data.draw(st.sets(st.integers(0, 255), max_size=16 * k + 15))
    query = np.array([code], np.uint64)
    stored = number(code) ^ sum(1 << place for place in places)
    codes = np.array([[stored >> (64 * word) & ((1 << 64) - 1) for word in range(4)]], np.uint64)
    thresholds = np.full(1, 16 * k + 15, np.int32)
    tables = filed(codes, np.zeros(1, np.int32), thresholds)
    assert written(lambda matched: probe(tables, codes, thresholds, query, k, matched)[0]) == [(0, 0, len(places))]


def test_a_query_beyond_its_budget_is_told() -> None:
    codes, thresholds = np.zeros((100, 4), np.uint64), np.zeros(100, np.int32)
    tables = filed(codes, np.arange(100, dtype=np.int32), thresholds)
    queries = np.array([[0] * 4, [(1 << 64) - 1] * 4], np.uint64)
    matched = np.empty((5000, 3), np.int32)
    for budget in ((50, 5000), (5000, 50)):
        assert (probe(tables, codes, thresholds, queries, 1, matched, budget)[1].min(axis=1) < 0).tolist() == [
            True,
            False,
        ]


@MAKERS
def test_tables_hold_what_was_not_withdrawn_before_the_job(make: Callable[..., NDArray[np.uint64]]) -> None:
    random = np.random.default_rng(3)
    codes, slots = make(random, 300), random.permutation(300).astype(np.int32)
    thresholds = random.choice(np.array([31, -1, -2, -3], np.int32), 300)  # withdrawn while job 0, 1, 2 was the last
    offsets, beside, placed = filed(codes, slots, thresholds, job=2)
    stays = [row for row in range(300) if thresholds[slots[row]] in (31, -3)]
    for table in range(TABLES):
        expected = buckets([number(codes[row]) for row in stays], slots[stays].tolist(), table)
        assert contents(offsets, beside, placed, table) == expected


@MAKERS
def test_joined_buckets_are_those_of_one_and_then_of_the_other(make: Callable[..., NDArray[np.uint64]]) -> None:
    random = np.random.default_rng(4)
    codes = make(random, 400)
    slots, thresholds = np.arange(400, dtype=np.int32), np.zeros(400, np.int32)
    one, other = filed(codes[:150], slots[:150], thresholds), filed(codes[150:], slots[150:], thresholds)
    thresholds[random.integers(0, 400, 100)] = -1
    made = np.zeros((TABLES, KEYS + 1), np.int32), np.zeros(TABLES * 400 + PIECE_LANES, np.uint16), empty(TABLES * 400)
    dropped = empty(400)
    for table in range(TABLES):
        drops = 0
        for low in range(0, KEYS, KEYS // 4):
            drops = join_buckets(*one, *other, thresholds, 1, table, low, low + KEYS // 4, *made, dropped, drops)
        assert sorted(dropped[:drops]) == np.flatnonzero(thresholds < 0).tolist()
        stays = [row for row in range(400) if thresholds[row] >= 0]
        assert contents(*made, table) == buckets([number(codes[row]) for row in stays], stays, table)


def padded(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    columns = np.full((4, len(codes) + ROW_LANES), 0, np.uint64)
    columns[:, : len(codes)] = codes.T
    return columns


def empty(size: int) -> NDArray[np.int32]:
    return np.zeros(size, np.int32)


def numbers(codes: NDArray[np.uint64]) -> list[int]:
    return [number(code) for code in codes]


def written(search: Search) -> list[Triple]:
    """What a search writes, in the order of the naive twin."""
    matched = np.empty((20_000, 3), np.int32)
    found = search(matched)
    assert found <= len(matched)
    rows = sorted((row, apart, slot) for row, slot, apart in matched[:found].tolist())
    return [(row, slot, apart) for row, apart, slot in rows]


def filed(codes: NDArray[np.uint64], slots: NDArray[np.int32], thresholds: NDArray[np.int32], job: int = 0) -> Tables:
    """The tables of these codes, made in two steps each."""
    count = len(codes)
    columns, dropped = padded(codes), empty(count)
    offsets = np.zeros((TABLES, KEYS + 1), np.int32)
    beside, placed = np.zeros(TABLES * count + PIECE_LANES, np.uint16), empty(TABLES * count)
    for table in range(TABLES):
        fill, drops = offsets[table].copy(), 0
        steps = ((0, count // 2), (count // 2, count))
        for low, high in steps:
            count_keys(columns, slots, thresholds, job, table, low, high, fill)
        offsets[table] = np.cumsum(fill)
        fill = offsets[table].copy()
        for low, high in steps:
            drops = file_codes(columns, slots, thresholds, job, table, low, high, fill, beside, placed, dropped, drops)
        assert drops == count - offsets[table, -1]
    return offsets, beside, placed


def contents(
    offsets: NDArray[np.int32], beside: NDArray[np.uint16], placed: NDArray[np.int32], table: int
) -> dict[int, list[tuple[int, int]]]:
    base = table * (len(placed) // TABLES)
    found = {}
    for key in np.flatnonzero(np.diff(offsets[table])).tolist():
        part = slice(base + int(offsets[table, key]), base + int(offsets[table, key + 1]))
        found[key] = list(zip(beside[part].tolist(), placed[part].tolist(), strict=True))
    return found


def probe(
    tables: Tables,
    codes: NDArray[np.uint64],
    thresholds: NDArray[np.int32],
    queries: NDArray[np.uint64],
    k: int,
    matched: NDArray[np.int32],
    budget: tuple[int, int] = (1 << 40, 1 << 40),
) -> tuple[int, NDArray[np.int64]]:
    masks = [sum(1 << bit for bit in bits) for size in range(k + 1) for bits in combinations(range(16), size)]
    flips, counts = np.array(masks, np.int32), np.array([mask.bit_count() for mask in masks], np.int32)
    budgets = np.tile(np.array(budget, np.int64), (len(queries), 1))
    found = probe_tables(*tables, flips, counts, padded(codes), thresholds, queries, budgets, matched, 0)
    return found, budgets


def test_the_ring_lemma_holds_for_the_pieces_of_random_near_codes() -> None:
    """What the tables rest on: from some piece on, each m pieces in a row are at most m c / 16 apart."""
    random = np.random.default_rng(5)
    for _ in range(300):
        cutoff = int(random.integers(0, 64))
        bits = random.choice(256, cutoff, replace=False)
        apart = [piece(sum(1 << int(bit) for bit in bits), table).bit_count() for table in range(TABLES)] * 2
        assert any(
            all(sum(apart[first : first + m]) * TABLES <= m * cutoff for m in range(1, TABLES + 1))
            for first in range(TABLES)
        )
