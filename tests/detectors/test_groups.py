"""From hits to groups of a listing and a right: the kernels against their twins."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.kernels import codes
from detectors.kernels.groups import SIMILAR_ONLY, decide_groups, find_groups
from detectors.kernels.owners import find_owners
from tests.detectors import naive_groups
from tests.detectors.floor import right, watchlist

TEXTS = 4
texts = st.integers(0, TEXTS - 1)
owners = st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=TEXTS, max_size=TEXTS)


@given(st.lists(texts, min_size=1, max_size=6), owners, st.data(), st.integers(0, 30))
def test_each_pattern_has_the_owners_that_the_twin_finds(
    sources: list[int], owners: list[list[int]], data: st.DataObject, room: int
) -> None:
    patterns = data.draw(st.lists(st.integers(0, len(sources) - 1), max_size=8))
    places, rights, texts = np.zeros(room, np.int64), np.zeros(room, np.int32), np.zeros(room, np.int32)
    count = find_owners(
        np.array(patterns, np.int32), np.array(sources, np.int32),
        np.array([0, *accumulate(map(len, owners))], np.int32), np.array([*chain(*owners)], np.int32),
        places, rights, texts,
    )  # fmt: skip
    expected = naive_groups.owned(patterns, sources, owners)
    filled = zip(places[:count].tolist(), rights[:count].tolist(), texts[:count].tolist(), strict=True)
    assert (count, list(filled)) == (len(expected), expected[:room])


def test_a_mark_of_very_many_rights_has_them_all_and_a_phrase_has_none() -> None:
    marks = {299: ["replica"]}  # counterfeit wording by the rules, too: two patterns of one text
    held = watchlist(*(right(f"R{number:04}", marks=marks.get(number, ["ZORBAX"])) for number in range(300)))
    patterns = np.arange(len(held.patterns.sources), dtype=np.int32)
    places, rights, _ = held.owners(patterns)
    assert sorted(rights.tolist()) == list(range(300))
    assert set(held.patterns.kinds[places].tolist()) == {codes.MARK}


BITS = (0, codes.WIDTH, codes.WEAK, codes.WEAK | codes.LIKELY, codes.STRONG, codes.LEET)
CONTEXT = (
    0, codes.IN_CODED_CLAUSE, codes.IN_CODED_LISTING, codes.COMPATIBLE_USE, codes.COMPATIBLE_USE | codes.DENIED,
    codes.IN_DOMAIN, codes.IN_CONTACT_LISTING,
)  # fmt: skip
keyed = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(BITS), st.sampled_from(CONTEXT)), max_size=12).map(sorted)


@given(keyed, st.randoms(use_true_random=False))
def test_groups_say_what_the_twin_says(keyed: list[tuple[int, int, int]], random: object) -> None:
    rows = list(range(len(keyed)))
    random.shuffle(rows)  # type: ignore[attr-defined]
    bits, context = np.zeros(len(rows), np.uint32), np.zeros(len(rows), np.uint8)
    for row, (_, of_bits, of_context) in zip(rows, keyed, strict=True):
        bits[row], context[row] = of_bits, of_context
    keys = np.array([key for key, _, _ in keyed], np.int64)
    starts, said = np.empty(len(keys) + 1, np.int64), np.empty(len(keys), np.uint8)
    count = find_groups(keys, np.array(rows, np.int64), bits, context, starts, said)
    expected = naive_groups.grouped(keys.tolist(), [(of_bits, of_context) for _, of_bits, of_context in keyed])
    assert list(zip(starts[:count].tolist(), said[:count].tolist(), strict=True)) == expected
    assert starts[count] == len(keys)


LISTINGS, MARKETS, SETS = 3, 2, 2
days = st.integers(0, 3)
rights = st.lists(
    st.builds(naive_groups.Right, days, days, st.integers(0, SETS - 1), st.booleans(), st.booleans(), st.booleans()),
    min_size=1,
    max_size=5,
)
tables = st.lists(st.lists(st.booleans(), min_size=SETS, max_size=SETS), min_size=MARKETS, max_size=MARKETS)


@given(
    rights,
    days,
    st.lists(st.booleans(), min_size=LISTINGS, max_size=LISTINGS),
    st.lists(st.integers(0, MARKETS - 1), min_size=LISTINGS, max_size=LISTINGS),
    tables,
    st.data(),
)
def test_groups_are_decided_as_the_twin_decides_them(
    rights: list[naive_groups.Right],
    day: int,
    known: list[bool],
    markets: list[int],
    covered: list[list[bool]],
    data: st.DataObject,
) -> None:
    group = st.tuples(st.integers(0, 7), st.integers(0, LISTINGS - 1), st.integers(0, len(rights) - 1))
    groups = data.draw(st.lists(group, max_size=8))
    said, listings, owners = np.array(groups, np.int32).reshape(-1, 3).T
    reasons, tally = np.empty(len(groups), np.uint8), np.zeros(SIMILAR_ONLY + 1, np.int64)
    seam = data.draw(st.integers(0, len(rights)))
    for first, part in ((0, rights[:seam]), (seam, rights[seam:])):  # two segments
        columns = np.array(part, np.int32).reshape(-1, len(naive_groups.Right._fields)).T.copy()
        is_true = columns[3:].astype(np.bool_)
        decide_groups(
            said.astype(np.uint8), listings.copy(), owners.copy(), first, columns[0], columns[1], columns[2],
            is_true[0], is_true[1], is_true[2], day, np.array(known, np.bool_), np.array(markets, np.int32),
            np.array(covered, np.bool_), reasons, tally,
        )  # fmt: skip
    expected = [
        naive_groups.decided(of_group, rights[owner], day, known[listing], covered[markets[listing]])
        for of_group, listing, owner in groups
    ]
    assert reasons.tolist() == expected
    assert tally.tolist() == [Counter(expected)[reason] for reason in range(SIMILAR_ONLY + 1)]
