"""What one may see: the store's answer and the test of one alert agree, for every kind of alert and asker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.records import Alert, SampledMatch, timestamp_text
from sinks.clickhouse.migrate import known_migrations, migrate
from sinks.clickhouse.query import AlertQuery, ScreenedQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings
from sinks.visible import EVERYTHING, Visible, region_of

MANY = frozenset(f"CN-TM-{number:08d}" for number in range(100_000))
SEEN_BY = {
    "everything": EVERYTHING,
    "own rights": Visible(holders=frozenset({"h1"}), rights=frozenset({"A", "B"})),
    "no rights": Visible(holders=frozenset({"h1"}), rights=frozenset()),
    "many rights": Visible(holders=frozenset({"h1"}), rights=MANY | {"A", "it's\\"}),
    "a region": Visible(regions=("4403",)),
    "two regions": Visible(regions=("4403", "35")),
    "no region": Visible(regions=()),
    "both": Visible(holders=frozenset({"h1"}), rights=frozenset({"A"}), regions=("44",)),
    "hostile region": Visible(regions=("%", "4' OR 1=1", "4\\")),
}


@pytest.fixture
def alerts(make_alert: Callable[..., Alert]) -> list[Alert]:
    shenzhen, putian = {"id": "s", "region": "440300"}, {"id": "s", "region": "350300"}
    return [
        make_alert(subject="A", seller=shenzhen),
        make_alert(subject="B", seller=putian, ships_from="440300"),
        make_alert(subject="C", seller={"id": "s"}, ships_from="440305"),
        make_alert(subject="A", seller={"id": "s"}),
        make_alert(subject="it's\\", seller={"region": "泽" * 60}),
        make_alert(subject="ZL 1", right_id=None, seller=shenzhen),
    ]


def ids(found: list[Any]) -> set[str]:
    return {alert["alert_id"] for alert in found}


@pytest.mark.parametrize("name", SEEN_BY)
def test_a_query_finds_exactly_the_alerts_that_are_seen(
    name: str, alerts: list[Alert], writer: TableWriter, reader: AlertReader
) -> None:
    writer.insert_alerts(alerts)
    writer.insert_screened([SampledMatch(screened="mention", alert=alert) for alert in alerts])
    visible = SEEN_BY[name]
    wanted = {alert.alert_id for alert in alerts if visible.sees(alert.to_json())}
    assert ids(reader.recent(AlertQuery(visible=visible))) == wanted
    assert ids(reader.screened(ScreenedQuery(visible=visible))) == wanted


def test_who_is_seen_by_whom(alerts: list[Alert]) -> None:
    seen = {name: [visible.sees(alert.to_json()) for alert in alerts] for name, visible in SEEN_BY.items()}
    assert seen["everything"] == [True] * 6
    assert seen["own rights"] == [True, True, False, True, False, False]
    assert seen["no rights"] == seen["no region"] == seen["hostile region"] == [False] * 6
    assert seen["a region"] == [True, False, True, False, False, True]
    assert seen["both"] == [True, False, False, False, False, False]


def test_the_seller_says_where_it_is_before_the_goods_do() -> None:
    assert region_of({"seller": {"region": "44"}, "ships_from": "35"}) == "44"
    assert region_of({"seller": {"region": ""}, "ships_from": "35"}) == "35"
    assert region_of({"seller": None, "ships_from": 7}) == ""


def test_a_right_without_a_holder_is_nobodys() -> None:
    own = Visible(holders=frozenset({"h1"}), rights=frozenset())
    assert own.owns({"holder": {"id": " h1 "}})
    assert not own.owns({"holder": {"id": "h2"}})
    assert not own.owns({"holder": {"name": "h1"}})
    assert EVERYTHING.owns({})


def test_alerts_stored_before_regions_were_kept_are_found_by_theirs(
    empty_clickhouse: ClickHouseSettings, alerts: list[Alert]
) -> None:
    migrate(empty_clickhouse, known_migrations()[:11])
    now = timestamp_text(datetime.now(UTC))
    with TableWriter(empty_clickhouse) as writer:
        writer.insert_alerts([alert._replace(observed_at=now) for alert in alerts])
    migrate(empty_clickhouse)
    visible = Visible(regions=("4403",))
    with AlertReader(empty_clickhouse) as reader:
        wanted = {alert.alert_id for alert in alerts if visible.sees(alert.to_json())}
        assert ids(reader.recent(AlertQuery(visible=visible))) == wanted
        assert len(reader.recent(AlertQuery())) == len(alerts)
