"""Rights from a file: one JSON object per line, or a `{"register": ...}` line. Read as a stream, judged line by line.

A line that cannot be watched for is refused with its place and reason, and the others go on. Pictures are named by path
from the file's own folder; what leaves here has their fingerprints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from detectors.pictures.looking import Watched, watch
from sinks.errors import StoreRefused
from sinks.operational.changes import parse_change
from streams.files.pictures import PictureFolder
from streams.files.text_input import LineSplitter, open_input

CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 16 << 20  # a right with many claims takes some hundred kilobytes


@dataclass(frozen=True, slots=True)
class RightsLine:
    """One line of a rights file that holds: a log entry without a revision, and the pictures that were read for it."""

    place: str  # FILE:LINE
    change: dict[str, Any]
    pictures: tuple[Watched, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One line of a rights file that cannot be watched for, and why."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def read_rights(path: Path) -> Iterator[RightsLine | RefusedLine]:
    """Every line of a rights file, in order; empty lines are passed over.

    Raises:
        UnreadableFileError: the file is missing, may not be read, or is not UTF-8 text.
    """
    splitter = LineSplitter(MAX_LINE_BYTES + 1)
    folder = PictureFolder(path.parent)
    number = 0
    with open_input(path) as stream:
        more = True
        while more:
            more = bool(chunk := stream.read1(CHUNK_BYTES))
            for line, _ in splitter.split(chunk) if more else splitter.rest():
                number += 1
                if line.strip():
                    yield _judge(f"{path}:{number}", line, folder)


def _judge(place: str, line: bytes, folder: PictureFolder) -> RightsLine | RefusedLine:
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
    return _with_pictures(place, change, folder)


def _with_pictures(place: str, change: dict[str, Any], folder: PictureFolder) -> RightsLine | RefusedLine:
    """The right with the fingerprints of the pictures that it names by path, which lie beside its file."""
    right = change.get("right") or {}
    images: list[dict[str, Any]] = []
    pictures: list[Watched] = []
    for number, image in enumerate(right.get("images") or ()):
        if image.get("path") is None or image.get("pdq") is not None:
            images.append(image)
            continue
        data = folder.read(str(image["path"]))
        picture = "no such file beside the rights" if data is None else watch(data)
        if not isinstance(picture, Watched):
            return RefusedLine(place, f"images[{number}].path: {image['path']!r} cannot be watched for: {picture}")
        images.append({**image, **picture.fields})
        pictures.append(picture)
    changed = {**change, "right": {**right, "images": images}} if images else change
    return RightsLine(place, changed, tuple(pictures))


def _change(document: Any) -> dict[str, Any]:
    if isinstance(document, dict) and "register" in document:
        return {"op": "register", "register": document["register"]}
    return {"op": "put", "right": document}
