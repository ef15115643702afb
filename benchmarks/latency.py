"""`latency`: at half of what the service can do, from a listing produced to its alert readable in ClickHouse.

Apache Kafka, one worker, its writer, ClickHouse and what measures share the machine. First pages go through as fast as
they can, until every row is stored: that is full load. Then pages are sent at half that rate, at fixed times whether or
not earlier ones are through. The limit is twenty times the 99th percentile of a bare produce-consume round trip of the
same pages at the same rate on the same broker, in the same run, plus the time from one batch of the writer to the
next, which what comes alone does not wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median, quantiles

from benchmarks.end_to_end import PAGE_LISTINGS, load_of
from benchmarks.paths import BarePath, Load, ServicePath, both_paths
from benchmarks.pipeline import MARKS, about_two_percent
from benchmarks.records import Row
from benchmarks.service import Stores, prepared
from benchmarks.work import listings, pages
from streams.configuration.sections import WriterSettings
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

ROUND_TRIPS = 20
BATCH_SECONDS = WriterSettings().alert_linger_seconds
WARM_UP = 40  # pages
SETTINGS = {"RIGHTSWATCH_PICTURES_ENABLED": "no", "RIGHTSWATCH_RETRO_DAYS": "0"}


@dataclass(frozen=True, slots=True)
class Size:
    """`burst` pages to learn what full load is, then `rounds` turns of `seconds` at half of it."""

    burst: int
    rounds: int
    seconds: float


QUICK, FULL = Size(100, 1, 5.0), Size(600, 3, 20.0)
MOST_PAGES_PER_SECOND = 400


@dataclass(slots=True)
class Taken:
    """Seconds, one value for each alert and each page; `full` is in pages a second."""

    full: float = 0.0
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when the service does not start, or a row does not come."""
    size = QUICK if quick else FULL
    count = WARM_UP + size.burst + int(size.rounds * size.seconds * MOST_PAGES_PER_SECOND / 2)
    rows = listings(count * PAGE_LISTINGS)
    bodies = pages(rows, PAGE_LISTINGS)
    expected, watchlist = about_two_percent(rows, bodies)
    supply = (load_of(body, watchlist) for body in bodies)
    with (
        running(KafkaServer) as server,
        prepared(expected.rights, {**SETTINGS, "RIGHTSWATCH_KAFKA_BOOTSTRAP": server.bootstrap}) as stores,
        stores.worker(),
    ):
        taken = asyncio.run(_measure(stores, list(islice(supply, count)), size))
    return _rows(taken)


async def _measure(stores: Stores, loads: Sequence[Load], size: Size) -> Taken:
    async with both_paths(stores.connections) as (ours, bare):
        return await _turns(ours, bare, loads, size)


async def _turns(ours: ServicePath, bare: BarePath, loads: Sequence[Load], size: Size) -> Taken:
    supply = iter(loads)
    warm_up = list(islice(supply, WARM_UP))
    await bare.burst(warm_up)
    await ours.burst(warm_up)
    taken = Taken(size.burst / await ours.burst(list(islice(supply, size.burst))))
    half = min(taken.full, MOST_PAGES_PER_SECOND) / 2
    for _ in range(size.rounds):
        paced = list(islice(supply, int(half * size.seconds)))
        taken.bare += await bare.paced(paced, half)
        taken.ours += await ours.paced(paced, half)
    return taken


def _rows(taken: Taken) -> Sequence[Row]:
    rate = taken.full / 2 * PAGE_LISTINGS
    work = f"pages of {PAGE_LISTINGS} at {rate:,.0f} listings/s, {MARKS // 1000} k marks, {len(taken.ours)} alerts"
    ours, bare = (quantiles(some, n=100, method="inclusive")[98] for some in (taken.ours, taken.bare))
    limit = ROUND_TRIPS * bare + BATCH_SECONDS
    return [
        Row(
            metric=f"listing produced to alert readable in ClickHouse at half load, p99 ({work})",
            unit="ms",
            ours=ours * 1000,
            peer=limit * 1000,
            peer_name=f"limit: {ROUND_TRIPS} round trips of {bare * 1000:.1f} ms (p99) + {BATCH_SECONDS * 1000:g} ms",
            ratio=limit / ours,
        ),
        Row(
            metric="the same, p50",
            unit="ms",
            ours=median(taken.ours) * 1000,
            peer=median(taken.bare) * 1000,
            peer_name="limit: bare produce-consume round trip of the same pages, p50",
            ratio=median(taken.bare) / median(taken.ours),
        ),
    ]
