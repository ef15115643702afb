"""What the flood watch reads of the alerts: which pictures fired lately, and how often their rights' usually do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from sinks.text import storable

MOST_ALERTS = 50_000  # of a window, the newest: far above the limits, and 100 MB as documents at most
_AT_ONCE = 2_000
_DETECTOR = "detector = 'image_copy'"
_RECENT = f"""
SELECT DISTINCT alert_id FROM alerts_by_time
WHERE {_DETECTOR} AND observed_at > fromUnixTimestamp64Milli({{since:Int64}}, 'UTC')
ORDER BY observed_at DESC LIMIT {MOST_ALERTS}"""  # noqa: S608 - our own words; values are bound
_DOCUMENTS = """
SELECT alert_id, observed_at, document
FROM (SELECT * FROM alerts WHERE alert_id IN {ids:Array(UUID)} ORDER BY first_wins DESC LIMIT 1 BY alert_id)"""
_USUAL = f"""
SELECT uniqExact(group_id), min(observed_at) FROM alerts_by_time
WHERE {_DETECTOR} AND right_id IN {{rights:Array(String)}}
AND observed_at > fromUnixTimestamp64Milli({{since:Int64}}, 'UTC')
AND observed_at <= fromUnixTimestamp64Milli({{until:Int64}}, 'UTC')"""  # noqa: S608 - as above
Fired = tuple[datetime, dict[str, Any]]
"""When an alert was first observed, and the alert as in `Alert.to_json`."""


class PictureAlerts:
    """One connection, one thread at a time. Each query has a time limit.

    Raises (every method): StoreUnavailable (try again later), StoreRefused.
    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def recent(self, since: datetime) -> list[UUID]:
        """The alerts of copied pictures that were observed after a moment, also again, the newest MOST_ALERTS."""
        return [row[0] for row in self._connection.query(_RECENT, {"since": milliseconds(since)})]

    def fired(self, ids: Collection[UUID]) -> Iterator[tuple[UUID, Fired]]:
        """Those alerts, each with its first observation."""
        wanted: Sequence[UUID] = sorted(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            rows = self._connection.query(_DOCUMENTS, {"ids": wanted[start : start + _AT_ONCE]})
            yield from ((alert_id, (observed_at, orjson.loads(text))) for alert_id, observed_at, text in rows)

    def usual(self, rights: Collection[str], since: datetime, until: datetime, window: timedelta) -> float:
        """How many offers a window these rights' pictures fired for, between two moments or since they first did."""
        values = {
            "rights": [storable(one) for one in rights],
            "since": milliseconds(since),
            "until": milliseconds(until),
        }
        ((offers, first),) = self._connection.query(_USUAL, values)
        return offers / max(1.0, (until - first) / window) if offers else 0.0

    def close(self) -> None:
        self._connection.close()
