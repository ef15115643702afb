"""Cursors for a broker that forgets: they wait until ClickHouse has the proof that a page was screened, which the
writer stores after the page's alerts.

The embedded broker keeps everything in memory, so a page that it acknowledged is gone when the machine or the stack
stops before a worker had it. A page that is sent again does no harm: what it leads to has the same ids.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from sinks.clickhouse.connection import Connection
from sinks.errors import StoreError
from sinks.settings import ClickHouseSettings
from streams.feeds.base import Cursor, FeedPage
from streams.feeds.cursor_file import CursorFile

ASK_INTERVAL_SECONDS = 0.5
ASK_PAGES = 500

Screened = Callable[[Collection[str]], Collection[str]]
"""Those of some page digests whose screening is on record. Blocking."""


class ConfirmedCursors:
    """Moves a cursor file past a page once it, and every page before it, is on record as screened."""

    def __init__(self, file: CursorFile, screened: Screened, patience_seconds: float) -> None:
        """`patience_seconds`: at the end of the feed, wait so long for the next proof before giving the rest up."""
        self._file = file
        self._patience_seconds = patience_seconds
        self._screened = screened
        self._waiting: deque[tuple[str, Cursor]] = deque()

    def load(self) -> Cursor | None:
        return self._file.load()

    def passed(self, page: FeedPage) -> None:
        self._waiting.append((hashlib.sha256(page.body).hexdigest(), page.cursor))

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Ask while the block runs; after it, go on for as long as pages get through."""
        asking = asyncio.create_task(self._ask_again_and_again())
        try:
            yield
            await self._wait_for_the_rest()
        finally:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking

    async def _ask_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(ASK_INTERVAL_SECONDS)
            while await self._ask():
                pass

    async def _ask(self) -> bool:
        """Whether a full round of pages is through, so that asking again at once makes sense."""
        first = [self._waiting[place][0] for place in range(min(ASK_PAGES, len(self._waiting)))]
        through = set(await asyncio.to_thread(self._screened, first)) if first else set()
        cursor = None
        while self._waiting and self._waiting[0][0] in through:
            cursor = self._waiting.popleft()[1]
        if cursor is not None:
            self._file.save(cursor)
        return len(first) == ASK_PAGES and cursor is not None

    async def _wait_for_the_rest(self) -> None:
        rounds_without_proof = 0
        while self._waiting and rounds_without_proof * ASK_INTERVAL_SECONDS < self._patience_seconds:
            before = len(self._waiting)
            await asyncio.sleep(ASK_INTERVAL_SECONDS)
            rounds_without_proof = 0 if len(self._waiting) < before else rounds_without_proof + 1


def screened_in(clickhouse: ClickHouseSettings) -> Screened:
    """Asks the table `screenings`; while it cannot be asked, nothing is on record."""

    def screened(digests: Collection[str]) -> Collection[str]:
        # unhex on our side of the comparison, so that the index by page is used
        sql = (
            "SELECT DISTINCT lower(hex(page)) FROM screenings"
            " WHERE page IN arrayMap(digest -> toFixedString(unhex(digest), 32), {digests:Array(String)})"
        )
        try:
            with Connection(clickhouse) as connection:
                return [digest for (digest,) in connection.query(sql, {"digests": list(digests)})]
        except StoreError:
            return ()

    return screened
