"""Listings from a file or a pipe as pages that still know where each of their lines stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader

from detectors.decode import MAX_PAGE_BYTES, MAX_PAGE_LISTINGS, is_blank
from detectors.paging import shrink_line
from streams.files.text_input import LineSplitter

CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 64 << 20  # of a longer line only the start is read: no input may fill the memory


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page body and where it comes from."""

    body: bytes
    lines: tuple[int, ...]  # 1-based number in the file of each line of the body
    length: int  # bytes of the file that it and the blank lines before it take
    end: int  # bytes of the file up to here

    def file_line(self, page_line: int) -> int:
        """The file's line for a 1-based line of the body; 0, the whole page, gives the first."""
        return self.lines[max(page_line, 1) - 1]


def read_pages(
    stream: BufferedReader,
    *,
    page_listings: Callable[[], int] = lambda: MAX_PAGE_LISTINGS,
    is_live: bool = False,
    may_grow: Callable[[], bool] = lambda: False,
    at_line: int = 0,
    at_byte: int = 0,
) -> Iterator[FilePage | None]:
    """Pages in order; None where no more is at hand for now.

    `is_live`: what has arrived makes a page, also when it does not fill one, since more may take long (a pipe).
    `may_grow`, asked before each read: whether the end of the file is not the end. `at_line`, `at_byte`: what stands
    before the stream's position.
    """
    cutter = _Cutter(page_listings, at_line, at_byte)
    splitter = LineSplitter(MAX_LINE_BYTES)
    while True:
        is_growing = may_grow()
        chunk = stream.read1(CHUNK_BYTES)
        lines = splitter.split(chunk) if chunk or is_growing else splitter.rest()
        for line, length in lines:
            yield from cutter.add(line, length)
        if (is_live or not chunk) and (page := cutter.cut()):
            yield page
        if not chunk and not is_growing:
            return
        if is_live or not chunk:
            yield None


class _Cutter:
    """Collects lines and cuts them into pages."""

    def __init__(self, page_listings: Callable[[], int], at_line: int, at_byte: int) -> None:
        self._page_listings = page_listings
        self._line = at_line
        self._byte = at_byte
        self._start_next()

    def _start_next(self) -> None:
        self._from_byte = self._byte
        self._batch: list[bytes] = []
        self._numbers: list[int] = []
        self._size = 0
        self._wanted = self._page_listings()

    def add(self, raw: bytes, length: int) -> Iterator[FilePage]:
        """Take one line; yields the page that it completes, or the one that it has no room in."""
        line = raw.rstrip(b"\r")
        if not is_blank(line):
            if len(line) > MAX_PAGE_BYTES:
                line = shrink_line(line)
            if self._size + len(line) > MAX_PAGE_BYTES and (page := self.cut()):
                yield page
            self._batch.append(line)
            self._numbers.append(self._line + 1)
            self._size += len(line) + 1
        self._line += 1
        self._byte += length
        if len(self._batch) >= self._wanted and (page := self.cut()):
            yield page

    def cut(self) -> FilePage | None:
        """The page collected so far, if there is one."""
        if not self._batch:
            return None
        page = FilePage(b"\n".join(self._batch), tuple(self._numbers), self._byte - self._from_byte, self._byte)
        self._start_next()
        return page
