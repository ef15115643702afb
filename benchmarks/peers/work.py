"""The work: listings, 100,000 marks, and which listings must be answered.

As for `pipeline`, about 2 % of the listings name a mark whose every use is wanted. Two more are put in, a fifth of the
way and at the end: their answers say when the processor time between them is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.mark_work import more_rights
from benchmarks.pipeline import about_two_percent, rightly_silent
from benchmarks.work import PAGE_LISTINGS, listings, pages

SIGN = "Zorbexquv"  # a mark that no listing of the pack names
BEGIN, END = "begin", "end"  # listing ids


@dataclass(frozen=True, slots=True)
class PeerWork:
    """`wanted` are the places in `marks` whose uses are to be answered; `expected` the listings that must be,
    by us too: not those of which we say that they only name what they fit."""

    rights: tuple[Mapping[str, Any], ...]
    marks: tuple[str, ...]
    wanted: tuple[int, ...]
    messages: tuple[bytes, ...]  # a listing each
    bodies: tuple[bytes, ...]  # the same in pages
    expected: frozenset[str]

    @property
    def measured(self) -> int:
        """Listings behind the first sign, up to the second."""
        return len(self.messages) - len(self.messages) // 5 - 1


def work_of(count: int, marks: int) -> PeerWork:
    """So many listings and marks; both signs are of one listing, since of an accessory the mark would be screened."""
    rows = listings(count - 2)
    begin = count // 5
    rows = [*rows[:begin], _sign(rows[0], BEGIN), *rows[begin:], _sign(rows[0], END)]
    bodies = pages(rows, PAGE_LISTINGS)
    expected, watchlist = about_two_percent(rows, bodies)
    rights = [*expected.rights, *more_rights(rows, bodies, len(expected.rights), marks)]
    rights[-1] = {**rights[-1], "marks": [SIGN], "policy": "any_use"}
    wanted = [place for place, right in enumerate(rights) if right.get("policy") == "any_use"]
    return PeerWork(
        tuple(rights),
        tuple(right["marks"][0] for right in rights),
        tuple(wanted),
        tuple(orjson.dumps(row) for row in rows),
        tuple(bodies),
        (frozenset(expected.listings) - rightly_silent(bodies, watchlist)) | {BEGIN, END},
    )


def _sign(row: Mapping[str, Any], listing_id: str) -> dict[str, Any]:
    return {**row, "listing_id": listing_id, "title": f"{SIGN} {row['title']}"}
