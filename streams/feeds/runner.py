"""Publishes a feed's pages at its pace, and moves its cursor only past pages that the broker has acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from streams.feeds.base import Cursor, Feed, FeedPage
from streams.feeds.pace import Pace

MAX_IN_FLIGHT = 32  # pages sent and not yet acknowledged

_InFlight = tuple[FeedPage, asyncio.Future[Any]]


class Publisher(Protocol):
    """Where pages go."""

    async def send(self, page: FeedPage) -> asyncio.Future[Any]:
        """Hand a page over; what comes back is done once the broker has acknowledged it (acks=all)."""
        ...


class Cursors(Protocol):
    """Where a feed's cursor is kept."""

    def load(self) -> Cursor | None:
        """Where to go on; None: at the beginning."""
        ...

    def passed(self, page: FeedPage) -> None:
        """The broker has acknowledged this page and every one before it."""
        ...


@dataclass(slots=True)
class FeedTotals:
    """What one run of a feed has published and seen acknowledged."""

    pages: int = 0
    listings: int = 0


async def run_feed(
    feed: Feed,
    publisher: Publisher,
    cursors: Cursors | None,
    pace: Pace,
    *,
    limit: int | None = None,
    report: Callable[[FeedTotals], None] = lambda totals: None,
) -> FeedTotals:
    """Publish until the feed ends, or about `limit` listings are out.

    `cursors` None: nothing to remember, as with standard input. `report` hears of every acknowledged page.

    Raises:
        FeedError: the source cannot be read.
        BaseException: what the publisher raises; the cursor then stands behind the last page that got through.
    """
    totals = FeedTotals()
    in_flight: asyncio.Queue[_InFlight | None] = asyncio.Queue(MAX_IN_FLIGHT)
    settling = asyncio.create_task(_settle(in_flight, cursors, totals, report))
    publishing = asyncio.create_task(_publish(feed, publisher, cursors, pace, limit, in_flight))
    try:
        # Whichever fails first ends the other: a refused page must not be followed by later ones.
        await asyncio.wait((settling, publishing), return_when=asyncio.FIRST_EXCEPTION)
        for task in (settling, publishing):
            if task.done():
                task.result()
    finally:
        for task in (publishing, settling):
            task.cancel()
        await asyncio.gather(publishing, settling, return_exceptions=True)
        await _abandon(in_flight)
    return totals


async def _publish(
    feed: Feed,
    publisher: Publisher,
    cursors: Cursors | None,
    pace: Pace,
    limit: int | None,
    in_flight: asyncio.Queue[_InFlight | None],
) -> None:
    left = limit

    def page_listings() -> int:
        return pace.page_listings() if left is None else min(left, pace.page_listings())

    async for page in feed.pages(cursors.load() if cursors else None, page_listings):
        await asyncio.sleep(pace.delay(page.listings))
        await in_flight.put((page, await publisher.send(page)))
        if left is not None:
            left -= page.listings
            if left <= 0:
                break
    await in_flight.put(None)


async def _settle(
    in_flight: asyncio.Queue[_InFlight | None],
    cursors: Cursors | None,
    totals: FeedTotals,
    report: Callable[[FeedTotals], None],
) -> None:
    while (item := await in_flight.get()) is not None:
        page, acknowledged = item
        await acknowledged
        if cursors:
            cursors.passed(page)
        totals.pages += 1
        totals.listings += page.listings
        report(totals)


async def _abandon(in_flight: asyncio.Queue[_InFlight | None]) -> None:
    """Pages that were sent but not waited for: the next run sends them again."""
    while not in_flight.empty():
        if item := in_flight.get_nowait():
            item[1].cancel()
            await asyncio.gather(item[1], return_exceptions=True)
