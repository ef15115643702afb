"""The work of the benchmarks: pages of the pack's listings, and a watchlist of which a known share of them alerts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from random import Random
from typing import Any

import orjson

from streams.demo.pack import load_listings, marks

WORD = re.compile(r"\w+")
SHORTEST_MARK = 5  # letters: a mark whose use in a text a plain search can tell
MOST_LISTINGS = 60  # of one mark: the alerts come from many rights, not from one
SEED = 20261121
PAGE_LISTINGS = 1_000  # what our feeds publish under load: a full page
OBSERVED_AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Expected:
    """The watchlist, and what must be found: some marks have the policy `any_use`, see `watchlist_rights`."""

    rights: tuple[dict[str, Any], ...]
    listings: Mapping[str, frozenset[str]]  # listing_id -> right_ids that it must be found to name


def listings(count: int) -> list[dict[str, Any]]:
    """The pack's listings as they are, in a shuffled order, again from the start when they run out."""
    pack = load_listings()
    Random(SEED).shuffle(pack)
    return list(islice(_rounds(pack), count))


def pages(rows: Sequence[Mapping[str, Any]], size: int) -> list[bytes]:
    """NDJSON bodies of `size` listings."""
    return [b"\n".join(orjson.dumps(row) for row in rows[start : start + size]) for start in range(0, len(rows), size)]


def watchlist_rights(
    rows: Sequence[Mapping[str, Any]], count: int, share: float, alerting_anyway: Set[str] = frozenset()
) -> Expected:
    """`count` rights of one mark each. Some have the policy `any_use`, so that `share` of the listings should alert,
    with those that alert anyway (by their ids: a disguise, or what looks like one).

    Which listings name a mark is found here by plain words, without any of the code that is measured.
    """
    rights = marks(count)
    places = _places(rows, rights)
    wanted = int(share * len(rows))
    named: dict[str, set[str]] = {}
    for right in rights:
        mark = right["marks"][0].casefold()
        found = places.get(mark, set())
        if 2 <= len(found) <= MOST_LISTINGS and len(named.keys() | found | alerting_anyway) <= wanted:
            right["policy"] = "any_use"
            for listing_id in found:
                named.setdefault(listing_id, set()).add(right["right_id"])
    return Expected(tuple(rights), {listing_id: frozenset(ids) for listing_id, ids in named.items()})


def _places(rows: Iterable[Mapping[str, Any]], rights: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Mark, lower-cased -> ids of the listings that have it as a word."""
    plain = {mark.casefold() for right in rights for mark in right["marks"] if _is_plain(mark)}
    places: dict[str, set[str]] = {}
    for row in rows:
        words = set(WORD.findall(f"{row['title']} {row.get('description', '')}".casefold()))
        for mark in words & plain:
            places.setdefault(mark, set()).add(row["listing_id"])
    return places


def _is_plain(mark: str) -> bool:
    return len(mark) >= SHORTEST_MARK and mark.isascii() and mark.isalpha()


def _rounds(pack: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    round_number = 0
    while True:
        for row in pack:
            suffix = f"~{round_number}" if round_number else ""
            yield {**row, "listing_id": row["listing_id"] + suffix}
        round_number += 1
