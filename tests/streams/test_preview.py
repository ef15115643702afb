"""What a change of a right would have meant: exact where all pages are seen, with an honest interval where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pytest

from detectors.pictures.looking import Watched, see, watch
from detectors.pictures.seen import Seen
from detectors.records import Page
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.picture_rows import LookRow
from sinks.clickhouse.stored_pages import StoredPages
from sinks.clickhouse.writer import TableWriter
from sinks.operational.rights_store import RightsStore
from streams.preview.estimating import Estimate, estimate
from streams.preview.previewer import Previewed, Previewer
from tests.dashboards.photographed import PICTURE
from tests.streams.screened_pages import store_screened
from tests.streams.world import World

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
RIGHT: dict[str, Any] = {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"], "policy": "any_use"}
Preview = Callable[..., Previewed]


def page(number: int, *titles: str, at: datetime = NOW - timedelta(days=1), **fields: Any) -> Page:
    listings = [
        {"platform": "taobao", "listing_id": f"{number}-{line}", "title": title, **fields}
        for line, title in enumerate(titles)
    ]
    return Page(b"\n".join(orjson.dumps(listing) for listing in listings), at, "listings", 0, number)


@pytest.fixture
def preview(world: World) -> Iterator[Preview]:
    """Previews over the pages that the test stores."""
    migrate(world.settings.clickhouse)
    with closing(RightsStore(world.settings.operational)) as rights:

        def run(before: Any, after: Any, **options: Any) -> Previewed:
            previewer = Previewer(world.settings.clickhouse, rights, **options)
            return previewer.preview("R1", before, after, now=NOW)

        yield run


def exactly(count: int) -> Estimate:
    return Estimate(count, count, count)


def test_a_change_tells_what_it_raises_and_what_it_silences(world: World, preview: Preview) -> None:
    store_screened(
        world.settings.clickhouse,
        [page(1, "new ZORBEX shoes", "new QUVANT shoes", "plain socks"), page(2, "new QUVANT boots")],
    )
    changed = preview(RIGHT, {**RIGHT, "marks": ["QUVANT"]})
    assert (changed.pages, changed.all_pages, changed.days) == (2, 2, 7)
    assert (changed.raised, changed.silenced) == (exactly(2), exactly(1))
    assert {alert.title for alert in changed.raised_examples} == {"new QUVANT shoes", "new QUVANT boots"}
    assert [alert.title for alert in changed.silenced_examples] == ["new ZORBEX shoes"]
    added, withdrawn = preview(None, RIGHT), preview(RIGHT, None)
    assert (added.raised, added.silenced) == (withdrawn.silenced, withdrawn.raised) == (exactly(1), exactly(0))


NARROWER: list[dict[str, Any]] = [
    {"licensees": [{"seller_id": "s1"}]},
    {"expires_on": "2026-11-01"},
    {"policy": "signals"},
    {"threshold": {"score": 0.99}},
    {"holder": {"sellers": [{"seller_id": "s1"}]}},
]


def test_what_keeps_alerts_back_silences_them(world: World, preview: Preview) -> None:
    store_screened(world.settings.clickhouse, [page(1, "new ZORBEX shoes", seller={"id": "s1"})])
    told = [preview(RIGHT, {**RIGHT, **change}) for change in NARROWER]
    assert [(one.raised, one.silenced) for one in told] == [(exactly(0), exactly(1))] * len(NARROWER)


def test_only_the_last_week_counts_and_an_alert_once(world: World, preview: Preview) -> None:
    week, moment = timedelta(days=7), timedelta(milliseconds=1)
    store_screened(
        world.settings.clickhouse,
        [
            page(1, "ZORBEX one", at=NOW - week),
            page(2, "ZORBEX two", at=NOW - week - moment),
            page(3, "ZORBEX three", at=NOW),
        ],
    )
    again = page(1, "ZORBEX one", "another")
    store_screened(world.settings.clickhouse, [again])
    told = preview(None, RIGHT)
    assert told.pages == 2
    assert [alert.title for alert in told.raised_examples] == ["ZORBEX one"]


def test_a_rule_pack_and_allowed_sellers_of_the_watchlist_hold_for_the_preview_too(
    world: World, preview: Preview
) -> None:
    store_screened(world.settings.clickhouse, [page(1, "ZORBEX shoes")])
    before = preview(None, RIGHT).raised_examples[0].versions
    world.apply({"op": "rules", "rules": {"wording": "", "weights": "[signals]\nmark = 0.31"}})
    assert preview(None, RIGHT).raised_examples[0].versions["rules"] != before["rules"]


def test_what_was_seen_in_pictures_counts(world: World, preview: Preview) -> None:
    url = "https://img.example/1.jpg"
    shown = page(1, "a chair", images=[{"url": url}])
    store_screened(world.settings.clickhouse, [shown])
    seen, picture = see(PICTURE), watch(PICTURE)
    assert isinstance(seen, Seen)
    assert isinstance(picture, Watched)
    with TableWriter(world.settings.clickhouse) as writer:
        look = LookRow(
            page=shown.digest,
            platform="taobao",
            listing_id="1-0",
            image=0,
            url=url,
            seen=seen,
            fetched_at=NOW,
            kept_until=datetime.now(UTC) + timedelta(days=9),
        )
        writer.insert_looks([look])
    design = {"right_id": "R1", "kind": "design", "images": [{"path": "bridge.jpg", **picture.fields}]}
    told = preview(None, design)
    assert [alert.detector for alert in told.raised_examples] == ["image_copy"]


def test_time_that_runs_out_leaves_a_sample_with_an_interval(world: World, preview: Preview) -> None:
    pages = [page(number, "ZORBEX shoes" if number % 2 else "socks") for number in range(60)]
    store_screened(world.settings.clickhouse, pages)
    ticks = iter(range(1000))
    told = preview(None, RIGHT, seconds=20.5, monotonic=lambda: float(next(ticks)))
    assert (told.pages, told.all_pages) == (21, 60)
    assert told.raised.low <= 30 <= told.raised.high
    assert told.raised.low < told.raised.count < told.raised.high
    assert len(told.raised_examples) <= 20


def test_without_any_page_nothing_is_claimed(preview: Preview) -> None:
    told = preview(None, RIGHT)
    assert (told.pages, told.all_pages, told.raised) == (0, 0, exactly(0))


def test_a_sample_is_random_and_the_same_for_the_same_seed(world: World) -> None:
    migrate(world.settings.clickhouse)
    pages = [page(number, f"socks {number}") for number in range(100)]
    store_screened(world.settings.clickhouse, pages)
    with closing(StoredPages(world.settings.clickhouse)) as stored:
        since = NOW - timedelta(days=2)
        first, again, other = (stored.sample(since=since, until=NOW, limit=10, seed=seed) for seed in (1, 1, 2**64 - 1))
    assert first == again
    assert (len(first.digests), first.pages) == (10, 100)
    assert set(first.digests) != set(other.digests)


@pytest.mark.parametrize("make", [
    lambda random: random.poisson(0.02, 4_000),
    lambda random: random.poisson(1.0, 4_000),
    lambda random: random.poisson(random.gamma(0.2, 5.0, 4_000)),  # many pages with none, some with many
])  # fmt: skip
def test_the_interval_holds_the_truth_about_as_often_as_it_says(make: Callable[[np.random.Generator], Any]) -> None:
    random = np.random.default_rng(7)
    held = 0
    for _ in range(300):
        pages = make(random)
        told = estimate([int(count) for count in random.choice(pages, 400, replace=False)], len(pages))
        held += told.low <= int(pages.sum()) <= told.high
    assert held >= 0.92 * 300


@pytest.mark.parametrize(("counts", "pages", "expected"), [
    ([0, 3], 2, Estimate(3, 3, 3)),
    ([], 0, Estimate(0, 0, 0)),
    ([0] * 100, 1_000, Estimate(0, 0, 35)),  # at most 3.7 on 100 pages
    ([5], 2, Estimate(10, 5, 20)),
])  # fmt: skip
def test_what_a_sample_says_of_all_pages(counts: list[int], pages: int, expected: Estimate) -> None:
    assert estimate(counts, pages) == expected
