"""Publishing a feed: the cursor never runs ahead of the broker, and a restart goes on where it stands."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from streams.errors import BrokerError
from streams.feeds.base import Cursor, FeedPage
from streams.feeds.cursor_file import CursorFile
from streams.feeds.errors import FeedError
from streams.feeds.pace import Pace
from streams.feeds.runner import MAX_IN_FLIGHT, run_feed

FULL_SPEED = Pace(lambda: 0, lambda: 0.0, 10)


class CountingFeed:
    """Numbers in order; the cursor is the next one."""

    name = "counting"

    def __init__(self, end: int) -> None:
        self.end = end

    async def pages(self, cursor: Cursor | None, page_listings: Callable[[], int]) -> AsyncIterator[FeedPage]:
        at = cursor["at"] if cursor else 0
        while at < self.end:
            after = min(self.end, at + page_listings())
            body = b"\n".join(b"%d" % number for number in range(at, after))
            yield FeedPage(body, after - at, {"at": after})
            at = after


class Broker:
    """Acknowledges when told to, or fails from some page on."""

    def __init__(self, fail_at: int | None = None, hold: bool = False) -> None:
        self.bodies: list[bytes] = []
        self.acknowledgements: list[asyncio.Future[None]] = []
        self._fail_at = fail_at
        self._hold = hold

    async def send(self, page: FeedPage) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._fail_at is not None and len(self.bodies) >= self._fail_at:
            done.set_exception(BrokerError("the broker is away"))
        elif not self._hold:
            done.set_result(None)
        self.bodies.append(page.body)
        self.acknowledgements.append(done)
        return done

    @property
    def numbers(self) -> list[int]:
        return [int(number) for body in self.bodies for number in body.split()]


def cursors(tmp_path: Path) -> CursorFile:
    return CursorFile(tmp_path / "cursors" / "counting.json")


def saved(file: CursorFile) -> Mapping[str, Any]:
    cursor = file.load()
    assert cursor is not None
    return cursor


def test_everything_is_published_once_and_in_order(tmp_path: Path) -> None:
    broker = Broker()
    totals = asyncio.run(run_feed(CountingFeed(95), broker, cursors(tmp_path), FULL_SPEED))
    assert broker.numbers == list(range(95))
    assert (totals.pages, totals.listings) == (10, 95)
    assert saved(cursors(tmp_path)) == {"at": 95}


def test_a_restart_goes_on_behind_the_last_acknowledged_page(tmp_path: Path) -> None:
    first, second = Broker(fail_at=4), Broker()
    with pytest.raises(BrokerError):
        asyncio.run(run_feed(CountingFeed(100), first, cursors(tmp_path), FULL_SPEED))
    assert saved(cursors(tmp_path)) == {"at": 40}
    asyncio.run(run_feed(CountingFeed(100), second, cursors(tmp_path), FULL_SPEED))
    assert second.numbers == list(range(40, 100))


def test_a_page_in_flight_holds_the_cursor_back_also_when_later_ones_are_through(tmp_path: Path) -> None:
    async def scenario() -> None:
        broker = Broker(hold=True)
        run = asyncio.create_task(run_feed(CountingFeed(50), broker, cursors(tmp_path), FULL_SPEED))
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(broker.bodies) == 5
        for later in broker.acknowledgements[1:]:
            later.set_result(None)
        await asyncio.sleep(0.01)
        assert cursors(tmp_path).load() is None
        broker.acknowledgements[0].set_result(None)
        await run
        assert saved(cursors(tmp_path)) == {"at": 50}

    asyncio.run(scenario())


def test_a_silent_broker_stops_the_feed_after_a_bounded_number_of_pages(tmp_path: Path) -> None:
    async def scenario() -> int:
        broker = Broker(hold=True)
        run = asyncio.create_task(run_feed(CountingFeed(10_000), broker, None, FULL_SPEED))
        for _ in range(2_000):
            await asyncio.sleep(0)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        return len(broker.bodies)

    assert asyncio.run(scenario()) <= MAX_IN_FLIGHT + 2


def test_the_limit_ends_the_run_to_the_listing(tmp_path: Path) -> None:
    broker = Broker()
    totals = asyncio.run(run_feed(CountingFeed(1000), broker, cursors(tmp_path), FULL_SPEED, limit=33))
    assert totals.listings == 33
    assert saved(cursors(tmp_path)) == {"at": 33}


def test_a_damaged_cursor_is_named_with_the_remedy(tmp_path: Path) -> None:
    file = cursors(tmp_path)
    file.save({"at": 1})
    file.path.write_text("nonsense")
    with pytest.raises(FeedError, match="delete it to start from the beginning"):
        asyncio.run(run_feed(CountingFeed(10), Broker(), file, FULL_SPEED))
