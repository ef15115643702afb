"""What the queue groups by, taken out of alerts as they are stored, and out of those that an older schema has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from detectors.records import Alert, Reason, timestamp_text
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import known_migrations, migrate
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings

PICTURE = "ab" * 32
SEEN = Reason(field="images[0]", matched="swoosh.png", how="pdq", picture=PICTURE)
COLUMNS = "SELECT seller, seller_region, fingerprint FROM alerts_by_time FINAL WHERE alert_id = {id:UUID}"
Stored = Callable[[Alert], tuple[str, str, str]]


@pytest.fixture(params=["as they come", "from before"])
def stored(request: pytest.FixtureRequest, empty_clickhouse: ClickHouseSettings) -> Stored:
    """Stores an alert, before or after the columns were made, and says what stands in them."""

    def store(alert: Alert) -> tuple[str, str, str]:
        migrate(empty_clickhouse, known_migrations()[: 11 if request.param == "from before" else None])
        with TableWriter(empty_clickhouse) as writer:
            writer.insert_alerts([alert])
        migrate(empty_clickhouse)
        with Connection(empty_clickhouse) as connection:
            (row,) = connection.query(COLUMNS, {"id": alert.alert_id})
        return row  # type: ignore[no-any-return]

    return store


def test_a_seller_is_known_by_platform_and_id_and_its_region_and_a_matching_picture_is_the_fingerprint(
    stored: Stored, make_alert: Any
) -> None:
    seller = {"id": "s9", "name": "Shop", "region": "440300"}
    alert = make_alert(seller=seller, reasons=(SEEN,), observed_at=timestamp_text(datetime.now(UTC)))
    assert stored(alert) == ("taobao:s9", "440300", PICTURE)


def test_without_an_id_the_name_stands_for_the_seller_and_titles_that_differ_in_numbers_have_one_fingerprint(
    stored: Stored, make_alert: Any
) -> None:
    now = timestamp_text(datetime.now(UTC))
    first = stored(make_alert(seller={"name": "Shop"}, title="Shoes 42 耐克", observed_at=now))
    second = stored(make_alert(seller={}, title="SHOES  43耐克", observed_at=now))
    assert (first[0], second[0]) == ("taobao:Shop", "")
    assert first[2] == second[2] != ""
