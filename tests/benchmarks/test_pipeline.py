"""The work of the benchmark `pipeline`: real text, a known share of alerts. No time is asserted."""

from __future__ import annotations

import re

import orjson

from benchmarks import pipeline
from benchmarks.work import listings, pages, watchlist_rights
from streams.demo.pack import load_listings


def test_titles_and_descriptions_are_the_packs_own() -> None:
    pack = {row["listing_id"]: (row["title"], row.get("description")) for row in load_listings()}
    rows = listings(20_000)
    assert len({row["listing_id"] for row in rows}) == 20_000
    assert all((row["title"], row.get("description")) == pack[row["listing_id"].split("~")[0]] for row in rows)


def test_pages_hold_every_listing_once() -> None:
    rows = listings(1_050)
    bodies = pages(rows, 500)
    assert [body.count(b"\n") + 1 for body in bodies] == [500, 500, 50]
    assert [orjson.loads(line) for body in bodies for line in body.split(b"\n")] == rows


def test_expected_listings_are_the_wanted_share() -> None:
    rows = listings(5_000)
    expected = watchlist_rights(rows, 10_000, 0.02)
    assert 95 <= len(expected.listings) <= 100
    titles = {row["listing_id"]: f"{row['title']} {row.get('description', '')}".casefold() for row in rows}
    marks = {right["right_id"]: right["marks"][0].casefold() for right in expected.rights}
    for listing_id, right_ids in expected.listings.items():
        assert all(re.search(rf"\b{marks[right_id]}\b", titles[listing_id]) for right_id in right_ids)


def test_quick_run_gives_a_row_for_few_and_for_many_marks_with_the_share_reached() -> None:
    rows = pipeline.run(quick=True)
    assert ["10 k marks" in row.metric for row in rows] == [True, False]
    assert ["100 k marks" in row.metric for row in rows] == [False, True]
    for row in rows:
        assert row.unit == "listings/s"
        assert re.search(r"\d\.\d% alerting", row.metric)
        assert abs(row.ratio - row.ours / row.peer) < 1e-9
