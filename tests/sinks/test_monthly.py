"""What a month came to, on a few rows whose figures are worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from detectors.records import Alert, timestamp_text
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.monthly import Counted, Deadline, Month, MonthlyReader, Taken
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings
from sinks.triage_policy import TriageSettings
from sinks.visible import EVERYTHING, Visible
from tests.sinks.conftest import START, MakeAlert
from tests.sinks.verdict_rows import GUILTY, INNOCENT, Given, give

AFTER, BEFORE = START - timedelta(days=20), START + timedelta(days=9)
HOUR = timedelta(hours=1)
NOTHING: dict[str, Any] = {"verdict": "", "reason_code": ""}
PUTIAN, SHENZHEN = {"id": "s1", "region": "350300"}, {"id": "s2", "region": "440305"}


@pytest.fixture
def world(clickhouse: ClickHouseSettings, writer: TableWriter, connection: Connection, make_alert: MakeAlert) -> None:
    """Four groups: a (two alerts, guilty after 1 h), b (innocent, 5 h: late), c (low, nobody), d (undone: nobody).

    Seconds from listing to alert: a 1 and 3, b 5, c 11, d a retrospective one, which does not count.
    """

    def found(name: str, listed_seconds_ago: int, **changes: Any) -> Alert:
        listed = timestamp_text(START - timedelta(seconds=listed_seconds_ago))
        return make_alert(listing_id=name, listed_at=listed, **changes)

    a = found("a", 1, seller=PUTIAN)
    a_logo = found("a", 3, seller=PUTIAN, detector="logo")
    b = found("b", 5, seller=SHENZHEN, subject="CN-TM-2", right_id="CN-TM-2")
    c = found("c", 11, seller=PUTIAN, kind="design", tier="low")
    d = found("d", 500, seller=SHENZHEN, retrospective=True)
    later = make_alert(listing_id="later", after_ms=10 * 86_400_000)
    writer.insert_alerts([a, a_logo, b, c, d, later, a])
    taken_back = Given(alert=d, after=HOUR, **GUILTY)
    give(
        connection,
        [
            Given(alert=a, after=HOUR, **GUILTY),
            Given(alert=b, after=5 * HOUR, **INNOCENT),
            taken_back,
            Given(alert=d, after=HOUR, stage="undo", version=2, undoes=taken_back.verdict_id, **NOTHING),
            Given(alert=c, after=timedelta(days=9), **GUILTY),  # in the next month
        ],
    )
    counts = {"revision": 7, "versions": {}, "matches": 6, "alerts": 6, "screened": {}, "warnings": {}, "worker": "w"}
    place = {"topic": "listings", "partition": 0, "offset": 7}
    writer.insert_screenings(
        [
            {"observed_at": timestamp_text(START), "page": "ab" * 32, "listings": 500, "dead": 2, **place, **counts},
            {"observed_at": timestamp_text(BEFORE), "page": "cd" * 32, "listings": 70, "dead": 9, **place, **counts},
        ]
    )


def month_of(clickhouse: ClickHouseSettings, visible: Visible = EVERYTHING) -> Month:
    with MonthlyReader(clickhouse) as reader:
        return reader.month(AFTER, BEFORE, visible, TriageSettings(), 480)


@pytest.mark.usefixtures("world")
def test_the_month_is_counted_as_by_hand(clickhouse: ClickHouseSettings) -> None:
    month = month_of(clickhouse)
    assert (month.listings, month.pages, month.dead) == (500, 1, 2)
    assert month.by["day"] == (Counted("2026-11-21", 5, 4, 2, 1),)
    assert month.by["region"] == (Counted("350000", 3, 2, 1, 1), Counted("440000", 2, 2, 1, 0))
    assert month.by["kind"] == (Counted("trademark", 4, 3, 2, 1), Counted("design", 1, 1, 0, 0))
    assert month.by["detector"] == (Counted("mark", 5, 4, 2, 1), Counted("logo", 2, 1, 1, 1))
    assert month.by["seller"] == (Counted("taobao:s1", 3, 2, 1, 1), Counted("taobao:s2", 2, 2, 1, 0))
    assert month.by["right"] == (Counted("CN-TM-1", 4, 3, 1, 1), Counted("CN-TM-2", 1, 1, 1, 0))
    assert month.by["tier"] == (Counted("high", 4, 3, 2, 1), Counted("low", 1, 1, 0, 0))


@pytest.mark.usefixtures("world")
def test_times_and_deadlines_are_as_by_hand(clickhouse: ClickHouseSettings) -> None:
    month = month_of(clickhouse)
    assert month.to_alert == Taken(4, 5.0, 11.0)
    assert month.to_verdict == Taken(2, 18_000.0, 18_000.0)
    assert month.deadlines == (Deadline("high", 3, 1, 2), Deadline("low", 1, 0, 1))
    assert month.verdicts == (("infringing", "counterfeit", 1), ("not_infringing", "licensed", 1))


@pytest.mark.usefixtures("world")
def test_who_sees_a_part_gets_the_figures_of_it(clickhouse: ClickHouseSettings) -> None:
    own = month_of(clickhouse, Visible(holders=frozenset({"h"}), rights=frozenset({"CN-TM-2"})))
    assert own.by["region"] == (Counted("440000", 1, 1, 1, 0),)
    assert own.to_alert == Taken(1, 5.0, 5.0)
    assert (own.listings, own.verdicts) == (None, (("not_infringing", "licensed", 1),))
    putian = month_of(clickhouse, Visible(regions=("3503",)))
    assert putian.by["seller"] == (Counted("taobao:s1", 3, 2, 1, 1),)


def test_a_month_without_anything_has_figures_of_nothing(clickhouse: ClickHouseSettings) -> None:
    month = month_of(clickhouse)
    assert (month.listings, month.pages, month.to_alert, month.deadlines) == (0, 0, Taken(0, None, None), ())
    assert not any(month.by.values())
