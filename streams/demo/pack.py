"""The data files of the demo: read, and checked against the manifest. Where they come from: data/ATTRIBUTION.md."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import orjson

LISTINGS = "listings.jsonl.gz"
RIGHTS = "rights.jsonl.gz"
BASES = "bases.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Base:
    """A real listing whose title names a mark of its own brand: what a disguised listing is made from.

    `start` and `end` are code points of the title.
    """

    listing_id: str
    right_id: str
    start: int
    end: int


def load_listings() -> list[dict[str, Any]]:
    """The 17,013 real listings in the contract's form, English first. Their sellers are invented."""
    return _rows(LISTINGS)


def load_rights() -> list[dict[str, Any]]:
    """The watchlist in the contract's form: real brand names, invented register facts; and some patents."""
    return _rows(RIGHTS)


def load_bases() -> list[Base]:
    return [Base(**row) for row in _rows(BASES)]


def marks(n: int) -> list[dict[str, Any]]:
    """The first `n` distinct marks of the watchlist, each as a trademark right of its own: for benchmarks.

    Main names come first, then the names in other languages, then aliases.

    Raises:
        ValueError: the watchlist has fewer marks.
    """
    names = list(itertools.islice(_names(), n))
    if len(names) < n:
        raise ValueError(f"the demo's watchlist has {len(names):,} marks, {n:,} were asked for")
    return [
        {"right_id": f"DEMO-MARK-{number:06d}", "kind": "trademark", "marks": [name]}
        for number, name in enumerate(names, 1)
    ]


def manifest() -> dict[str, dict[str, Any]]:
    """File name -> rows, bytes and SHA-256, as the builder wrote them."""
    document: dict[str, dict[str, Any]] = orjson.loads(data_file("manifest.json").read_bytes())
    return document


def data_file(name: str) -> Traversable:
    return files("streams.demo") / "data" / name


def _names() -> Iterator[str]:
    trademarks = [right for right in load_rights() if "marks" in right]
    yield from (right["marks"][0] for right in trademarks)
    for right in trademarks:
        yield from right["marks"][1:]
    for right in trademarks:
        yield from right.get("aliases", ())


def _rows(name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in gzip.decompress(data_file(name).read_bytes()).splitlines()]
