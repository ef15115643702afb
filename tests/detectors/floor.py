"""A page through the pipeline, called with plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from detectors.records import Alert, Page, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.rules import Rules
from streams.pipeline import screen_page

TODAY = datetime(2026, 11, 21, 10, 0, 0, 123000, tzinfo=UTC)


def right(right_id: str = "R1", **changes: Any) -> dict[str, Any]:
    return {"right_id": right_id, "kind": "trademark", "marks": ["NIKE"], **changes}


def listing(title: str = "shoes", **changes: Any) -> dict[str, Any]:
    return {"platform": "taobao", "listing_id": "1", "title": title, **changes}


def watchlist(*rights: Mapping[str, Any], rules: Rules | None = None) -> Watchlist:
    builder = WatchlistBuilder(rules)
    for revision, one in enumerate(rights, 1):
        builder.apply({"revision": revision, "op": "put", "right": one})
    return builder.build()


def page(listings: Sequence[Mapping[str, Any]], today: datetime = TODAY) -> Page:
    return Page(b"\n".join(orjson.dumps(one) for one in listings), today)


def screen(
    listings: Sequence[Mapping[str, Any]] | Mapping[str, Any] | str,
    *rights: Mapping[str, Any],
    today: datetime = TODAY,
    rules: Rules | None = None,
) -> Screening:
    """One listing (or just its title) or several, against the rights."""
    if isinstance(listings, str):
        listings = listing(listings)
    rows = [listings] if isinstance(listings, Mapping) else listings
    return screen_page(page(rows, today), watchlist(*rights, rules=rules), show_screened=True)


def outcome(
    listings: Mapping[str, Any] | str,
    *rights: Mapping[str, Any],
    today: datetime = TODAY,
    rules: Rules | None = None,
) -> str:
    """What became of the one match: an alert's detectors, or the reason it was screened for, or `nothing`."""
    screening = screen(listings, *rights, today=today, rules=rules)
    if screening.alerts:
        return "alert " + "+".join(alert.detector for alert in screening.alerts)
    return "+".join(sorted(screening.screened)) or "nothing"


def marks_of(alert: Alert) -> list[tuple[str | None, str, str]]:
    """The places of an alert: text, the mark it matched, and how."""
    return [(reason.text, reason.matched, reason.how) for reason in alert.reasons]
