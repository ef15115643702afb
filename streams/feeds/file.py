"""Listings from a file of JSON lines, or from standard input."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from io import BufferedReader
from pathlib import Path

from streams.feeds.base import Cursor, FeedPage
from streams.feeds.errors import FeedError
from streams.files.listings import FilePage, read_pages
from streams.files.text_input import STDIN, open_input

LOOK_AGAIN_SECONDS = 0.1
BYTES_BEFORE = 4_096


class FileFeed:
    """A file on disk; with `follow`, also what is still written to it, and to the file that takes its place when it is
    rotated. The cursor is a place in this very file."""

    def __init__(self, path: Path, *, follow: bool) -> None:
        if not path.is_file():
            raise FeedError(f"{path}: no such file; a feed's source is a file of JSON lines, - or demo")
        self._path = path.resolve()
        self._follow = follow

    @property
    def name(self) -> str:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", self._path.stem)[:40]
        return f"file-{stem}-{hashlib.sha256(str(self._path).encode()).hexdigest()[:12]}"

    async def pages(self, cursor: Cursor | None, page_listings: Callable[[], int]) -> AsyncIterator[FeedPage]:
        async for page in self._pages_of_one_file(cursor, page_listings):
            yield page
        while self._follow:  # its file was rotated away: on with the new one
            async for page in self._pages_of_one_file(None, page_listings):
                yield page

    async def _pages_of_one_file(
        self, cursor: Cursor | None, page_listings: Callable[[], int]
    ) -> AsyncIterator[FeedPage]:
        with open_input(self._path) as stream:
            at_line = 0
            if cursor and cursor == _place(stream.fileno(), cursor.get("byte", 0), cursor.get("line", 0)):
                stream.seek(cursor["byte"])  # else it is other content under the old name: from its beginning
                at_line = cursor["line"]
            found = read_pages(
                stream,
                page_listings=page_listings,
                may_grow=lambda: self._follow and not self._is_rotated(stream),
                at_line=at_line,
                at_byte=stream.tell(),
            )
            for page in found:
                if page is None:
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
                else:
                    yield FeedPage(page.body, len(page.lines), _place(stream.fileno(), page.end, page.lines[-1]))

    def _is_rotated(self, stream: BufferedReader) -> bool:
        """Whether another file has taken the path, or this one was emptied."""
        opened = os.fstat(stream.fileno())
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return False  # moved away, and the next one is not there yet: what is written still comes here
        return not os.path.samestat(opened, named) or opened.st_size < stream.tell()


def _place(file: int, byte: int, line: int) -> Cursor:
    """A place in this very file. What stands before it tells a file that was emptied and filled again, as some log
    rotation does, from one that only grew."""
    before = os.pread(file, min(byte, BYTES_BEFORE), max(0, byte - BYTES_BEFORE))
    return {
        "inode": os.fstat(file).st_ino,
        "byte": byte,
        "line": line,
        "before": f"{len(before)}:{hashlib.sha256(before).hexdigest()[:16]}",
    }


class StandardInputFeed:
    """What comes through a pipe, as soon as it comes. Nobody can read it twice, so there is nothing to remember."""

    name = "standard-input"

    async def pages(self, cursor: Cursor | None, page_listings: Callable[[], int]) -> AsyncIterator[FeedPage]:
        pages = read_pages(open_input(STDIN), page_listings=page_listings, is_live=True)
        async for page in _in_thread(pages):
            yield FeedPage(page.body, len(page.lines), {})


async def _in_thread(pages: Iterator[FilePage | None]) -> AsyncIterator[FilePage]:
    """Read in a thread that does not keep the process alive: a read from a silent pipe cannot be interrupted."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[FilePage | BaseException | None] = asyncio.Queue(2)

    def put(item: FilePage | BaseException | None) -> None:
        asyncio.run_coroutine_threadsafe(queue.put(item), loop).result()

    def read() -> None:
        try:
            for page in pages:
                if page is not None:
                    put(page)
        except BaseException as problem:  # noqa: BLE001 - handed to the reader of the queue
            put(problem)
        else:
            put(None)

    threading.Thread(target=read, name="standard-input", daemon=True).start()
    while (item := await queue.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item
