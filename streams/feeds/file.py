"""Listings from a file of JSON lines, or from standard input."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
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

logger = logging.getLogger(__name__)
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
        if self._follow and cursor and (rotated := self._rotated_away(cursor)):
            async for page in self._pages_of_one_file(rotated, cursor, page_listings):
                yield page  # what was still written before it was rotated, while nobody read
        async for page in self._pages_of_one_file(self._path, cursor, page_listings):
            yield page
        while self._follow:  # its file was rotated away: on with the new one
            async for page in self._pages_of_one_file(self._path, None, page_listings):
                yield page

    async def _pages_of_one_file(
        self, path: Path, cursor: Cursor | None, page_listings: Callable[[], int]
    ) -> AsyncIterator[FeedPage]:
        with open_input(path) as stream:
            at_line = 0
            if cursor and _is_place_in(stream.fileno(), cursor):
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

    def _rotated_away(self, cursor: Cursor) -> Path | None:
        """The file that the cursor points into, beside the one that has its name now; None too when it is that one."""
        for path in (self._path, *sorted(self._path.parent.iterdir())):
            with contextlib.suppress(OSError):
                if path.stat().st_ino == cursor.get("inode"):
                    with path.open("rb") as stream:
                        if _is_place_in(stream.fileno(), cursor):
                            return None if path == self._path else path
        logger.warning(
            "%s is another file than the one read before, which is not beside it: what was written to that after "
            "line %s is not read; the new one is read from its beginning", self._path, cursor.get("line")
        )  # fmt: skip
        return None

    def _is_rotated(self, stream: BufferedReader) -> bool:
        """Whether another file has taken the path, or this one was emptied."""
        opened = os.fstat(stream.fileno())
        try:
            named = self._path.stat()
        except FileNotFoundError:
            return False  # moved away, and the next one is not there yet: what is written still comes here
        return not os.path.samestat(opened, named) or opened.st_size < stream.tell()


def _is_place_in(file: int, cursor: Cursor) -> bool:
    return cursor == _place(file, cursor.get("byte", 0), cursor.get("line", 0))


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
