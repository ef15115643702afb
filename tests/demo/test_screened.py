"""What the pipeline makes of the demo: made listings alert for what was made of them, and never for their label."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.demo.disguises import DISGUISES
from streams.demo.made import LABEL, WORDING, label_of
from streams.demo.pack import load_rights
from streams.demo.patents import CITED, CLAIMS
from streams.demo.stream import demo_listings
from streams.pipeline import screen_page

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = [*DISGUISES, *CLAIMS, *CITED, WORDING]


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    builder = WatchlistBuilder()
    for revision, right in enumerate(load_rights(), 1):
        builder.apply({"revision": revision, "op": "put", "right": right})
    return builder.build()


@pytest.fixture(scope="module")
def listings() -> list[dict[str, Any]]:
    return list(itertools.islice(demo_listings(share=0.1), 6_000))


@pytest.fixture(scope="module")
def screenings(listings: list[dict[str, Any]], watchlist: Watchlist) -> list[Screening]:
    return [screen(listings[start : start + 500], watchlist) for start in range(0, len(listings), 500)]


def screen(listings: Sequence[dict[str, Any]], watchlist: Watchlist) -> Screening:
    return screen_page(Page(b"\n".join(map(orjson.dumps, listings)), NOW), watchlist)


def test_every_listing_decodes(listings: list[dict[str, Any]], screenings: list[Screening]) -> None:
    assert sum(screening.listings for screening in screenings) == len(listings)
    assert not any(screening.dead_letters or screening.warnings for screening in screenings)


@pytest.mark.parametrize("name", NAMES)
def test_a_label_alone_raises_no_alert(name: str, watchlist: Watchlist) -> None:
    listing = {
        "platform": "demo-en-wdc",
        "listing_id": "1",
        "title": "Nike running shoes",
        "attributes": {LABEL: f"made:{name}:DEMO-TM-000001"},
    }
    screening = screen([listing], watchlist)
    assert not screening.alerts
    assert screening.screened == {"mention": 1}


@pytest.mark.parametrize("name", NAMES)
def test_most_made_listings_alert_for_what_was_made(
    name: str, listings: list[dict[str, Any]], screenings: list[Screening]
) -> None:
    """At least half of each kind: how many exactly is for the benchmarks to say."""
    subjects = {(alert.listing_id, alert.subject) for screening in screenings for alert in screening.alerts}
    claiming = {
        alert.listing_id for screening in screenings for alert in screening.alerts if alert.detector == "patent_claim"
    }
    found = Counter[bool]()
    for listing in listings:
        label = label_of(listing)
        if label and label[0] == name:
            hit = (
                listing["listing_id"] in claiming if "claim" in name else (listing["listing_id"], label[1]) in subjects
            )
            found[hit] += 1
    assert found[True] > found[False]


def test_every_reason_for_not_alerting_comes_up(screenings: list[Screening]) -> None:
    reasons = sum((Counter(screening.screened) for screening in screenings), Counter[str]())
    wanted = {"mention", "compatible_use", "lapsed_right", "other_territory", "own_shop", "licensee", "allow_list"}
    assert wanted <= set(reasons)


def test_few_real_listings_alert(listings: list[dict[str, Any]], screenings: list[Screening]) -> None:
    real = {listing["listing_id"] for listing in listings if label_of(listing) is None}
    alerting = {alert.listing_id for screening in screenings for alert in screening.alerts} & real
    assert len(alerting) < 0.02 * len(real)
