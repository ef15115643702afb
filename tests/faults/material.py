"""Listings and rights for the fault tests: the demo's, each listing with an id of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from streams.demo.pack import load_bases, load_rights
from streams.demo.stream import demo_listings

MADE_SHARE = 0.2  # ten times the demo's, so that a lost page is a lost alert


def write_lines(path: Path, documents: Iterable[Any]) -> Path:
    with path.open("wb") as file:
        file.writelines(orjson.dumps(document) + b"\n" for document in documents)
    return path


def few_rights() -> list[dict[str, Any]]:
    """Those of the demo's rights that made listings infringe: a worker has them in memory at once."""
    named = {base.right_id for base in load_bases()}
    return [right for right in load_rights() if right["right_id"] in named]


def numbered(prefix: str, count: int, seed: int, made_share: float = MADE_SHARE) -> Iterator[dict[str, Any]]:
    """`count` different listings; their ids begin with the prefix."""
    for number, listing in enumerate(islice(demo_listings(made_share, seed), count)):
        yield {**listing, "listing_id": f"{prefix}-{number}"}
