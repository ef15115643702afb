"""The fingerprint index: the pairs that looking at every pair gives, whatever the codes, at every moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.kernels.jit import KERNELS
from detectors.pictures import index_tiers
from detectors.pictures.index import FingerprintIndex, Matches
from detectors.pictures.index_parts import Segment
from tests.detectors.pictures.code_sets import SETS, queries_for, random_codes

DATA = Path(__file__).parent / "data" / "hashes"
MAKERS = pytest.mark.parametrize("make", SETS.values(), ids=SETS)
Codes = NDArray[np.uint64]
Pairs = set[tuple[int, int, int]]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are made of a few entries, so that few entries meet all parts."""
    monkeypatch.setattr(index_tiers, "BLOCK", 64)
    monkeypatch.setattr(index_tiers, "WIDE_BLOCK", 128)


def published(name: str) -> Codes:
    lines = (DATA / name).read_text("ascii").split()
    return np.array([np.frombuffer(bytes.fromhex(line), np.uint64) for line in lines])


def filled(codes: Codes, thresholds: object = 31) -> FingerprintIndex:
    index = FingerprintIndex(reserve=1024)
    index.add(codes, np.arange(len(codes)), thresholds)  # type: ignore[arg-type]
    return index


def pairs(matches: Matches) -> Pairs:
    found = list(zip(matches.queries.tolist(), matches.labels.tolist(), matches.distances.tolist(), strict=True))
    assert len(set(found)) == len(found)
    return set(found)


def faiss_pairs(codes: Codes, queries: Codes, thresholds: NDArray[np.int64]) -> Pairs:
    """What IndexBinaryFlat finds within the widest threshold, less what is beyond the code's own."""
    flat = faiss.IndexBinaryFlat(256)
    flat.add(codes.view(np.uint8))
    limits, distances, places = flat.range_search(
        np.ascontiguousarray(queries).view(np.uint8), int(thresholds.max()) + 1
    )
    rows = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
    found = zip(rows.tolist(), places.tolist(), distances.astype(np.int64).tolist(), strict=True)
    return {pair for pair in found if pair[2] <= thresholds[pair[1]]}


@pytest.mark.parametrize(
    ("distance", "expected"), [(0, 50), (15, 151), (30, 250), (31, 250), (32, 250), (47, 287), (63, 352), (96, 365)]
)
def test_published_needles_in_the_published_haystack(distance: int, expected: int, small_blocks: None) -> None:
    assert len(filled(published("haystack.txt"), distance).search(published("needles.txt"))) == expected


@pytest.mark.parametrize(
    ("distance", "expected"), [(15, 251), (31, 857), (32, 961), (47, 2001), (63, 3221), (64, 3367), (96, 7481)]
)
def test_pairs_within_the_published_haystack(distance: int, expected: int, small_blocks: None) -> None:
    haystack = published("haystack.txt")
    matches = filled(haystack, distance).search(haystack)
    assert np.count_nonzero(matches.queries < matches.labels) == expected


@MAKERS
@pytest.mark.parametrize("is_settled", [False, True])
def test_the_same_pairs_as_faiss(make: Callable[..., Codes], is_settled: bool, small_blocks: None) -> None:
    random = np.random.default_rng(1)
    codes = make(random, 1200)
    thresholds = random.choice([0, 12, 15, 16, 30, 31, 32, 47, 48, 90], len(codes))
    index = filled(codes, thresholds)
    if is_settled:
        index.settle()
    queries = queries_for(random, codes, 300)
    assert pairs(index.search(queries)) == faiss_pairs(codes, queries, thresholds)


@MAKERS
def test_the_same_pairs_as_faiss_in_blocks_of_the_service_s_size(make: Callable[..., Codes]) -> None:
    random = np.random.default_rng(2)
    codes = make(random, 70_000)
    index = filled(codes)
    index.settle()
    queries = queries_for(random, codes, 16)
    assert pairs(index.search(queries)) == faiss_pairs(codes, queries, np.full(len(codes), 31))


@MAKERS
def test_a_mask_over_all_codes_changes_nothing(make: Callable[..., Codes], small_blocks: None) -> None:
    random = np.random.default_rng(3)
    codes = make(random, 500)
    queries, mask = queries_for(random, codes, 60), random_codes(random, 1)
    assert pairs(filled(codes ^ mask).search(queries ^ mask)) == pairs(filled(codes).search(queries))


@MAKERS
def test_the_order_of_the_bits_changes_nothing(make: Callable[..., Codes], small_blocks: None) -> None:
    random = np.random.default_rng(4)
    codes = make(random, 500)
    queries, order = queries_for(random, codes, 60), random.permutation(256)

    def permuted(rows: Codes) -> Codes:
        bits = np.unpackbits(rows.view(np.uint8), axis=1)
        return np.packbits(np.ascontiguousarray(bits[:, order]), axis=1).view(np.uint64)

    assert pairs(filled(permuted(codes)).search(permuted(queries))) == pairs(filled(codes).search(queries))


def test_matches_come_by_query_then_distance_then_entry(small_blocks: None) -> None:
    random = np.random.default_rng(5)
    codes = SETS["all near one"](random, 400)
    matches = filled(codes).search(codes[:300])
    rows = list(zip(matches.queries.tolist(), matches.distances.tolist(), matches.entries.tolist(), strict=True))
    assert rows == sorted(rows)
    assert len(rows) > 10_000


def test_each_of_equal_entries_comes_back() -> None:
    index = FingerprintIndex(reserve=16)
    entries = index.add(np.ones((40, 4), np.uint64), 7, 0)
    matches = index.search(np.ones((1, 4), np.uint64))
    assert matches.entries.tolist() == sorted(entries.tolist())
    assert matches.labels.tolist() == [7] * 40


def test_an_empty_index_and_one_of_one_entry() -> None:
    index = FingerprintIndex(reserve=16)
    code = np.array([[1, 2, 3, 4]], np.uint64)
    assert len(index.search(code)) == 0
    index.add(code, 5, 0)
    assert index.search(code).labels.tolist() == [5]
    assert len(index.search(np.empty((0, 4), np.uint64))) == 0


def test_read_only_codes_may_be_asked_for() -> None:
    codes = np.frombuffer(bytes(64), np.uint64).reshape(2, 4)
    assert len(filled(codes).search(codes)) == 4


def test_withdrawn_places_are_used_again(small_blocks: None) -> None:
    random = np.random.default_rng(6)
    index, highest = FingerprintIndex(reserve=16), 0
    for threshold in (15, 31, 47, 90) * 10:
        entries = index.add(random_codes(random, 200), 0, threshold)
        index.withdraw(entries)
        index.settle()
        highest = max(highest, int(entries.max()))
    assert len(index) == 0
    assert highest < 2000  # of 8,000 that were added


@pytest.mark.parametrize("entries", [[99], [-1], [0, 0], [3]])
def test_what_is_not_held_cannot_be_withdrawn(entries: list[int]) -> None:
    index = filled(np.zeros((10, 4), np.uint64))
    index.withdraw([3])
    with pytest.raises(ValueError, match="not held"):
        index.withdraw(entries)
    assert len(index) == 9


@pytest.mark.parametrize("threshold", [-1, 256])
def test_a_threshold_that_is_none_is_refused(threshold: int) -> None:
    index = FingerprintIndex(reserve=16)
    with pytest.raises(ValueError, match="0 to 255 bits"):
        index.add(np.zeros((2, 4), np.uint64), 0, [31, threshold])
    assert len(index) == 0


def test_codes_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="uint64"):
        FingerprintIndex(reserve=16).search(np.zeros((2, 5), np.uint64))


def test_queries_beside_changes_find_what_stays_and_nothing_that_never_was(small_blocks: None) -> None:
    random = np.random.default_rng(7)
    stays, other = random_codes(random, 500), random_codes(random, 4000)
    index = filled(stays)
    is_over = threading.Event()
    wrong: list[Pairs] = []

    def ask() -> None:
        queries = np.concatenate((stays[:50], ~other[:50]))
        while not is_over.is_set():
            found = pairs(index.search(queries))
            if found != {(row, row, 0) for row in range(50)}:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for part in np.split(other, 20):
        index.withdraw(index.add(part, -1, 31))
    is_over.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_parts_may_be_memory_mapped_and_nothing_is_compiled_anew(tmp_path: Path, small_blocks: None) -> None:
    random = np.random.default_rng(9)
    codes = SETS["clustered"](random, 300)
    index = filled(codes)
    index.settle()
    queries = queries_for(random, codes, 40)
    before, compiled = pairs(index.search(queries)), signatures()
    index._columns.words = mapped(index._columns.words, tmp_path / "words")
    for tier in index._tiers:
        tier.segments = [
            Segment(*(mapped(getattr(part, name), tmp_path / name) for name in ("offsets", "beside", "slots")))
            for part in tier.segments
        ]
    assert pairs(index.search(queries)) == before
    assert signatures() == compiled


def mapped(array: NDArray[Any], path: Path) -> NDArray[Any]:
    """The array out of a file, as workers would share it: a page is copied only when it is written."""
    array.tofile(path)
    return np.asarray(np.memmap(path, array.dtype, "c", shape=array.shape))


def signatures() -> dict[str, int]:
    return {name: len(getattr(dispatcher, "signatures", ())) for name, dispatcher in KERNELS.items()}
