"""`end-to-end`: through broker, worker and ClickHouse, beside a bare produce-consume round trip on the same broker.

Latency: pages are sent at a steady rate, far below what the service can do; the clock runs from just before a page is
handed to the producer until a reader of ClickHouse finds the row of an alert of it (it looks every 10 ms). The bare
round trip sends the same pages at the same rate to a topic of the same shape and reads them with a plain consumer.
Throughput: pages are sent as fast as the broker takes them, until every listing has its row and every alert too. The
two take turns. Which alerts must come is known from screening the pages here: one that is missing fails the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median, quantiles

from benchmarks.paths import BarePath, Load, ServicePath, both_paths
from benchmarks.pipeline import MARKS, about_two_percent
from benchmarks.records import Row
from benchmarks.service import Stores, running_service
from benchmarks.work import OBSERVED_AT, listings, pages
from detectors.records import Page
from detectors.watchlist import Watchlist
from streams.pipeline import screen_page

PAGE_LISTINGS = 100
WARM_UP = 20  # pages through everything before anything is timed
MILLISECONDS = 1_000


@dataclass(frozen=True, slots=True)
class Size:
    """`rounds` turns of `paced` pages at `pages_per_second`, then `rounds` turns of `burst` pages at once."""

    rounds: int
    paced: int
    burst: int
    pages_per_second: float = 20.0

    @property
    def pages(self) -> int:
        return WARM_UP + self.rounds * (self.paced + self.burst)


QUICK = Size(rounds=1, paced=60, burst=50)
FULL = Size(rounds=3, paced=300, burst=600)


@dataclass(slots=True)
class Taken:
    """Seconds: one value for each alert or page (latency), or for each turn (burst)."""

    latency_ours: list[float] = field(default_factory=list)
    latency_bare: list[float] = field(default_factory=list)
    burst_ours: list[float] = field(default_factory=list)
    burst_bare: list[float] = field(default_factory=list)


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when the service does not start, or a row does not come."""
    size = QUICK if quick else FULL
    rows = listings(size.pages * PAGE_LISTINGS)
    bodies = pages(rows, PAGE_LISTINGS)
    expected, watchlist = about_two_percent(rows, bodies)
    loads = [load_of(body, watchlist) for body in bodies]
    with running_service(expected.rights) as service:
        return _rows(asyncio.run(_measure(service, loads, size)), size)


def load_of(body: bytes, watchlist: Watchlist) -> Load:
    alerts = screen_page(Page(body, OBSERVED_AT), watchlist).alerts
    return Load(body, PAGE_LISTINGS, frozenset(alert.listing_id for alert in alerts))


async def _measure(service: Stores, loads: list[Load], size: Size) -> Taken:
    async with both_paths(service.connections) as (ours, bare):
        return await _turns(ours, bare, loads, size)


async def _turns(ours: ServicePath, bare: BarePath, loads: list[Load], size: Size) -> Taken:
    taken, supply = Taken(), iter(loads)
    warm_up = list(islice(supply, WARM_UP))
    await bare.burst(warm_up)
    await ours.burst(warm_up)
    for _ in range(size.rounds):
        paced = list(islice(supply, size.paced))
        taken.latency_bare += await bare.paced(paced, size.pages_per_second)
        taken.latency_ours += await ours.paced(paced, size.pages_per_second)
    for _ in range(size.rounds):
        burst = list(islice(supply, size.burst))
        taken.burst_bare.append(await bare.burst(burst))
        taken.burst_ours.append(await ours.burst(burst))
    return taken


def _rows(taken: Taken, size: Size) -> list[Row]:
    marks, rate = f"{MARKS // 1000} k marks", size.pages_per_second * PAGE_LISTINGS / 1000
    paced = f"pages of {PAGE_LISTINGS} at {rate:g} k listings/s, {marks}, {len(taken.latency_ours)} alerts"
    burst = size.burst * PAGE_LISTINGS
    return [
        *(
            Row(
                metric=f"listing sent to alert row readable in ClickHouse, {name} ({paced})",
                unit="ms",
                ours=ours * MILLISECONDS,
                peer=bare * MILLISECONDS,
                peer_name="limit: bare produce-consume round trip of the same pages",
                ratio=bare / ours,
            )
            for name, ours, bare in (
                ("p50", median(taken.latency_ours), median(taken.latency_bare)),
                ("p99", _p99(taken.latency_ours), _p99(taken.latency_bare)),
            )
        ),
        Row(
            metric=f"listings sent until every listing and alert has its row ({burst // 1000} k listings, {marks})",
            unit="listings/s",
            ours=burst / median(taken.burst_ours),
            peer=burst / median(taken.burst_bare),
            peer_name="limit: bare produce-consume of the same pages",
            ratio=median(taken.burst_bare) / median(taken.burst_ours),
        ),
    ]


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98]
