"""`hostile`: a million listings written to make screening raise or take long, and what each kind takes.

The listings come in pages of one kind each. A page's time per code point is that of its bytes as received; what is slow
at first is timed twice more and the best counts, so that nothing else on the machine is blamed on an input.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from statistics import median

from benchmarks.core import one_core
from benchmarks.hostile.listings import Kind, kinds
from benchmarks.hostile.rights import hostile_rights
from benchmarks.hostile.texts import Material
from benchmarks.pipeline import compile_rights
from benchmarks.records import Row
from detectors.decode import is_blank
from detectors.records import Page
from detectors.watchlist import Watchlist
from streams.pipeline import screen_page

SEED = 20261124
LISTINGS, QUICK = 1_000_000, 40_000
TIMES_MEDIAN = 50  # no input may be slower, per code point
ROUNDS = 3  # the best of so many counts, for what is slow
SLOW = 3  # times the median so far
OBSERVED_AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(slots=True)
class Tally:
    """What came of the pages so far: problems, listings, and for each kind the seconds per code point of its pages."""

    listings: int = 0
    exceptions: int = 0
    lost: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def middle(self) -> float:
        """The median of all pages' seconds per code point; 0 while there are none."""
        return median([one for pages in self.seconds.values() for one in pages] or [0.0])


def run(quick: bool) -> Sequence[Row]:
    """Measure."""
    tally = attack(QUICK if quick else LISTINGS)
    size = f"{tally.listings // 1000} k listings"
    problems = [
        (f"exceptions ({size})", tally.exceptions),
        (f"lines neither listing nor dead letter ({size})", tally.lost),
    ]
    return [*(_none_allowed(metric, count) for metric, count in problems), *_times(tally.seconds, tally.middle)]


def attack(listings: int) -> Tally:
    """Screens pages of every kind in turn until there were so many listings."""
    tally, material = Tally(), Material()
    with one_core():
        watchlist = compile_rights(hostile_rights())
        pages = {kind: kind.pages(Random(f"{SEED} {kind.name}"), material) for kind in kinds()}
        while tally.listings < listings:
            for kind, bodies in pages.items():
                if kind.size[0] > 1 and len(tally.seconds.get(kind.name, ())) >= ROUNDS:
                    continue  # a few pages of long texts are as many code points as all the others
                _screen(kind, *next(bodies), watchlist, tally)
    return tally


def _screen(kind: Kind, body: bytes, lines: int, watchlist: Watchlist, tally: Tally) -> None:
    tally.listings += lines
    size = len(body.decode("utf-8", "replace"))
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        try:
            screening = screen_page(Page(body, OBSERVED_AT), watchlist)
        except Exception:  # noqa: BLE001  # whatever it is, it is what is counted
            tally.exceptions += 1
            print(f"{kind.name}: {traceback.format_exc()}", file=sys.stderr)
            return
        best = min(best, (time.process_time() - start) / size)
        if best < SLOW * tally.middle:
            break
    blank = sum(map(is_blank, body.split(b"\n")))
    tally.lost += lines - blank - screening.listings - len(screening.dead_letters)
    tally.seconds.setdefault(kind.name, []).append(best)


def _none_allowed(metric: str, count: int) -> Row:
    return Row(metric=metric, unit="of them", ours=count, peer=0, peer_name="limit: none", ratio=float(count == 0))


def _times(seconds: Mapping[str, Sequence[float]], middle: float) -> list[Row]:
    """The slowest page of every kind, slowest kind first."""
    slowest = sorted(((max(pages), name) for name, pages in seconds.items()), reverse=True)
    limit = TIMES_MEDIAN * middle
    return [
        Row(
            metric=f"slowest page: {name}",
            unit="ns/code point",
            ours=1e9 * worst,
            peer=1e9 * limit,
            peer_name=f"limit: {TIMES_MEDIAN} times the median of all pages",
            ratio=limit / worst,
        )
        for worst, name in slowest
    ]
