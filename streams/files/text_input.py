"""Opening files of JSON lines, and splitting them into lines that fit in memory whatever the file holds."""

from __future__ import annotations

import sys
from io import BufferedReader
from pathlib import Path
from typing import cast

from detectors.errors import RightswatchError

STDIN = Path("-")
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFileError(RightswatchError):
    """A whole file cannot be read; the message names it and the remedy."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


def open_input(path: Path) -> BufferedReader:
    """Open a text file (`-`: standard input) for reading bytes, past a UTF-8 byte order mark.

    Raises:
        UnreadableFileError: it is missing, may not be read, or its first bytes say UTF-16.
    """
    try:
        stream = cast(BufferedReader, sys.stdin.buffer) if path == STDIN else path.open("rb")
        head = stream.peek(3)
    except OSError as problem:
        raise UnreadableFileError(path, f"cannot be read: {problem.strerror}") from problem
    if head[:2] in _UTF16_BOMS:
        stream.close()
        raise UnreadableFileError(path, "is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8")
    if head[:3] == _UTF8_BOM:
        stream.read(3)
    return stream


class LineSplitter:
    """Chunks in, lines out. Of a line longer than `max_bytes` the start is kept and the rest dropped."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._held = 0
        self._length = 0

    def split(self, chunk: bytes) -> list[tuple[bytes, int]]:
        """The lines that the chunk completes, each with its length in the input, the line feed included."""
        first, *others = chunk.split(b"\n")
        lines = []
        self._add(first)
        for part in others:
            lines.append(self._take(1))
            self._add(part)
        return lines

    def rest(self) -> list[tuple[bytes, int]]:
        """The last line when no line feed ends it."""
        return [self._take(0)] if self._length else []

    def _add(self, part: bytes) -> None:
        self._length += len(part)
        if part and self._held < self._max_bytes:
            kept = part[: self._max_bytes - self._held]
            self._parts.append(kept)
            self._held += len(kept)

    def _take(self, line_feed: int) -> tuple[bytes, int]:
        line = b"".join(self._parts), self._length + line_feed
        self._parts, self._held, self._length = [], 0, 0
        return line
