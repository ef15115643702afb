"""Alerts, verdicts and offers that are gone become notices once, from a real ClickHouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from detectors.records import Alert, Page
from detectors.watchlist.builder import WatchlistBuilder
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.listing_row import ListingRow
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.notice_source import NoticeSource
from sinks.clickhouse.writer import TableWriter
from sinks.operational.notice_store import NoticeStore
from sinks.operational.triage_store import TriageStore
from sinks.settings import ClickHouseSettings, OperationalSettings
from streams.embedded import Endpoints
from streams.notices.collecting import Collector
from streams.pipeline import screen_page
from tests.sinks.notice_world import RIGHT, draft
from tests.sinks.triage_world import ANN, GUILTY, NO_REVIEWS, group
from tests.streams.notice_desk import notice_store

OFFER = {"platform": "taobao", "listing_id": "L1", "title": "N1KE running shoes replica", "seller": {"id": "s1"}}


@pytest.fixture(scope="module")
def clickhouse(stack: Endpoints) -> Iterator[ClickHouseSettings]:
    settings = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database="test_notice_collecting",
    )
    migrate(settings)
    yield settings
    with Connection(settings, database="default") as connection:
        connection.command(f"DROP DATABASE {settings.database}")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NoticeStore]:
    with notice_store(tmp_path) as store:
        yield store


@pytest.fixture
def collector(clickhouse: ClickHouseSettings, store: NoticeStore) -> Iterator[Collector]:
    """Has looked once already, and a destination has been there since."""
    with Connection(clickhouse) as connection:
        for table in ("alerts", "listings"):
            connection.command(f"TRUNCATE TABLE {table}")
    with closing(NoticeSource(clickhouse)) as source:
        collector = Collector(store=store, source=source, clock=lambda: datetime.now(UTC))
        store.destinations.add(draft(), "ann", datetime.now(UTC) - timedelta(seconds=2))
        collector.collect()
        yield collector


def seen(clickhouse: ClickHouseSettings, **changes: Any) -> tuple[Alert, ...]:
    """An offer as worker and writer handle it."""
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, "op": "put", "right": {**RIGHT, "policy": "any_use"}})
    page = Page(orjson.dumps({**OFFER, **changes}), datetime.now(UTC), "listings", 0, 7)
    screening = screen_page(page, builder.build())
    with TableWriter(clickhouse) as writer:
        writer.insert_pages([page])
        writer.insert_listings(rows_of(page))
        writer.insert_alerts(screening.alerts)
    return screening.alerts


def rows_of(page: Page) -> list[ListingRow]:
    offer = orjson.loads(page.body)
    return [
        ListingRow(
            platform=offer["platform"],
            listing_id=offer["listing_id"],
            page=page.digest,
            line=1,
            listing_digest="ab" * 32,
            observed_at=page.observed_at,
            state=offer.get("state", "listed"),
        )
    ]


def told(store: NoticeStore) -> list[tuple[str, str]]:
    return [(notice["event"], notice["facts"]["listing_id"]) for notice in store.notices(None)]


def test_a_new_alert_is_told_once_by_every_process_there_is(
    clickhouse: ClickHouseSettings, collector: Collector, store: NoticeStore
) -> None:
    alerts = seen(clickhouse)  # two detectors found it: one offer, one right, one notice
    collector.collect()
    collector.collect()
    replace(collector, _told={}).collect()  # a process that starts now
    assert told(store) == [("alert", "L1")]
    [notice] = store.notices(None)
    assert notice["alert_id"] in {alert.alert_id for alert in alerts}


def test_an_alert_from_before_anybody_asked_is_told_nobody(
    clickhouse: ClickHouseSettings, tmp_path: Path, collector: Collector, store: NoticeStore
) -> None:
    seen(clickhouse)
    [there] = store.destinations.all(None, datetime.now(UTC))
    store.destinations.remove(there.destination_id, owners=None, now=datetime.now(UTC))
    store.destinations.add(draft(), "ann", datetime.now(UTC) + timedelta(seconds=2))
    collector.collect()
    assert told(store) == []


def test_an_offer_with_an_alert_that_is_gone_is_told_once(
    clickhouse: ClickHouseSettings, collector: Collector, store: NoticeStore
) -> None:
    seen(clickhouse)
    collector.collect()
    seen(clickhouse, state="delisted")
    seen(clickhouse, listing_id="other", title="plain shoes", state="delisted")
    collector.collect()
    seen(clickhouse, state="delisted", price="1.00")
    replace(collector, _told={}).collect()
    assert told(store).count(("delisted", "L1")) == 1
    assert ("delisted", "other") not in told(store)


def test_a_verdict_that_closes_a_group_is_told(
    clickhouse: ClickHouseSettings, collector: Collector, store: NoticeStore, tmp_path: Path
) -> None:
    alert = seen(clickhouse)[0]
    facts = group(1, group_id=alert.group_id, alert_id=alert.alert_id)
    with closing(TriageStore(OperationalSettings.sqlite(tmp_path / "operational.db"), NO_REVIEWS)) as judging:
        judging.judge([facts], ANN, datetime.now(UTC), versions={alert.group_id: 0}, **GUILTY)
    collector.collect()
    collector.collect()
    verdicts = [notice for notice in store.notices(None) if notice["event"] == "verdict"]
    assert [(one["facts"]["verdict"], one["facts"]["reason_code"]) for one in verdicts] == [
        ("infringing", "counterfeit")
    ]
