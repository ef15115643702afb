"""How long one right takes to be put or withdrawn, while a thread screens page after page as a worker does."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

import orjson

from benchmarks.records import BenchmarkError, Row
from benchmarks.work import OBSERVED_AT
from detectors.records import Page
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.pipeline import screen_page

LIMIT_MS = 10.0
CHANGES = 200
PAGES_BEFORE = 100
MARK = "Zorvequix"  # in no listing and near none
RIGHT = {"right_id": "NEW", "kind": "trademark", "marks": [MARK], "policy": "any_use"}


@dataclass(slots=True)
class Screener:
    """Screens the bodies again and again with what is in force."""

    in_force: Watchlist
    bodies: Sequence[bytes]
    milliseconds: list[float] = field(default_factory=list)
    stopped: bool = False

    def run(self) -> None:
        for body in itertools.cycle(self.bodies):
            if self.stopped:
                return
            page = Page(body, OBSERVED_AT)
            self.milliseconds.append(_timed(partial(screen_page, page, self.in_force)))


def change_rows(builder: WatchlistBuilder, bodies: Sequence[bytes], size: str) -> Iterator[Row]:
    """Rights are put one by one, then others withdrawn one by one; `size`: how many marks there are.

    Raises:
        BenchmarkError: the page after the last right was put does not alert for it, or alerts once it is withdrawn.
    """
    screener = Screener(builder.update(), bodies)
    thread = threading.Thread(target=screener.run)
    thread.start()
    try:
        while len(screener.milliseconds) < PAGES_BEFORE:
            time.sleep(0.01)
        before = len(screener.milliseconds)
        fillers = (
            {**RIGHT, "right_id": f"NEW-{number}", "marks": [f"{MARK} {number}"]} for number in range(CHANGES - 1)
        )
        put = [_changed(builder, screener, {"op": "put", "right": right}) for right in (*fillers, RIGHT)]
        _check(screener.in_force, is_alerting=True)
        gone = (*(f"MARK-{number * 37:07d}" for number in range(CHANGES - 1)), "NEW")
        withdrawn = [_changed(builder, screener, {"op": "withdraw", "right_id": right_id}) for right_id in gone]
        _check(screener.in_force, is_alerting=False)
    finally:
        screener.stopped = True
        thread.join()
    for name, taken in (("put", put), ("withdrawn", withdrawn)):
        for what, milliseconds in (("p50", median(taken)), (f"worst of {CHANGES}", max(taken))):
            yield _limited(f"a right {name} among {size} while pages are screened, {what}", milliseconds)
    usual, during = median(screener.milliseconds[:before]), max(screener.milliseconds[before:])
    yield Row(
        metric=f"the slowest page while {CHANGES} rights are put and as many withdrawn among {size}",
        unit="ms",
        ours=during,
        peer=usual,
        peer_name="the median page before",
        ratio=usual / during,
    )


def _changed(builder: WatchlistBuilder, screener: Screener, entry: Mapping[str, Any]) -> float:
    def change() -> None:
        builder.apply({"revision": builder.revision + 1, **entry})
        screener.in_force = builder.update()

    return _timed(change)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _check(watchlist: Watchlist, *, is_alerting: bool) -> None:
    body = orjson.dumps({"platform": "p", "listing_id": "1", "title": f"shoes {MARK}"})
    alerts = {alert.right_id for alert in screen_page(Page(body, OBSERVED_AT), watchlist).alerts}
    if ("NEW" in alerts) != is_alerting:
        raise BenchmarkError(f"the next page {'does not alert' if is_alerting else 'alerts'} for the right changed")


def _limited(metric: str, milliseconds: float) -> Row:
    return Row(
        metric=metric,
        unit="ms",
        ours=milliseconds,
        peer=LIMIT_MS,
        peer_name="limit: at most",
        ratio=LIMIT_MS / milliseconds,
    )
