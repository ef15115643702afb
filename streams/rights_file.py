"""Rights from a file: one JSON object per line, or a `{"register": ...}` line. Read as a stream, judged line by line.

A line that cannot be watched for is refused with its place and reason, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from detectors.errors import RightswatchError
from sinks.errors import StoreRefused
from sinks.operational.changes import parse_change

MAX_LINE_BYTES = 16 << 20  # a right with many claims takes some hundred kilobytes
_UTF8_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class RightsLine:
    """One line of a rights file that holds: a log entry without a revision."""

    place: str  # FILE:LINE
    change: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One line of a rights file that cannot be watched for, and why."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class UnreadableFileError(RightswatchError):
    """A whole file cannot be read; the message names it and the remedy."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


def read_rights(path: Path) -> Iterator[RightsLine | RefusedLine]:
    """Every line of a rights file, in order; empty lines are passed over.

    Raises:
        UnreadableFileError: the file is missing, may not be read, or is not UTF-8 text.
    """
    with open_input(path) as stream:
        for number, line in _lines(stream):
            if line.strip():
                yield _judge(f"{path}:{number}", line)


def open_input(path: Path) -> BinaryIO:
    """Open a text file for reading bytes, past a UTF-8 byte order mark.

    Raises:
        UnreadableFileError: it is missing, may not be read, or its first bytes say UTF-16.
    """
    try:
        stream = path.open("rb")
        head = stream.peek(3)
    except OSError as problem:
        raise UnreadableFileError(path, f"cannot be read: {problem.strerror}") from problem
    if head[:2] in _OTHER_ENCODINGS:
        stream.close()
        raise UnreadableFileError(path, f"is not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 {path.name}")
    if head[:3] == _UTF8_BOM:
        stream.read(3)
    return stream


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        yield number, line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):  # pass over the rest of an endless line
            line = stream.readline(MAX_LINE_BYTES + 1)


def _judge(place: str, line: bytes) -> RightsLine | RefusedLine:
    if len(line) > MAX_LINE_BYTES:
        return RefusedLine(place, f"is longer than {MAX_LINE_BYTES >> 20} MiB: write one right per line")
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        return RefusedLine(place, f"is not JSON: {problem}")
    change = _change(document)
    try:
        parse_change(change)  # what the operational database would refuse, `scan` refuses too
    except StoreRefused as problem:
        return RefusedLine(place, str(problem))
    return RightsLine(place, change)


def _change(document: Any) -> dict[str, Any]:
    if isinstance(document, dict) and "register" in document:
        return {"op": "register", "register": document["register"]}
    return {"op": "put", "right": document}
