"""What holds for every page: nothing is lost, nothing depends on its neighbours, and a replay is the same."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.records import GROUP_NAMESPACE, Alert, Page, Screening, group_id
from detectors.watchlist import Watchlist
from streams.pipeline import screen_page
from tests.detectors import hostile
from tests.detectors.floor import TODAY, listing, page, right, screen, watchlist

Json = dict[str, Any]
MARKS = (
    "NIKE", "Nike", "nike", "N1KE", "耐克", "茅台", "茅臺", "路易威登", "LV", "H&M", "OPPO", "ОРРО", "é", "ナイキ",
    "louis vuitton", "louis", "O.P.P.O",
)  # fmt: skip
SELLERS = ("s1", "s2", "Shop")


def is_text(text: str) -> bool:
    """Whether JSON can carry it: no lone surrogates, and something to read in it."""
    return bool(text.strip()) and not any("\ud800" <= char <= "\udfff" for char in text)


words = st.one_of(hostile.texts, st.lists(st.sampled_from((*MARKS, *hostile.WORDS)), max_size=6).map(" ".join))
texts = words.map(lambda text: "".join(char for char in text if not "\ud800" <= char <= "\udfff"))
sellers = st.fixed_dictionaries({}, optional={"id": st.sampled_from(SELLERS), "name": st.sampled_from(SELLERS)})
listings = st.fixed_dictionaries(
    {"platform": st.sampled_from(("taobao", "jd")), "title": texts.filter(is_text)},
    optional={
        "brand": texts,
        "description": texts,
        "attributes": st.dictionaries(st.sampled_from(("材质", "a")), texts),
        "seller": sellers,
        "market": st.sampled_from(("CN", "JP")),
        "price": st.sampled_from(("1", "500", 3)),
        "currency": st.sampled_from(("CNY", "USD", None)),
    },
)
pages = st.lists(listings, min_size=1, max_size=5).map(
    lambda rows: [{**row, "listing_id": str(number)} for number, row in enumerate(rows)]
)
rights = st.fixed_dictionaries(
    {"marks": st.lists(st.sampled_from(MARKS), min_size=1, max_size=3)},
    optional={
        "policy": st.sampled_from(("signals", "any_use")),
        "status": st.sampled_from(("granted", "lapsed")),
        "territories": st.sampled_from((["CN"], ["JP", "CN"])),
        "usual_price": st.just({"amount": 900, "currency": "CNY"}),
        "licensees": st.just([{"seller_id": "s1", "platforms": ["jd"]}]),
        "holder": st.just({"name": "Shop"}),
        "allow": st.just([{"phrase": "耐克"}]),
        "threshold": st.sampled_from(({"score": 0.7}, {"score": 0.1})),
    },
)
lists_of_rights = st.lists(rights, min_size=1, max_size=4).map(
    lambda ones: [right(f"R{number}", **one) for number, one in enumerate(ones)]
)


def shown(screening: Screening, subject: str | None = None) -> list[Json]:
    """The screened matches, of one right if named, in an order of their own."""
    rows = [one.to_json() for one in screening.shown if subject in (None, one.match.subject)]
    return sorted(rows, key=lambda row: orjson.dumps(row))


def told(alerts: Sequence[Alert]) -> dict[str, Json]:
    """What the alerts say, without where they were read."""
    return {alert.alert_id: {**alert._replace(page="", revision=0).to_json()} for alert in alerts}


def screened(rows: Sequence[Mapping[str, Any]], held: Watchlist) -> Screening:
    return screen_page(page(rows), held, show_screened=True)


@settings(max_examples=40)
@given(pages, lists_of_rights)
def test_a_match_depends_on_the_listing_and_its_own_right_only(rows: list[Json], held: list[Json]) -> None:
    together = screened(rows, watchlist(*held))
    for one in held:
        alone = screened(rows, watchlist(one))
        own = [alert for alert in together.alerts if alert.right_id == one["right_id"]]
        assert told(own) == told(alone.alerts)
        assert shown(together, one["right_id"]) == shown(alone)


@settings(max_examples=25)
@given(pages, lists_of_rights, st.data())
def test_the_order_of_listings_changes_nothing(rows: list[Json], held: list[Json], data: st.DataObject) -> None:
    compiled = watchlist(*held)
    straight, mixed = screened(rows, compiled), screened(data.draw(st.permutations(rows)), compiled)
    assert told(straight.alerts) == told(mixed.alerts)
    assert shown(straight) == shown(mixed)
    assert straight.screened == mixed.screened


@settings(max_examples=25)
@given(pages, lists_of_rights)
def test_the_split_into_pages_changes_nothing(rows: list[Json], held: list[Json]) -> None:
    compiled = watchlist(*held)
    whole, parts = screened(rows, compiled), [screened([row], compiled) for row in rows]
    assert told(whole.alerts) == told([alert for part in parts for alert in part.alerts])
    assert Counter(whole.screened) == sum((Counter(part.screened) for part in parts), Counter())
    assert whole.matches == sum(part.matches for part in parts)


@settings(max_examples=40)
@given(pages, lists_of_rights)
def test_every_match_is_alerted_or_counted_and_shown_when_asked(rows: list[Json], held: list[Json]) -> None:
    compiled = watchlist(*held)
    asked, unasked = screened(rows, compiled), screen_page(page(rows), compiled)
    assert replace(asked, shown=()) == unasked
    assert Counter(one.screened for one in asked.shown) == Counter(asked.screened)
    assert asked.matches == len(asked.alerts) + len(asked.shown)
    assert len({alert.alert_id for alert in asked.alerts}) == len(asked.alerts)


@settings(max_examples=40)
@given(pages, lists_of_rights)
def test_every_reason_spans_its_text(rows: list[Json], held: list[Json]) -> None:
    result = screened(rows, watchlist(*held))
    by_id = {row["listing_id"]: row for row in rows}
    found = [(alert.listing_id, alert.reasons) for alert in result.alerts]
    found += [(one.listing_id, one.match.reasons) for one in result.shown]
    for listing_id, reasons in found:
        assert reasons
        for reason in reasons:
            if reason.field == "price":
                continue  # a figure, no place in a text
            received = field_of(by_id[listing_id], reason.field)
            assert reason.start is not None
            assert received[reason.start : reason.end] == reason.text


def field_of(row: Mapping[str, Any], name: str) -> str:
    field, _, attribute = name.partition(".")
    received = str(row[field][attribute] if attribute else row[field])
    return "".join("\u2060" if char in "\x00\x0b" or char < "\x08" else char for char in received)


@settings(max_examples=25)
@given(pages, lists_of_rights)
def test_a_replay_needs_only_the_page_and_the_alerts_own_right(rows: list[Json], held: list[Json]) -> None:
    first = page(rows)
    original = screen_page(first, watchlist(*held))
    for alert in original.alerts:
        own = watchlist(*(one for one in held if one["right_id"] == alert.right_id))
        again = screen_page(Page(first.body, first.observed_at), replace(own, revision=alert.revision))
        assert alert in again.alerts
        assert Alert.from_json(orjson.loads(alert.to_bytes())) == alert


lines = st.one_of(
    st.builds(orjson.dumps, listings.map(lambda row: {**row, "listing_id": "1"})),
    st.binary(max_size=20).map(lambda line: line.replace(b"\n", b" ")),
    st.sampled_from(
        (b"", b"  ", b"{}", b"[]", b"null", b'{"platform":"p"}', b'{"platform":"p","listing_id":1,"title":"\\ud800"}')
    ),
)


@settings(max_examples=40)
@given(st.lists(lines, max_size=6))
def test_listings_and_dead_letters_account_for_every_line(rows: list[bytes]) -> None:
    body = b"\n".join(rows)
    result = screen_page(Page(body, TODAY), watchlist(right()))
    is_wide = body[:2] in (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")
    filled = sum(bool(row.strip()) for row in rows)
    if not is_wide:
        assert result.listings + len(result.dead_letters) == max(filled, 1)


def test_an_empty_watchlist_finds_nothing_and_still_counts() -> None:
    result = screen([listing("N1KE replica"), listing("x", listing_id="2")])
    assert (result.listings, result.matches, result.alerts, dict(result.screened)) == (2, 0, (), {})


def test_the_ids_of_an_alert_never_change() -> None:
    (alert,) = screen(listing("N1KE shoes", seller={"id": "s1"}, price="9", url="https://x/?a=1"), right()).alerts
    assert (alert.alert_id, alert.group_id) == (
        "0170bc0d-c3d2-5c0e-b61f-337a1bc11353",
        "049ae1e7-7ac4-574b-ac95-ea1f31794cff",
    )


def test_price_dates_and_the_urls_parameters_do_not_change_the_ids() -> None:
    ids = {
        screen(listing("N1KE", **changes), right()).alerts[0].alert_id
        for changes in ({}, {"price": "1"}, {"listed_at": "2026-01-01"}, {"url": "https://x"}, {"url": "https://x"})
    }
    assert len(ids) <= 2  # the url's page may count, its parameters may not


def test_an_alert_carries_what_a_replay_needs() -> None:
    rows = [listing("N1KE", seller={"id": "s1", "phone": "1"}, url="https://x/1", listed_at="2026-11-21T09:00:00Z")]
    held = watchlist(right("R0", marks=["x1"]), right())
    (alert,) = screen_page(page(rows), held).alerts
    assert (alert.page, alert.revision, alert.versions) == (page(rows).digest, 2, held.versions)
    assert (alert.seller, alert.url, alert.listed_at) == ({"id": "s1"}, "https://x/1", "2026-11-21T09:00:00Z")
    assert {"detector", "rules"} <= alert.versions.keys()


def test_ids_are_uuids_of_version_5() -> None:
    parts = ["taobao", "123", "SUBJECT\u4e2d"]
    assert group_id(*parts) == str(uuid.uuid5(GROUP_NAMESPACE, orjson.dumps(parts).decode()))
