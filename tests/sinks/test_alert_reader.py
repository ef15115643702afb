"""What the floor reads: every alert once, newest first, by any filter, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.records import Alert
from sinks.clickhouse.query import MAX_TEXT, AlertQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused

START = datetime(2026, 11, 21, 10, tzinfo=UTC)


def ids(alerts: list[dict[str, Any]]) -> list[str]:
    return [alert["alert_id"] for alert in alerts]


def pages(reader: AlertReader, size: int, **filters: Any) -> Iterator[list[dict[str, Any]]]:
    """Page through as the floor does: the next page starts from the last alert of this one."""
    found = reader.recent(AlertQuery(limit=size, **filters))
    while found:
        yield found
        before = datetime.fromisoformat(found[-1]["observed_at"])
        found = reader.recent(AlertQuery(limit=size, before=before, before_id=found[-1]["alert_id"], **filters))


def test_the_newest_come_first(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    alerts = [make_alert(after_ms=after) for after in (5, 1, 9, 3)]
    writer.insert_alerts(alerts)
    newest_first = sorted(alerts, key=lambda alert: alert.observed_at, reverse=True)
    assert ids(reader.recent(AlertQuery())) == [alert.alert_id for alert in newest_first]
    assert ids(reader.recent(AlertQuery(limit=2))) == [alert.alert_id for alert in newest_first[:2]]


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seen=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), min_size=1, max_size=40),
    batches=st.integers(1, 4),
    size=st.integers(1, 7),
)
def test_paging_shows_every_alert_exactly_once_at_its_first_time(
    writer: TableWriter, reader: AlertReader, make_alert: Any, seen: list[tuple[int, int]], batches: int, size: int
) -> None:
    run = str(uuid4())  # the database is shared by the examples; the right keeps them apart
    alerts = [make_alert(listing_id=f"{run}{number}", after_ms=after, subject=run) for number, after in seen]
    for start in range(batches):
        writer.insert_alerts(alerts[start::batches])
    found = [alert for page in pages(reader, size, right_id=run) for alert in page]
    first = {alert.alert_id: alert for alert in sorted(alerts, key=lambda alert: alert.observed_at, reverse=True)}
    assert sorted(ids(found)) == sorted(first)
    assert all(alert["observed_at"] == first[alert["alert_id"]].observed_at for alert in found)
    assert [alert["observed_at"] for alert in found] == sorted((a["observed_at"] for a in found), reverse=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("right_id", "R-2"),
        ("subject", "S-2"),
        ("detector", "coded_fake"),
        ("tier", "low"),
        ("kind", "design"),
        ("platform", "ebay"),
    ],
)
def test_each_filter_keeps_what_it_names(
    writer: TableWriter, reader: AlertReader, make_alert: Any, field: str, value: str
) -> None:
    wanted = make_alert(**{field: value})
    writer.insert_alerts([make_alert(), wanted])
    asked: dict[str, Any] = {field: value}
    hostile: dict[str, Any] = {field: "' OR 1 = 1 --"}
    assert ids(reader.recent(AlertQuery(**asked))) == [wanted.alert_id]
    assert reader.recent(AlertQuery(**hostile)) == []


def test_filters_add_up(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    wanted = make_alert(tier="low", platform="ebay")
    writer.insert_alerts([make_alert(tier="low"), make_alert(platform="ebay"), wanted])
    assert ids(reader.recent(AlertQuery(tier="low", platform="ebay"))) == [wanted.alert_id]


def test_a_filter_looks_at_the_first_observation_only(
    writer: TableWriter, reader: AlertReader, make_alert: Any
) -> None:
    writer.insert_alerts([make_alert(listing_id="same", tier="low", after_ms=0)])
    writer.insert_alerts([make_alert(listing_id="same", tier="high", after_ms=0, revision=8)])
    writer.insert_alerts([make_alert(listing_id="same", tier="high", after_ms=5)])
    assert reader.recent(AlertQuery(tier="high")) == []
    assert len(reader.recent(AlertQuery(tier="low"))) == 1


def test_a_group_holds_all_findings_about_one_offer(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    group = [make_alert(listing_id="one"), make_alert(listing_id="one", detector="coded_fake")]
    writer.insert_alerts([*group, make_alert()])
    assert set(ids(reader.recent(AlertQuery(group_id=group[0].group_id)))) == {alert.alert_id for alert in group}


@pytest.mark.parametrize("text", ["n1KE", "运动", "CAFÉ", "50%_'\\", "a\0b", "{text:String}"])
def test_text_is_found_in_title_subject_and_seller_whatever_its_case(
    writer: TableWriter, reader: AlertReader, make_alert: Any, text: str
) -> None:
    held = f"x {text.lower()} y"
    plain = {"title": "-", "seller": {"name": "-"}}
    wanted = [
        make_alert(**plain | {"title": held}),
        make_alert(**plain, subject=held),
        make_alert(**plain | {"seller": {"name": held}}),
    ]
    writer.insert_alerts([*wanted, make_alert(**plain)])
    assert set(ids(reader.recent(AlertQuery(text=text)))) == {alert.alert_id for alert in wanted}


def test_text_with_a_lone_surrogate_finds_what_was_stored_for_it(
    writer: TableWriter, reader: AlertReader, make_alert: Any
) -> None:
    wanted = make_alert(title="NI\ud800KE")
    writer.insert_alerts([wanted, make_alert()])
    assert ids(reader.recent(AlertQuery(text="i\udfffk"))) == [wanted.alert_id]


def test_after_is_inclusive_and_before_is_not(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    alerts: list[Alert] = [make_alert(after_ms=after) for after in range(4)]
    writer.insert_alerts(alerts)
    at = [START + timedelta(milliseconds=after) for after in range(4)]
    assert ids(reader.recent(AlertQuery(after=at[1], before=at[3]))) == [alerts[2].alert_id, alerts[1].alert_id]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (AlertQuery(limit=0), "limit"),
        (AlertQuery(limit=1001), "limit"),
        (AlertQuery(text="x" * (MAX_TEXT + 1)), "text"),
        (AlertQuery(group_id="nonsense"), "group_id"),
        (AlertQuery(before=START, before_id="nonsense"), "before_id"),
        (AlertQuery(before=datetime(2026, 1, 1)), "before"),  # noqa: DTZ001 - the zone is what is missing
    ],
)
def test_a_bad_question_is_refused_by_name(reader: AlertReader, query: AlertQuery, message: str) -> None:
    with pytest.raises(StoreRefused, match=message):
        reader.recent(query)


def test_an_unknown_alert_is_none(reader: AlertReader) -> None:
    assert reader.alert(str(uuid4())) is None
    assert reader.alert("'; DROP TABLE alerts") is None


def test_random_ids_are_different_and_known(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    alerts = [make_alert() for _ in range(20)]
    writer.insert_alerts(alerts)
    writer.insert_alerts(alerts)
    found = reader.random_alert_ids(10)
    assert len(found) == len(set(found)) == 10
    assert set(found) <= {alert.alert_id for alert in alerts}
    assert len(reader.random_alert_ids(100)) == 20


def screening(page: int, minutes: int, **changes: Any) -> dict[str, Any]:
    moment = (START + timedelta(minutes=minutes)).isoformat()
    where = {"page": f"{page:064x}", "topic": "listings", "partition": 0, "offset": page, "observed_at": moment}
    counts = {"listings": 10, "matches": 3, "alerts": 1, "dead": 1, "screened": {"mention": 2}, "warnings": {"nul": 1}}
    return {**where, **counts, "revision": 1, "versions": {}, "worker": "w", **changes}


def dead_letter(line: int, minutes: int) -> dict[str, Any]:
    moment = (START + timedelta(minutes=minutes)).isoformat()
    where = {"topic": "listings", "partition": 0, "offset": 1, "observed_at": moment, "line": line}
    return {**where, "reason": "not_json", "head": "", "length": 0, "sha256": "0" * 64}


def test_totals_count_everything_once(writer: TableWriter, reader: AlertReader, make_alert: Any) -> None:
    minute = 60_000
    early, old, new = make_alert(), make_alert(after_ms=minute), make_alert(after_ms=25 * 60 * minute, tier="low")
    early_again = make_alert(listing_id=early.listing_id, after_ms=25 * 60 * minute)
    for _ in range(2):
        writer.insert_alerts([early, old, new, early_again])
        writer.insert_screenings([screening(1, 60), screening(2, 1500), screening(2, 1501)])
        writer.insert_dead_letters([dead_letter(1, 60), dead_letter(2, 1500)])
    totals = reader.totals(START + timedelta(minutes=1440, seconds=30))
    assert totals["day"]["alerts"] == 1  # `early` is a day old, `new` is still to come
    totals = reader.totals(START + timedelta(minutes=1505))
    assert totals["hour"] == {
        "alerts": 1,
        "by_tier": {"low": 1},
        "by_detector": {"mark": 1},
        "pages": 1,
        "listings": 10,
        "screened": {"mention": 2},
        "warnings": {"nul": 1},
        "dead_letters": 1,
        "dead_by_reason": {"not_json": 1},
    }
    assert totals["day"]["alerts"] == 1
    assert totals["day"]["listings"] == 10


def test_totals_of_nothing_are_zero(reader: AlertReader) -> None:
    assert reader.totals()["day"]["alerts"] == 0
    assert reader.totals()["hour"]["screened"] == {}
