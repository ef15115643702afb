"""The index over local features: what shares a bucket is found once, changes count at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.kernels.lookup import bucket, look_up, scan
from detectors.pictures.feature_index import FeatureIndex, Queries, Segment, Tables, joined
from detectors.pictures.features import Features
from tests.detectors.pictures import naive_features as naive

SEEDS = st.integers(0, 2**32 - 1)


def features(seed: int, count: int = 60) -> Features:
    random = np.random.default_rng(seed)
    places = np.column_stack([random.uniform(0, 300, (count, 2)), random.uniform(2, 20, count)])
    return Features(places.astype(np.float32), random.integers(0, 2**64, (count, 4), np.uint64))


def near(codes: NDArray[np.uint64], seed: int, flips: int = 12) -> NDArray[np.uint64]:
    """The codes with some bits changed."""
    out, random = codes.copy(), np.random.default_rng(seed)
    for row in out:
        for bit in random.choice(256, flips, replace=False):
            row[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return out


def queries(*parts: Features) -> Queries:
    found = joined(parts)
    return Queries(found, len(found))


def copy_of(own: Features, seed: int) -> Features:
    """The blobs in a picture twice as large, a little away."""
    return Features(own.places * 2 + np.array([20, 30, 0], np.float32), near(own.codes, seed))


def pairs(hits: NDArray[np.int32]) -> list[tuple[int, int]]:
    return sorted(map(tuple, hits.tolist()))


@given(SEEDS)
@settings(max_examples=20)
def test_a_scan_finds_every_pair_within_the_distance(seed: int) -> None:
    codes = features(seed).codes
    wanted = near(codes, seed)
    hits = np.empty((9999, 2), np.int32)
    found = hits[: scan(wanted, codes, 100, hits)]
    assert pairs(found) == sorted(zip(*np.nonzero(naive.distances(wanted, codes) <= 100), strict=True))


@given(SEEDS)
@settings(max_examples=20)
def test_a_look_up_finds_each_pair_that_shares_a_bucket_once(seed: int) -> None:
    codes = np.concatenate([features(seed).codes] * 2)
    wanted, tables = near(codes, seed, 20), Tables.over(codes)
    hits = np.empty((9999, 2), np.int32)
    found = hits[: look_up(wanted, codes, tables.positions, tables.starts, tables.members, 40, hits)]
    shared = [
        (q, row)
        for q, row in zip(*np.nonzero(naive.distances(wanted, codes) <= 40), strict=True)
        if any(
            all(
                wanted[q, at // 64] >> np.uint64(at % 64) & np.uint64(1)
                == codes[row, at // 64] >> np.uint64(at % 64) & np.uint64(1)
                for at in positions
            )
            for positions in tables.positions
        )
    ]
    assert pairs(found) == sorted(shared)


def test_hits_stop_where_the_room_does() -> None:
    codes = np.zeros((50, 4), np.uint64)
    assert scan(codes, codes, 10, np.empty((7, 2), np.int32)) == 7


def test_every_row_is_in_its_bucket_of_every_table() -> None:
    codes = features(1, 500).codes
    tables = Tables.over(codes)
    for table in range(len(tables.positions)):
        assert sorted(tables.members[table].tolist()) == list(range(500))
        for key in range(tables.starts.shape[1] - 1):
            for row in tables.members[table, tables.starts[table, key] : tables.starts[table, key + 1]]:
                assert bucket(codes, row, tables.positions, table) == key


def test_a_copy_is_the_first_candidate() -> None:
    index: FeatureIndex[str] = FeatureIndex()
    for seed in range(20):
        index.put(f"picture {seed}", features(seed))
    found = index.candidates(queries(features(99), copy_of(features(7), 1)), 3, 1.0)
    assert found[0].key == "picture 7"
    assert not found[0].is_mirror


def test_blobs_of_the_mirror_image_vote_for_the_mirror() -> None:
    index: FeatureIndex[int] = FeatureIndex()
    index.put(1, features(1))
    asked = Queries(joined([features(5), copy_of(features(1), 3)]), 60)
    assert [one.is_mirror for one in index.candidates(asked, 3, 1.0)] == [True]


def test_blobs_that_agree_on_no_place_are_few_votes() -> None:
    own = features(3)
    moved = Features(np.random.default_rng(8).permutation(own.places), own.codes)
    index: FeatureIndex[int] = FeatureIndex()
    index.put(1, own)
    together = index.candidates(queries(copy_of(own, 2)), 1, 0.1)[0].votes
    apart = index.candidates(queries(moved), 1, 0.1)[0].votes
    assert apart < together / 2


def test_changes_count_at_once_and_after_compacting() -> None:
    index: FeatureIndex[int] = FeatureIndex()
    seen = []

    def look() -> None:
        seen.append([one.key for one in index.candidates(queries(features(1)), 2, 1.0)])

    look()
    index.put(1, features(1))
    look()
    index.compact()
    look()
    index.withdraw(1)
    look()
    index.compact()
    look()
    index.put(1, features(1))
    look()
    assert seen == [[], [1], [1], [], [], [1]]


def test_replacing_a_compacted_picture_leaves_one() -> None:
    index: FeatureIndex[int] = FeatureIndex()
    index.put(1, features(1))
    index.compact()
    index.put(1, features(2))
    assert index.candidates(queries(features(1)), 2, 1.0) == []
    assert [one.key for one in index.candidates(queries(features(2)), 2, 1.0)] == [1]


def test_withdrawing_what_is_not_there_changes_nothing() -> None:
    index: FeatureIndex[int] = FeatureIndex()
    index.withdraw(5)
    index.put(1, features(1))
    assert [one.key for one in index.candidates(queries(features(1)), 2, 1.0)] == [1]


def test_tables_find_what_a_scan_finds() -> None:
    pictures = {seed: features(seed) for seed in range(30)}
    plain = Segment.of(pictures)
    tables = Segment(plain.keys, plain.features, plain.owners, Tables.over(plain.features.codes))
    asked = queries(copy_of(features(11), 4))
    assert [next(iter(one.candidates(asked))).key for one in (plain, tables)] == [11, 11]
