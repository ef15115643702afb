"""What leads are made of and closed by: alerts in the order in which ClickHouse stored them, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.query import AlertQuery
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.reader import AlertReader
from sinks.settings import ClickHouseSettings
from sinks.text import storable

CHUNK = 500
MOST_ALERTS = 50  # of a group, the newest
Offer = tuple[str, str]
"""Platform and listing id."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# `stored_at` stands in no key: an index of each granule's newest row (`by_stored`) spares all parts but the newest.
_STORED = """
SELECT
    toUnixTimestamp(stored_at), toString(alert_id), toString(group_id), if(right_id IS NULL, 'none', kind) AS of_kind,
    right_id
FROM alerts
WHERE stored_at >= fromUnixTimestamp({second:UInt32})
    AND (stored_at > fromUnixTimestamp({second:UInt32}) OR toString(alert_id) > {after:String})
    AND of_kind IN {kinds:Array(String)}
ORDER BY stored_at, toString(alert_id)
LIMIT {limit:UInt32}"""

# What stands further down on a page came later.
_GONE = """
SELECT platform, listing_id, toUnixTimestamp64Milli(max(observed_at)) FROM listings
WHERE platform IN {platforms:Array(String)} AND listing_id IN {listing_ids:Array(String)}
GROUP BY platform, listing_id
HAVING argMax(state, (observed_at, line, page)) = 'delisted'"""

_OFFERED = """
SELECT
    platform, listing_id, toUnixTimestamp64Milli(max(observed_at)),
    lower(hex(argMax(listing_digest, (observed_at, line, page)))), lower(hex(argMax(page, (observed_at, line, page))))
FROM listings
WHERE platform IN {platforms:Array(String)} AND listing_id IN {listing_ids:Array(String)}
GROUP BY platform, listing_id
HAVING argMax(state, (observed_at, line, page)) != 'delisted'"""

_MARKET = """
SELECT argMax(market, (observed_at, line, page)) FROM listings
WHERE platform = {platform:String} AND listing_id = {listing_id:String}"""


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert and the second in which it was stored. `kind`: of its right; `none` where it has none."""

    stored_at: datetime
    alert_id: str
    group_id: str
    kind: str
    right_id: str | None


@dataclass(frozen=True, slots=True)
class Offered:
    """When an offer was last seen, and the digests of its content then and of the page that it stood on."""

    at: datetime
    digest: str
    page: str


class LeadSource:
    """One connection, one thread at a time. Raises (every method): StoreUnavailable, StoreRefused."""

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)
        self._reader = AlertReader(settings)

    def close(self) -> None:
        self._reader.close()
        self._connection.close()

    def stored(self, since: datetime, after: str, kinds: Iterable[str]) -> list[StoredAlert]:
        """Alerts of these kinds of rights that were stored since then, oldest first, from behind the id `after` within
        that second; at most 500. An alert that was stored again comes again."""
        values = {"second": int(since.timestamp()), "after": after, "kinds": sorted(kinds), "limit": CHUNK}
        return [
            StoredAlert(_EPOCH + timedelta(seconds=second), *rest)
            for second, *rest in self._connection.query(_STORED, values)
        ]

    def alerts(self, group_id: str) -> list[dict[str, Any]]:
        """The alerts of a group, newest first."""
        return self._reader.recent(AlertQuery(group_id=group_id, limit=MOST_ALERTS))

    def market(self, alert: Mapping[str, Any]) -> str | None:
        """Where the offer of an alert is made; None: it does not say."""
        values = {name: storable(alert[name]) for name in ("platform", "listing_id")}
        rows = self._connection.query(_MARKET, values)
        return rows[0][0] or None if rows else None

    def gone(self, offers: Sequence[Offer]) -> dict[Offer, datetime]:
        """Those of the offers (at most 500) that were last seen as taken down, and when."""
        return {offer: _EPOCH + timedelta(milliseconds=seen_ms) for offer, seen_ms in self._of(_GONE, offers)}

    def offered(self, offers: Sequence[Offer]) -> dict[Offer, Offered]:
        """Those of the offers (at most 500) that were last seen as there, with what they offered."""
        return {
            offer: Offered(_EPOCH + timedelta(milliseconds=seen_ms), digest, page)
            for offer, seen_ms, digest, page in self._of(_OFFERED, offers)
        }

    def group(self, group_id: str) -> Group | None:
        """As judging knows it."""
        return self._reader.groups([group_id]).get(group_id)

    def _of(self, sql: str, offers: Sequence[Offer]) -> Iterator[tuple[Any, ...]]:
        """Rows of these offers, each with the offer in front."""
        if not offers:
            return
        values = {
            "platforms": sorted({storable(platform) for platform, _ in offers}),
            "listing_ids": sorted({storable(listing_id) for _, listing_id in offers}),
        }
        wanted = set(offers)
        for platform, listing_id, *rest in self._connection.query(sql, values):
            if (platform, listing_id) in wanted:
                yield (platform, listing_id), *rest
