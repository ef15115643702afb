"""What the end-to-end tests stream: the demo's listings and watchlist as files."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import orjson

from streams.demo.pack import load_rights
from streams.demo.stream import demo_listings


def write_rights(path: Path) -> Path:
    path.write_bytes(b"".join(orjson.dumps(right) + b"\n" for right in load_rights()))
    return path


def write_listings(path: Path, count: int) -> Path:
    with path.open("wb") as file:
        file.writelines(orjson.dumps(listing) + b"\n" for listing in islice(demo_listings(), count))
    return path
