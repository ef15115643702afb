"""Cursors on a broker that forgets: they move only past pages that are on record as screened, in order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from pathlib import Path

import pytest

from streams.feeds import confirmed
from streams.feeds.base import FeedPage
from streams.feeds.confirmed import ConfirmedCursors
from streams.feeds.cursor_file import CursorFile

PAGES = [FeedPage(b"page %d" % number, 1, {"at": number + 1}) for number in range(1200)]


class Record:
    """Which pages were screened."""

    def __init__(self) -> None:
        self.digests: set[str] = set()

    def screened(self, digests: Collection[str]) -> Collection[str]:
        return self.digests & set(digests)

    def add(self, *pages: FeedPage) -> None:
        self.digests |= {hashlib.sha256(page.body).hexdigest() for page in pages}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmed, "ASK_INTERVAL_SECONDS", 0.002)


def run(file: CursorFile, record: Record, pages: list[FeedPage]) -> None:
    async def scenario() -> None:
        cursors = ConfirmedCursors(file, record.screened, 0.05)
        async with cursors.keeping():
            for page in pages:
                cursors.passed(page)

    asyncio.run(scenario())


def test_nothing_on_record_leaves_the_cursor_where_it_was(tmp_path: Path) -> None:
    file = CursorFile(tmp_path / "cursor.json")
    run(file, Record(), PAGES[:5])
    assert file.load() is None


def test_a_gap_holds_the_cursor_back(tmp_path: Path) -> None:
    file, record = CursorFile(tmp_path / "cursor.json"), Record()
    record.add(*PAGES[:3], *PAGES[4:9])
    run(file, record, PAGES[:9])
    assert file.load() == {"at": 3}


def test_many_pages_on_record_are_passed_in_one_go(tmp_path: Path) -> None:
    file, record = CursorFile(tmp_path / "cursor.json"), Record()
    record.add(*PAGES)
    run(file, record, PAGES)
    assert file.load() == {"at": 1200}
