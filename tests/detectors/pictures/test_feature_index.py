"""The index over local features: what shares a bucket is found once, changes count at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.kernels.lookup import bucket, look_up, scan
from detectors.pictures.feature_index import FeatureIndex, Queries, Tables, joined
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


def named(index: FeatureIndex[int], asked: Queries) -> list[int]:
    return [one.key for one in index.candidates(asked, 2, 1.0)]


def test_a_copy_is_the_first_candidate_and_comes_with_its_blobs() -> None:
    index = FeatureIndex.of({f"picture {seed}": features(seed) for seed in range(20)})
    found = index.candidates(queries(features(99), copy_of(features(7), 1)), 3, 1.0)
    assert found[0].key == "picture 7"
    assert not found[0].is_mirror
    assert np.array_equal(found[0].features.codes, features(7).codes)


def test_blobs_of_the_mirror_image_vote_for_the_mirror() -> None:
    index = FeatureIndex.of({1: features(1)})
    asked = Queries(joined([features(5), copy_of(features(1), 3)]), 60)
    assert [one.is_mirror for one in index.candidates(asked, 3, 1.0)] == [True]


def test_blobs_that_agree_on_no_place_are_few_votes() -> None:
    own = features(3)
    moved = Features(np.random.default_rng(8).permutation(own.places), own.codes)
    index = FeatureIndex.of({1: own})
    together = index.candidates(queries(copy_of(own, 2)), 1, 0.1)[0].votes
    apart = index.candidates(queries(moved), 1, 0.1)[0].votes
    assert apart < together / 2


def test_changes_count_at_once_and_leave_what_was_there_before() -> None:
    others = {seed: features(seed) for seed in range(10, 30)}  # enough that one change more is no reason for a new base
    nothing = FeatureIndex.of(others)
    put = nothing.changed({1: features(1)})
    gone = put.changed({}, [1])
    back = gone.changed({1: features(1)})
    assert [named(one, queries(features(1))) for one in (nothing, put, gone, back)] == [[], [1], [], [1]]


def test_a_picture_of_the_base_can_be_withdrawn_and_replaced() -> None:
    index = FeatureIndex.of({seed: features(seed) for seed in range(20)})
    withdrawn, replaced = index.changed({}, [7]), index.changed({7: features(99)})
    assert named(withdrawn, queries(features(7))) == []
    assert named(replaced, queries(features(7))) == []
    assert named(replaced, queries(features(99))) == [7]


def test_withdrawing_what_is_not_there_changes_nothing() -> None:
    index = FeatureIndex.of({1: features(1)}).changed({}, [5])
    assert named(index, queries(features(1))) == [1]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=25))
@settings(max_examples=20)
def test_many_changes_leave_what_one_would(steps: list[tuple[int, bool]]) -> None:
    index: FeatureIndex[int] = FeatureIndex.of({})
    held: dict[int, Features] = {}
    for seed, is_put in steps:
        index = index.changed({seed: features(seed)} if is_put else {}, [] if is_put else [seed])
        held.pop(seed, None)
        held |= {seed: features(seed)} if is_put else {}
    asked = queries(*(copy_of(features(seed), seed) for seed in range(10)))
    votes = [
        {one.key: round(one.votes, 9) for one in index.candidates(asked, 10, 0.0)}
        for index in (index, FeatureIndex.of(held))
    ]
    assert votes[0] == votes[1]
    assert votes[0].keys() == held.keys()


def test_tables_find_what_a_scan_finds() -> None:
    plain = FeatureIndex.of({seed: features(seed) for seed in range(30)})
    tables = replace(plain, base=replace(plain.base, tables=Tables.over(plain.base.features.codes)))
    asked = queries(copy_of(features(11), 4))
    assert [named(one, asked)[0] for one in (plain, tables)] == [11, 11]
