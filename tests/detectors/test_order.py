"""The hits of several searches as one: the kernel against its twin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.finding import room_for
from detectors.kernels.near import Found
from detectors.kernels.order import put_in_order
from tests.detectors import naive
from tests.detectors.naive import Hit

hits = st.lists(st.builds(Hit, *[st.integers(0, 5)] * 5), max_size=6)
searches = st.lists(st.tuples(hits, st.lists(st.integers(0, 20), min_size=6, max_size=6)), min_size=1, max_size=3)


@given(searches)
def test_hits_of_several_searches_are_put_in_order_as_the_twin_does(
    searches: Sequence[tuple[list[Hit], list[int]]],
) -> None:
    parts = [_columns(hits) for hits, _ in searches]
    order = np.concatenate([part.symbols for part in parts]).argsort(kind="stable")
    ordered, kinds, first, numbered = room_for(len(order)), np.empty(len(order), np.uint8), 0, 0
    for part, (hits, kinds_of) in zip(parts, searches, strict=True):
        put_in_order(order, first, part, np.array(kinds_of, np.uint8), numbered, ordered, kinds)
        first, numbered = first + len(hits), numbered + len(kinds_of)
    rows = [Hit(*row) for row in zip(*(column.tolist() for column in ordered), strict=True)]
    assert list(zip(rows, kinds.tolist(), strict=True)) == naive.in_order(searches)


def _columns(hits: list[Hit]) -> Found:
    rows = [(hit.field, hit.symbol, hit.length, hit.pattern, hit.bits) for hit in hits]
    *places, bits = np.array(rows, np.int32).reshape(-1, 5).T
    fields, symbols, lengths, patterns = (column.copy() for column in places)
    return Found(fields, symbols, lengths, patterns, bits.astype(np.uint32))
