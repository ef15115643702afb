"""`accuracy-text`: recall of every disguise, false alerts on honest listings, beside two baselines. See README.md."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.accuracy.corpus import shipped
from benchmarks.accuracy.measure import Outcome, Work, measure, names, only, prepare
from benchmarks.accuracy.pack import with_pack
from benchmarks.accuracy.records import metric
from benchmarks.accuracy.scores import Share
from benchmarks.accuracy.showing import shown
from benchmarks.accuracy.systems import Ours, substring, word_list
from benchmarks.records import BenchmarkError, Row


def run(quick: bool, *, pack: str | None = None, show: str | None = None) -> Sequence[Row]:
    """Measure. `pack` is the data pack's folder, used besides what ships; `show` measures one row and prints what went
    wrong in it to stderr.

    Raises:
        BenchmarkError: no such row, or no such folder.
    """
    work = quick_work() if quick and not pack else _work(quick, pack)
    if show:
        if show not in names(work):
            raise BenchmarkError(f"no row is called {show!r}; there are: {', '.join(names(work))}")
        work = only(work, show)
    ours = measure(work, Ours())
    if show:
        print("\n".join(shown(ours)), file=sys.stderr)
    peers = {system.name: measure(work, system) for system in (substring(), word_list())}
    return [row for name, peer in peers.items() for row in _rows(ours, peer, name)]


def quick_work() -> Work:
    """What `--quick` looks at, on shipped data: the regression gate of the tests looks at the same."""
    return prepare(shipped(), cases=60, offers=1500, numbers=900)


def _work(quick: bool, pack: str | None) -> Work:
    corpus = with_pack(shipped(), Path(pack)) if pack else shipped()
    return prepare(corpus, cases=60 if quick else 400, offers=1500 if quick else None, numbers=900 if quick else 5000)


def _rows(ours: Outcome, peer: Outcome, peer_name: str) -> Iterator[Row]:
    for group in ours.work.groups:
        for policy in group.policies:
            name = metric(group, policy)
            yield _share_row(name, peer_name, ours.share(group, policy), peer.share(group, policy))
    if len(ours.work.groups) > 1:
        yield _share_row("recall over all rows", peer_name, ours.recall(), peer.recall())
        yield _share_row("precision at this mix", peer_name, ours.precision(), peer.precision())
    for language, offers in ours.work.honest.items():
        mine, theirs = ours.false_per_thousand(language), peer.false_per_thousand(language)
        yield Row(
            metric=f"false alerts: untouched titles, {language} (n {len(offers)})",
            unit="per 1,000",
            ours=mine,
            peer=theirs,
            peer_name=peer_name,
            ratio=_times(theirs, mine),
        )


def _share_row(name: str, peer_name: str, ours: Share, peer: Share) -> Row:
    low, high = ours.interval
    return Row(
        metric=f"{name} (n {ours.total}, 95 % {low:.3f} to {high:.3f})",
        unit="share",
        ours=ours.value,
        peer=peer.value,
        peer_name=peer_name,
        ratio=_times(ours.value, peer.value),
    )


def _times(better: float, worse: float) -> float:
    """How many times better; 1 where both are nothing."""
    if worse:
        return better / worse
    return math.inf if better else 1.0
