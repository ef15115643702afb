"""The work of benchmarks with many marks: the same listings as pages, as folded text and as plain strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.synthetic_marks import many_marks, mark_rights
from benchmarks.work import OBSERVED_AT, PAGE_LISTINGS, listings, pages
from detectors.decode import decode_page
from detectors.records import Page
from detectors.text import PageText, fingerprint_text
from detectors.watchlist import Watchlist
from streams.pipeline import screen_page


@dataclass(frozen=True, slots=True)
class Work:
    bodies: list[bytes]
    texts: list[str]  # casefolded, one a listing
    pages: list[PageText]

    @classmethod
    def of(cls, count: int) -> Work:
        rows = listings(count)
        return cls.of_pages(rows, pages(rows, PAGE_LISTINGS))

    @classmethod
    def of_pages(cls, rows: Sequence[Mapping[str, Any]], bodies: list[bytes]) -> Work:
        folded = [fingerprint_text(decode_page(Page(body, OBSERVED_AT)).listings) for body in bodies]
        return cls(bodies, [_text(row).casefold() for row in rows], folded)

    def screen(self, watchlist: Watchlist) -> int:
        """Screens all; the number of matches."""
        return sum(screen_page(Page(body, OBSERVED_AT), watchlist).matches for body in self.bodies)


def more_rights(
    rows: Sequence[Mapping[str, Any]], bodies: Sequence[bytes], have: int, wanted: int
) -> Sequence[Mapping[str, Any]]:
    """Rights of made marks for those that there are `have` of already, up to `wanted`."""
    work = Work.of_pages(rows, list(bodies))
    return list(mark_rights(many_marks(wanted, work.texts, work.pages)))[have:]


def _text(row: Mapping[str, Any]) -> str:
    parts = [row["title"], row.get("description"), row.get("brand"), *(row.get("attributes") or {}).values()]
    return "\n".join(str(part) for part in parts if part)
