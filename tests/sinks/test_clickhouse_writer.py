"""What is written twice is there once; what came first is kept; nothing hostile stops a write."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.records import Alert, Page
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.listing_row import ListingRow, listing_row
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused

MOMENT = datetime(2026, 11, 21, 10, 0, 0, 123_000, tzinfo=UTC)
HOSTILE = [
    "",
    "'",
    "\\",
    "\\'; DROP TABLE alerts; --",
    "a\0b",
    "{x:String} %(y)s",
    "\n\t\r\x7f",
    "日本\u202e\U0001f600",
]
SHARED = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


def page(body: bytes = b'{"a":1}\n\n{"b":2}\n', after: timedelta = timedelta(), offset: int = 5) -> Page:
    return Page(body, MOMENT + after, "listings", 2, offset)


def screening(**changes: Any) -> dict[str, Any]:
    return {
        "page": hashlib.sha256(b"p").hexdigest(),
        "topic": "listings",
        "partition": 0,
        "offset": 9,
        "observed_at": "2026-11-21T10:00:00.123Z",
        "revision": 7,
        "versions": {"rules": "1"},
        "listings": 100,
        "matches": 5,
        "alerts": 2,
        "dead": 1,
        "screened": {"mention": 3},
        "warnings": {"nul": 1},
        "worker": "w1",
    } | changes


def dead_letter(**changes: Any) -> dict[str, Any]:
    return {
        "reason": "not_json",
        "line": 3,
        "head": base64.b64encode(b"\xff\0{").decode(),
        "length": 3,
        "sha256": hashlib.sha256(b"\xff\0{").hexdigest(),
        "topic": "listings",
        "partition": 0,
        "offset": 9,
        "observed_at": "2026-11-21T10:00:00.123Z",
    } | changes


def count(connection: Connection, table: str) -> int:
    return int(connection.query(f"SELECT count() FROM {table} FINAL")[0][0])


def test_an_alert_comes_back_as_it_was_raised(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    alert: Alert = make_alert(right_id=None, url=None, listed_at=None)
    writer.insert_alerts([alert])
    stored = reader.alert(alert.alert_id)
    assert stored == orjson.loads(alert.to_bytes())
    assert stored is not None
    assert Alert.from_json(stored) == alert


def test_an_alert_delivered_again_is_there_once(writer: TableWriter, connection: Connection, make_alert: Any) -> None:
    alerts = [make_alert() for _ in range(50)]
    for batch in (alerts, alerts[10:30], alerts):
        writer.insert_alerts(batch)
    assert count(connection, "alerts") == 50
    assert count(connection, "alerts_by_time") == 50


@SHARED
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=6), st.booleans())
def test_the_earliest_observation_wins_in_any_order(
    writer: TableWriter, reader: AlertReader, connection: Connection, make_alert: Any, seen: list[Any], merged: bool
) -> None:
    listing_id = str(uuid4())
    versions = [make_alert(listing_id=listing_id, after_ms=after, revision=revision) for after, revision in seen]
    for version in versions:
        writer.insert_alerts([version])
    if merged:
        connection.command("OPTIMIZE TABLE alerts FINAL")
    first = min(versions, key=lambda alert: (alert.observed_at, alert.revision))
    assert reader.alert(first.alert_id) == first.to_json() | {"reasons": [r.to_json() for r in first.reasons]}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_stored_as_it_is(writer: TableWriter, reader: AlertReader, make_alert: Any, text: str) -> None:
    alert = make_alert(
        listing_id=f"id {text}", title=text, subject=f"s{text}", seller={"id": text, "name": text, text: text}
    )
    writer.insert_alerts([alert])
    assert reader.alert(alert.alert_id) == orjson.loads(alert.to_bytes())


def test_lone_surrogates_are_replaced_and_the_rest_stays(
    writer: TableWriter, reader: AlertReader, make_alert: Any
) -> None:
    alert = make_alert(title="NI\ud800KE", seller={"name": "\udfff", "\ud801": ["\ud802"]})
    writer.insert_alerts([alert])
    stored = reader.alert(alert.alert_id)
    assert stored is not None
    assert stored["title"] == "NI\ufffdKE"
    assert stored["seller"] == {"name": "\ufffd", "\ufffd": ["\ufffd"]}


@pytest.mark.parametrize(
    "change",
    [
        {"alert_id": "no uuid"},
        {"page": "12"},
        {"observed_at": "yesterday"},
        {"observed_at": "2026-11-21"},
        {"revision": -1},
    ],
)
def test_a_bad_alert_is_refused_by_its_position_and_nothing_is_stored(
    writer: TableWriter, connection: Connection, make_alert: Any, change: dict[str, Any]
) -> None:
    with pytest.raises(StoreRefused, match="alert 1 of the batch"):
        writer.insert_alerts([make_alert(), make_alert(**change)])
    assert count(connection, "alerts") == 0
    writer.insert_alerts([make_alert()])  # the connection still works
    assert count(connection, "alerts") == 1


def test_a_page_keeps_its_bytes_and_its_first_observation(writer: TableWriter, reader: AlertReader) -> None:
    body = bytes(range(256)) + b"\n" + "运动鞋".encode()
    first, again = page(body), page(body, timedelta(hours=1), offset=6)
    writer.insert_pages([again])
    writer.insert_pages([first, first])
    assert reader.page(first.digest) == first
    assert reader.page("0" * 64) is None
    assert reader.page("'; --") is None


def test_a_page_counts_its_listings(writer: TableWriter, connection: Connection) -> None:
    writer.insert_pages([page()])
    assert connection.query("SELECT bytes, listings, topic, `partition`, `offset` FROM pages") == [
        (17, 2, "listings", 2, 5)
    ]


def test_a_listing_is_one_observation_however_often_its_page_comes(writer: TableWriter, connection: Connection) -> None:
    listing = {"platform": "taobao", "listing_id": "1", "price": "199.00", "currency": "CNY", "seller": {"id": "s9"}}
    digest = hashlib.sha256(b"l").hexdigest()
    rows = [listing_row(listing, page(after=timedelta(hours=hour)), 1, digest) for hour in (2, 0, 1)]
    writer.insert_listings(rows)
    writer.insert_listings(rows[:1])
    found = connection.query("SELECT listing_id, seller_id, price, currency, observed_at FROM listings FINAL")
    assert found == [("1", "s9", 199.0, "CNY", MOMENT)]


@SHARED
@given(
    st.dictionaries(
        st.sampled_from(["price", "currency", "category", "market", "state", "condition", "listed_at", "seller"]),
        st.none()
        | st.floats()
        | st.integers()
        | st.text(max_size=300)
        | st.dictionaries(st.just("id"), st.text(max_size=3) | st.floats())
        | st.datetimes().map(datetime.isoformat),
    )
)
def test_any_form_of_a_listing_can_be_stored(writer: TableWriter, fields: dict[str, Any]) -> None:
    row = listing_row({"platform": "p", "listing_id": "1", **fields}, page(), 1, "0" * 64)
    writer.insert_listings([row])


def test_a_replayed_page_replaces_its_screening(writer: TableWriter, connection: Connection) -> None:
    writer.insert_screenings([screening()])
    writer.insert_screenings([screening(worker="w2", revision=8), screening(worker="w2", revision=8)])
    found = connection.query("SELECT worker, revision, listings, screened, warnings FROM screenings FINAL")
    assert found == [("w2", 8, 100, {"mention": 3}, {"nul": 1})]


def test_a_replayed_dead_letter_is_there_once(writer: TableWriter, connection: Connection) -> None:
    writer.insert_dead_letters([dead_letter(), dead_letter(line=4)])
    writer.insert_dead_letters([dead_letter()])
    found = connection.query("SELECT line, reason, head FROM dead_letters FINAL ORDER BY line", as_bytes=True)
    assert found == [(3, b"not_json", b"\xff\0{"), (4, b"not_json", b"\xff\0{")]


@pytest.mark.parametrize("change", [{"head": "***"}, {"sha256": ""}, {"line": -1}, {"reason": None}])
def test_a_bad_dead_letter_is_refused(writer: TableWriter, change: dict[str, Any]) -> None:
    with pytest.raises(StoreRefused, match="dead letter 0 of the batch"):
        writer.insert_dead_letters([dead_letter(**change)])


def test_empty_batches_do_nothing(writer: TableWriter) -> None:
    writer.insert_alerts([])
    writer.insert_pages([])
    writer.insert_listings(list[ListingRow]())
    writer.insert_screenings([])
    writer.insert_dead_letters([])
