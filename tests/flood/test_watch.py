"""The flood watch over real stores: what it quarantines, and what it leaves alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from detectors.records import Alert, Reason, timestamp_text
from sinks.clickhouse.picture_alerts import PictureAlerts
from sinks.clickhouse.writer import TableWriter
from sinks.operational.allow_store import AllowStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.configuration.connections import Connections
from streams.configuration.sections import FloodSettings, KafkaSettings
from streams.flood.running import watching_for_floods
from streams.flood.watch import FloodWatch
from streams.metrics import FloodMetrics
from tests.sinks.conftest import START, MakeAlert

PDQ, OTHER = "0f" * 32, "f0" * 32
SETTINGS = FloodSettings(listings=6, sellers=3, shared_listings=4, shared_sellers=2, most_undecided=2)
NOW = START + timedelta(minutes=60)
Fire = Callable[..., list[Alert]]
Look = Callable[..., list[str]]


@pytest.fixture
def fire(make_alert: MakeAlert, writer: TableWriter) -> Fire:
    """Store so many alerts for a picture, by so many sellers, so many minutes after START."""

    def store(count: int, sellers: int, *, pdq: str = PDQ, minutes: int = 30, **changes: object) -> list[Alert]:
        moment = timestamp_text(START + timedelta(minutes=minutes))
        reason = Reason(field="images[0]", matched="own.jpg", how="pdq", text=pdq, distance=2, threshold=31)
        common = {"detector": "image_copy", "reasons": (reason,), "observed_at": moment, **changes}
        alerts = [make_alert(salt=pdq[:2], seller={"id": f"s{n % sellers}"}, **common) for n in range(count)]
        writer.insert_alerts(alerts)
        return alerts

    return store


@pytest.fixture
def allow(operational: OperationalSettings) -> Iterator[AllowStore]:
    store = AllowStore(operational)
    yield store
    store.close()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def watch(
    allow: AllowStore,
    rights: RightsStore,
    clickhouse: ClickHouseSettings,
    registry: CollectorRegistry,
) -> Iterator[FloodWatch]:
    alerts = PictureAlerts(clickhouse)
    yield FloodWatch(
        allow=allow,
        rights=rights,
        alerts=alerts,
        settings=SETTINGS,
        metrics=FloodMetrics(registry),
        clock=lambda: NOW,
    )
    alerts.close()


def quarantined(watch: FloodWatch) -> list[str]:
    return [entry["pdq"] for entry in watch.look()]


def test_a_picture_that_fires_for_many_sellers_is_quarantined_once_with_what_fired(
    watch: FloodWatch, fire: Fire, allow: AllowStore
) -> None:
    alerts = fire(6, 3)
    assert quarantined(watch) == [PDQ]
    (entry,) = allow.entries()
    fired = entry["fired"]
    assert (entry["state"], entry["by"], entry["distance"]) == ("quarantined", "flood", 10)
    assert (fired["listings"], fired["sellers"], fired["minutes"], fired["rights"]) == (6, 3, 60, ["CN-TM-1"])
    assert len(fired["alerts"]) == 3
    assert set(fired["alerts"]) <= {alert.alert_id for alert in alerts}
    assert quarantined(watch) == []


def test_alerts_that_come_between_two_looks_are_counted_with_those_before(watch: FloodWatch, fire: Fire) -> None:
    fire(3, 3)
    assert quarantined(watch) == []
    fire(3, 3, minutes=40)
    assert quarantined(watch) == [PDQ]


@pytest.mark.parametrize("changes", [
    {"sellers": 1}, {"minutes": 0}, {"retrospective": True}, {"detector": "mark"}, {"reasons": ()},
])  # fmt: skip
def test_what_is_no_flood_goes_on_alerting(watch: FloodWatch, fire: Fire, changes: dict[str, object]) -> None:
    fire(**{"count": 20, "sellers": 10, **changes})
    assert quarantined(watch) == []


def test_an_offer_that_is_seen_again_does_not_fire_again(
    watch: FloodWatch,
    fire: Fire,
    make_alert: MakeAlert,
    writer: TableWriter,
) -> None:
    alerts = fire(6, 3, minutes=-120)
    again = timestamp_text(START + timedelta(minutes=30))
    writer.insert_alerts([Alert.from_json({**alert.to_json(), "observed_at": again}) for alert in alerts])
    assert quarantined(watch) == []


def test_a_picture_of_several_holders_needs_fewer_one_of_one_holder_does_not(
    watch: FloodWatch,
    fire: Fire,
    rights: RightsStore,
) -> None:
    for right_id, holder in (("A", "h1"), ("B", "h1"), ("C", "h2")):
        right = {"right_id": right_id, "kind": "trademark", "marks": ["x"], "holder": {"id": holder}}
        rights.apply([{"op": "put", "right": right}])
    for subject in ("A", "B"):
        fire(2, 2, subject=subject, right_id=subject)
    assert quarantined(watch) == []
    fire(1, 1, subject="C", right_id="C")
    assert quarantined(watch) == [PDQ]


def test_what_a_right_s_pictures_usually_fire_for_is_no_flood(watch: FloodWatch, fire: Fire) -> None:
    for hour in range(1, 5):
        fire(2, 2, minutes=-60 * hour + 30)
    fire(11, 11)  # eight in three and a half hours are usual, and 11.4 five times as many
    assert quarantined(watch) == []
    fire(1, 1)
    assert quarantined(watch) == [PDQ]


@pytest.mark.parametrize(("decide", "wanted"), [("allow", []), ("release", []), ("remove", [PDQ])])
def test_a_person_s_decision_stands(
    watch: FloodWatch, fire: Fire, allow: AllowStore, decide: str, wanted: list[str]
) -> None:
    fire(6, 3)
    watch.look()
    if decide == "remove":
        allow.remove(PDQ)
    else:
        getattr(allow, decide)(PDQ, by="web", now=NOW)
    fire(6, 3, minutes=50)
    assert quarantined(watch) == wanted


def test_no_more_is_quarantined_than_may_wait_for_a_person(
    watch: FloodWatch, fire: Fire, registry: CollectorRegistry
) -> None:
    for number, pdq in enumerate((PDQ, OTHER, "55" * 32)):
        fire(8 - number, 4, pdq=pdq)
    assert quarantined(watch) == [PDQ, OTHER]
    assert registry.get_sample_value("rightswatch_flood_refused_total") == 1
    assert registry.get_sample_value("rightswatch_allow_entries", {"state": "quarantined"}) == 2


def test_the_age_of_the_oldest_undecided_quarantine_is_said(
    watch: FloodWatch, fire: Fire, allow: AllowStore, registry: CollectorRegistry
) -> None:
    fire(6, 3)
    watch.look()
    later: datetime = NOW + timedelta(minutes=90)
    watch.clock = lambda: later
    watch.look()
    assert registry.get_sample_value("rightswatch_flood_undecided_age_seconds") == 5400
    allow.allow(PDQ, by="web", now=later)
    watch.look()
    assert registry.get_sample_value("rightswatch_flood_undecided_age_seconds") == 0


def test_another_process_that_watches_is_left_to_it(
    watch: FloodWatch, fire: Fire, operational: OperationalSettings
) -> None:
    fire(6, 3)
    other = AllowStore(operational)
    with other.watching():
        assert watch.look() == []
    other.close()
    assert quarantined(watch) == [PDQ]


def test_a_store_that_is_away_is_waited_for_and_the_stop_is_heard(clickhouse: ClickHouseSettings) -> None:
    """The operational database cannot be opened: the lanes beside it run, and the end does not wait for it."""
    away = OperationalSettings("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")
    connections = Connections(
        kafka=KafkaSettings(), clickhouse=clickhouse, redis=RedisSettings("redis://127.0.0.1:1/0"), operational=away
    )
    registry = CollectorRegistry()

    async def beside() -> float:
        async with asyncio.timeout(60), watching_for_floods(SETTINGS, connections, registry):
            while not (failed := registry.get_sample_value("rightswatch_flood_failed_total")):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            return failed

    assert asyncio.run(beside()) >= 1
