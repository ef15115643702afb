"""The floor's counts over the last hour and the last day. Each thing counts once, however often it was delivered."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from detectors.records import timestamp_text
from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_SINCE = "observed_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
_UNTIL = "observed_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')"
_WINDOW = f"{_SINCE} AND {_UNTIL}"
_RECENT = "observed_at > fromUnixTimestamp64Milli({recent:Int64}, 'UTC')"

# An alert counts when its first observation is in the span: content seen again is no new alert.
_ALERTS = f"""
SELECT tier, detector, count(), countIf(first > fromUnixTimestamp64Milli({{recent:Int64}}, 'UTC'))
FROM (
    SELECT alert_id, min(observed_at) AS first, argMax(tier, first_wins) AS tier, any(detector) AS detector
    FROM alerts_by_time
    WHERE {_WINDOW}
    GROUP BY alert_id
)
WHERE alert_id NOT IN (
    SELECT alert_id FROM alerts_by_time
    WHERE NOT ({_SINCE}) AND alert_id IN (SELECT alert_id FROM alerts_by_time WHERE {_WINDOW})
)
GROUP BY tier, detector"""  # noqa: S608 - our own words; values are bound

# A page counts once, with its latest screening.
_SCREENINGS = f"""
SELECT
    count(), sum(listings), sumMap(screened), sumMap(warnings),
    countIf({_RECENT}), sumIf(listings, {_RECENT}), sumMapIf(screened, {_RECENT}), sumMapIf(warnings, {_RECENT})
FROM (
    SELECT observed_at, listings, screened, warnings FROM screenings
    WHERE {_WINDOW}
    ORDER BY observed_at DESC, stored_at DESC LIMIT 1 BY page
)"""  # noqa: S608

_DEAD_LETTERS = f"SELECT reason, count(), countIf({_RECENT}) FROM dead_letters FINAL WHERE {_WINDOW} GROUP BY reason"  # noqa: S608


def read_totals(connection: Connection, now: datetime | None) -> dict[str, Any]:
    """`{"now": ..., "hour": counts, "day": counts}`, the spans that end at `now`.

    The counts are alerts, by_tier, by_detector, pages, listings, screened and warnings (by reason), dead_letters and
    dead_by_reason.
    """
    until = connection.query("SELECT now64(3, 'UTC')")[0][0] if now is None else now
    values = {
        "until": milliseconds(until),
        "since": milliseconds(until - SPANS["day"]),
        "recent": milliseconds(until - SPANS["hour"]),
    }
    alerts = connection.query(_ALERTS, values)
    pages = connection.query(_SCREENINGS, values)[0]
    dead = connection.query(_DEAD_LETTERS, values)
    return {
        "now": timestamp_text(until),
        "hour": {**_alert_counts(alerts, 3), **_screening_counts(pages[4:]), **_dead_counts(dead, 2)},
        "day": {**_alert_counts(alerts, 2), **_screening_counts(pages[:4]), **_dead_counts(dead, 1)},
    }


def _alert_counts(rows: list[Any], column: int) -> dict[str, Any]:
    by_tier, by_detector = Counter[str](), Counter[str]()
    for row in rows:
        by_tier[row[0]] += row[column]
        by_detector[row[1]] += row[column]
    return {"alerts": by_tier.total(), "by_tier": dict(+by_tier), "by_detector": dict(+by_detector)}


def _screening_counts(row: Any) -> dict[str, Any]:
    pages, listings, screened, warnings = row
    return {"pages": pages, "listings": listings, "screened": screened, "warnings": warnings}


def _dead_counts(rows: list[Any], column: int) -> dict[str, Any]:
    by_reason = +Counter({row[0]: row[column] for row in rows})
    return {"dead_letters": by_reason.total(), "dead_by_reason": dict(by_reason)}
