"""Changes beside a base say of every page what a watchlist compiled afresh would say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.base import Base
from streams.pipeline import screen_page
from tests.detectors import test_pipeline as generated
from tests.detectors.floor import listing, page, right

Json = dict[str, Any]
IDS = ("A", "F07x", "F20", "F31", "Z")  # before, between and after the base's, and two of them
NUMBERS = ("ZL 200930123456.7", "ZL200930123466.4")
FILLERS = [
    right(f"F{number:02}", marks=[f"zorb{chr(97 + number % 26)}x"], holder={"name": "s2"}) for number in range(40)
]
CLAIMS = listing(f"shoes, 专利号 {NUMBERS[0]}, 外观专利 {NUMBERS[1]}", listing_id="claims", images=[{"pdq": "0f" * 32}])
RULE_PACKS: Sequence[dict[str, str]] = (
    {},
    {"wording": '[counterfeit_strong]\nen = ["nike"]'},
    {"weights": "[signals]\nmark = 0.9"},
)
CALIBRATIONS: Sequence[Json] = (
    {},
    {
        "form": 1,
        "made_at": "2026-11-29T12:00:00.000Z",
        "scores": {"mark": {"disguise+mark": {"score": 0.9}, "mark": {"score": 0.6}}},
        "thresholds": {"F07x": {"shift": 0.1}},
    },
)

patents = st.builds(
    lambda number, status: {"kind": "design", "office": "CN", "number": number, "marks": [], "status": status},
    st.sampled_from(NUMBERS),
    st.sampled_from(("granted", "lapsed")),
)
pictures = st.builds(
    lambda pdq, distance: {"images": [{"pdq": pdq}], "threshold": {"image_distance": distance}},
    st.sampled_from(("0f" * 32, "0e" * 32)),
    st.sampled_from((0, 40)),
)
puts = st.builds(
    lambda right_id, fields: {"op": "put", "right": right(right_id, **fields)},
    st.sampled_from(IDS),
    st.one_of(generated.rights, generated.rights, patents, pictures),
)
allows = st.builds(
    lambda pdq, state: {"op": "allow", "allow": {"pdq": pdq, "state": state}},
    st.sampled_from(("0f" * 32, "0e" * 32)),
    st.sampled_from(("allowed", "quarantined", "released")),
)
entries = st.one_of(
    puts,
    puts,
    st.sampled_from(IDS).map(lambda right_id: {"op": "withdraw", "right_id": right_id}),
    st.sampled_from(RULE_PACKS).map(lambda pack: {"op": "rules", "rules": pack}),
    st.sampled_from(CALIBRATIONS).map(lambda document: {"op": "calibrate", "calibration": document}),
    st.one_of(allows, st.just({"op": "disallow", "pdq": "0f" * 32})),
    st.just({"op": "register", "register": {"office": "CN", "kinds": ["design"], "from": 2000, "to": 2026}}),
)
steps = st.lists(st.one_of(entries, entries, st.sampled_from(("merging", "adopt"))), min_size=1, max_size=8)


def built(log: Sequence[Json]) -> Watchlist:
    builder = WatchlistBuilder()
    for entry in log:
        builder.apply(entry)
    return builder.build()


def with_base() -> tuple[WatchlistBuilder, list[Json]]:
    log: list[Json] = [
        {"revision": revision, "op": "put", "right": filler} for revision, filler in enumerate(FILLERS, 1)
    ]
    builder = WatchlistBuilder()
    for entry in log:
        builder.apply(entry)
    builder.build()
    return builder, log


@settings(max_examples=40, deadline=None)
@given(steps, generated.pages)
def test_after_every_change_a_page_is_screened_as_by_a_fresh_watchlist(
    steps: Sequence[Json | str], listings: list[Json]
) -> None:
    builder, log = with_base()
    merging: Callable[[], Base] | None = None
    for step in steps:
        if step == "merging":
            merging = builder.merging()
        elif step == "adopt" and merging is not None:
            builder.adopt(merging())
            merging = None
        elif isinstance(step, dict):
            log.append({"revision": len(log) + 1, **step})
            builder.apply(log[-1])
        updated, fresh = builder.update(), built(log)
        assert len(builder) == len(updated) == len(fresh)
        assert list(updated.right_ids) == list(fresh.right_ids)
        body = page([*listings, CLAIMS])
        for share in (0.0, 0.5):
            shown = screen_page(body, updated, show_screened=share == 0, sample_share=share)
            assert shown == screen_page(body, fresh, show_screened=share == 0, sample_share=share)


def alerting(watchlist: Watchlist, title: str) -> list[str | None]:
    return [alert.right_id for alert in screen_page(page([listing(title)]), watchlist).alerts]


def test_a_change_leaves_the_watchlist_that_is_in_use_as_it_was() -> None:
    builder, _ = with_base()
    builder.apply({"revision": 41, "op": "put", "right": right("F20", marks=["NIKE"], policy="any_use")})
    before = builder.update()
    builder.apply({"revision": 42, "op": "withdraw", "right_id": "F20"})
    builder.apply({"revision": 43, "op": "put", "right": right("Z", marks=["QUVANT"], policy="any_use")})
    after = builder.update()
    assert (alerting(before, "nike quvant"), alerting(after, "nike quvant")) == (["F20"], ["Z"])


def test_screened_matches_are_shown_in_the_order_of_the_listings_whatever_the_segments() -> None:
    """A seller who was licensed under the base is looked at, one who never was is not."""
    held: list[Json] = [{"op": "put", "right": right("A", licensees=[{"name": "s1"}])}]
    held += [{"op": "put", "right": filler} for filler in FILLERS[:9]]
    log: list[Json] = [{"revision": revision, **entry} for revision, entry in enumerate(held, 1)]
    builder = WatchlistBuilder()
    for entry in log:
        builder.apply(entry)
    builder.build()
    log.append({"revision": 11, "op": "put", "right": right("A")})
    builder.apply(log[-1])
    sellers = {"1": "s1", "2": "another"}
    body = page([listing("NIKE", listing_id=one, seller={"name": name}) for one, name in sellers.items()])
    for watchlist in (builder.update(), built(log)):
        screening = screen_page(body, watchlist, show_screened=True, sample_share=1.0)
        assert [one.listing_id for one in screening.shown] == ["1", "2"]
        assert [one.alert.listing_id for one in screening.sampled] == ["1", "2"]


def test_changes_are_compiled_beside_the_base_and_not_with_it() -> None:
    builder, _ = with_base()
    base = builder.update().base
    builder.apply({"revision": 41, "op": "put", "right": right("Z", marks=["NIKE"])})
    watchlist = builder.update()
    assert watchlist.base is base
    assert [len(segment) for segment in watchlist.segments] == [40, 1]


@pytest.mark.parametrize("entry", [{"op": "rules", "rules": RULE_PACKS[1]}, None])
def test_new_rules_and_a_bulk_of_rights_are_compiled_with_everything(entry: Json | None) -> None:
    builder, _ = with_base()
    if entry is not None:
        builder.apply({"revision": 41, **entry})
    else:
        for number in range(11):
            builder.apply({"revision": 41 + number, "op": "put", "right": right(f"B{number}")})
    assert len(builder.update().segments) == 1
    assert builder.changes == 0


def test_a_base_that_another_overtook_is_left() -> None:
    builder, _ = with_base()
    overtaken = builder.merging()()
    builder.apply({"revision": 41, "op": "withdraw", "right_id": "F20"})
    builder.build()
    builder.adopt(overtaken)
    assert len(builder.update()) == 39


def test_what_changes_while_a_base_is_compiled_is_not_lost() -> None:
    builder, _ = with_base()
    builder.apply({"revision": 41, "op": "put", "right": right("A", marks=["NIKE"], policy="any_use")})
    builder.apply({"revision": 42, "op": "put", "right": right("Z", marks=["QUVANT"], policy="any_use")})
    merging = builder.merging()
    builder.apply({"revision": 43, "op": "withdraw", "right_id": "A"})
    base = merging()
    assert alerting(base.watchlist, "nike quvant") == ["A", "Z"]
    builder.adopt(base)
    assert builder.changes == 1
    assert alerting(builder.update(), "nike quvant") == ["Z"]
