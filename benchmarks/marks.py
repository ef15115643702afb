"""`marks`: what many marks cost. The pack's 10,000, and made ones beside them: see benchmarks/synthetic_marks.py.

Screening 100,000 marks stands beside ahocorasick_rs looking for the exact casefolded marks alone, in the casefolded
texts of the same listings, which it gets decoded and folded, a Python string each: the implementation that it chooses
by itself, without stored patterns, one call a listing, places as numbers. Ours gets the pages' bytes and gives alerts.

The other rows have limits: how much more a listing costs with more marks, what the matching structures take, and how
long one right of a million takes to be put or withdrawn while pages are screened beside it. Each is checked: the next
page alerts for the right that was put, and does not when it is withdrawn.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from ahocorasick_rs import AhoCorasick

from benchmarks.core import one_core
from benchmarks.mark_changes import change_rows
from benchmarks.mark_work import Work
from benchmarks.records import Row
from benchmarks.synthetic_marks import many_marks, mark_rights
from benchmarks.turns import take_turns
from benchmarks.work import PAGE_LISTINGS
from detectors.watchlist import Watchlist, WatchlistBuilder

BASE, PEER = 10_000, 100_000
GROWTH_LIMIT = 3.0
BYTES_LIMIT = 1_000_000_000


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a change is not in force at the next page."""
    count, rounds, sizes = (3_000, 3, (BASE, PEER)) if quick else (10_000, 7, (BASE, PEER, 1_000_000))
    work = Work.of(count)
    beside_peer = _beside_peer(work, rounds)
    names = many_marks(sizes[-1], work.texts, work.pages)
    builders = {size: _builder(names[:size]) for size in sizes}
    watchlists = {size: builder.build() for size, builder in builders.items()}
    with one_core():
        rows = [beside_peer, *(_growth(work, watchlists, size, rounds) for size in sizes[1:])]
    rows.append(_size(watchlists[sizes[-1]], sizes[-1]))
    return [*rows, *change_rows(builders[sizes[-1]], work.bodies, _named(sizes[-1]))]


def _beside_peer(work: Work, rounds: int) -> Row:
    """Before there are more marks: a worker that has 100,000 does not hold a million beside them."""
    names = many_marks(PEER, work.texts, work.pages)
    watchlist = _builder(names).build()
    finder = AhoCorasick([name.casefold() for name in names], store_patterns=False)

    def peer() -> None:
        for text in work.texts:
            finder.find_matches_as_indexes(text)

    with one_core():
        taken = take_turns(lambda: work.screen(watchlist), peer, rounds=rounds, clock=time.process_time)
    count = len(work.texts)
    return Row(
        metric=f"listings screened with {_named(len(names))} marks ({count // 1000} k listings in pages of "
        f"{PAGE_LISTINGS}, {work.screen(watchlist) / count:.2f} matches a listing, one core)",
        unit="listings/s",
        ours=count / taken.ours,
        peer=count / taken.peer,
        peer_name="ahocorasick_rs, the casefolded marks alone in casefolded text",
        ratio=taken.peer / taken.ours,
    )


def _growth(work: Work, watchlists: Mapping[int, Watchlist], size: int, rounds: int) -> Row:
    few, many = watchlists[BASE], watchlists[size]
    taken = take_turns(lambda: work.screen(many), lambda: work.screen(few), rounds=rounds, clock=time.process_time)
    matches = [work.screen(watchlist) / len(work.texts) for watchlist in (many, few)]
    growth = taken.ours / taken.peer
    return Row(
        metric=f"cost of a listing with {_named(size)} marks over that with {_named(BASE)} "
        f"({matches[0]:.2f} and {matches[1]:.2f} matches a listing, one core)",
        unit="times",
        ours=growth,
        peer=GROWTH_LIMIT,
        peer_name="limit: at most",
        ratio=GROWTH_LIMIT / growth,
    )


def _size(watchlist: Watchlist, size: int) -> Row:
    base = watchlist.base
    records = _bytes(base.documents) + _bytes(base.right_ids)
    taken = _bytes(watchlist) - records
    return Row(
        metric=f"matching structures of {_named(size)} marks (the rights' JSON and ids: {records / 1e6:,.0f} MB more)",
        unit="MB",
        ours=taken / 1e6,
        peer=BYTES_LIMIT / 1e6,
        peer_name="limit: at most",
        ratio=BYTES_LIMIT / taken,
    )


def _builder(names: Sequence[str]) -> WatchlistBuilder:
    builder = WatchlistBuilder()
    for revision, right in enumerate(mark_rights(names), 1):
        builder.apply({"revision": revision, "op": "put", "right": right})
    return builder


def _bytes(value: Any) -> int:
    """Of all arrays that are reached."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(_bytes(getattr(value, one.name)) for one in fields(value))
    return sum(map(_bytes, value)) if isinstance(value, tuple) else 0


def _named(count: int) -> str:
    return f"{count // 1_000_000} M" if count >= 1_000_000 else f"{count // 1000} k"
