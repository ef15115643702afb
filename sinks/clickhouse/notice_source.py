"""What notices are made of, in the order in which ClickHouse stored it: new alerts, and offers that are gone.

The tables are in another order; an index of each granule's newest row (`by_stored`) spares all parts but the newest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from sinks.text import storable

CHUNK = 500  # alerts or offers in one query
_NEW = """
SELECT alert_id, max(stored_at) AS newest FROM alerts WHERE stored_at >= fromUnixTimestamp({since:Int64})
GROUP BY alert_id ORDER BY newest, alert_id"""
_ALERTS = """
SELECT document FROM (
    SELECT alert_id, document, first_wins FROM alerts WHERE alert_id IN {ids:Array(UUID)}
    ORDER BY first_wins DESC LIMIT 1 BY alert_id
)"""
_GONE = """
SELECT platform, listing_id, max(stored_at) AS newest FROM listings
WHERE stored_at >= fromUnixTimestamp({since:Int64}) AND state = 'delisted'
GROUP BY platform, listing_id ORDER BY newest, platform, listing_id"""
_OF_OFFERS = """
SELECT document FROM alerts
WHERE platform IN {platforms:Array(String)} AND listing_id IN {listing_ids:Array(String)}
ORDER BY observed_at DESC LIMIT 1 BY group_id"""
Alert = dict[str, Any]
Offer = tuple[str, str]


class NoticeSource:
    """One connection, one thread at a time. Raises (every method): StoreUnavailable, StoreRefused."""

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def close(self) -> None:
        self._connection.close()

    def now(self) -> datetime:
        """The server's clock, by which it says when something was stored; whole seconds."""
        moment: datetime = self._connection.query("SELECT toDateTime(now(), 'UTC')")[0][0]
        return moment

    def alert_ids(self, since: datetime) -> list[tuple[UUID, datetime]]:
        """Alerts that were stored at that second or later, also again, and when."""
        return [(found, at) for found, at in self._connection.query(_NEW, {"since": int(since.timestamp())})]

    def alerts(self, ids: Sequence[UUID]) -> dict[UUID, Alert]:
        """Those alerts, each as it was first observed."""
        found = dict[UUID, Alert]()
        for start in range(0, len(ids), CHUNK):
            for (text,) in self._connection.query(_ALERTS, {"ids": list(ids[start : start + CHUNK])}):
                alert = orjson.loads(text)
                found[UUID(alert["alert_id"])] = alert
        return found

    def gone(self, since: datetime) -> list[tuple[Offer, datetime]]:
        """Offers that were seen to be delisted, stored at that second or later, and when."""
        rows = self._connection.query(_GONE, {"since": int(since.timestamp())})
        return [((platform, listing_id), at) for platform, listing_id, at in rows]

    def alerted(self, offers: Collection[Offer]) -> Iterator[Alert]:
        """Of those offers the newest alert of each group."""
        wanted = sorted(offers)
        for start in range(0, len(wanted), CHUNK):
            part = frozenset(wanted[start : start + CHUNK])
            values = {
                "platforms": sorted({storable(platform) for platform, _ in part}),
                "listing_ids": sorted({storable(listing_id) for _, listing_id in part}),
            }
            for (text,) in self._connection.query(_OF_OFFERS, values):
                alert = orjson.loads(text)
                if (alert["platform"], alert["listing_id"]) in part:
                    yield alert
