"""`accuracy-pictures`: recall of edits and of pairs of them, false matches, beside whole-picture PDQ. See README.md."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.accuracy.scores import Share
from benchmarks.pictures.corpus import Corpus, of_pack, shipped
from benchmarks.pictures.cost import cost_rows
from benchmarks.pictures.measure import Outcome, Work, measure, prepare, rows
from benchmarks.pictures.systems import Ours, WholePdq
from benchmarks.records import BenchmarkError, Row

MOST_SHOWN = 60


def run(quick: bool, *, pack: str | None = None, show: str | None = None) -> Sequence[Row]:
    """Measure. `pack` is the data pack's folder, used instead of what ships; `show` names a row whose misses are
    printed to stderr; "false" prints the false matches.

    Raises:
        BenchmarkError: no such row, or no such folder.
    """
    work = quick_work() if quick and not pack else _work(quick, pack)
    table = rows(work)
    if show and show not in {*table, "false"}:
        raise BenchmarkError(f"no row is called {show!r}; there are: false, {', '.join(table)}")
    system = Ours()
    ours, peer = measure(work, system), measure(work, WholePdq())
    if show:
        print("\n".join(shown(ours, show)), file=sys.stderr)
    return [
        *(_share_row(name, ours.recall(cases), peer.recall(cases)) for name, cases in table.items() if cases),
        _false_row(ours, peer),
        *cost_rows(work, system),
    ]


def quick_work() -> Work:
    """What `--quick` looks at, on shipped data: the regression gate of the tests looks at the same."""
    return prepare(shipped(), singles=8, pair_cases=1, every=5)


def _work(quick: bool, folder: str | None) -> Work:
    corpus: Corpus = of_pack(Path(folder)) if folder else shipped()
    return prepare(corpus, singles=8 if quick else 60, pair_cases=1 if quick else 3, every=5 if quick else 1)


def _share_row(name: str, ours: Share, peer: Share) -> Row:
    low, high = ours.interval
    return Row(
        metric=f"found: {name} (n {ours.total}, 95 % {low:.3f} to {high:.3f})",
        unit="share",
        ours=ours.value,
        peer=peer.value,
        peer_name=WholePdq.name,
        ratio=_times(ours.value, peer.value),
    )


def _false_row(ours: Outcome, peer: Outcome) -> Row:
    mine, theirs = len(list(ours.false_matches())), len(list(peer.false_matches()))
    return Row(
        metric=f"false matches of {ours.unrelated_pairs:,} unrelated pairs",
        unit="pairs",
        ours=mine,
        peer=theirs,
        peer_name=WholePdq.name,
        ratio=_times(theirs, mine),
    )


def _times(better: float, worse: float) -> float:
    """How many times better; 1 where both are nothing."""
    if worse:
        return better / worse
    return math.inf if better else 1.0


def shown(outcome: Outcome, row: str) -> Iterator[str]:
    """Lines on what went wrong in a row."""
    if row == "false":
        for case, picture in list(outcome.false_matches())[:MOST_SHOWN]:
            yield f"{' + '.join(case.edits) or 'untouched'}: {case.picture.path.name} taken for {picture.path.name}"
        return
    cases = rows(outcome.work)[row]
    for number in [number for number in cases if not outcome.is_found(number)][:MOST_SHOWN]:
        case = outcome.work.cases[number]
        yield f"{' + '.join(case.edits)}: {case.picture.path.name} not found"
