"""What the floor, the replay and the API read from ClickHouse. Every alert once, as its earliest observation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any
from uuid import UUID

import orjson

from detectors.pictures.seen import Seen
from detectors.records import Page
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.query import (
    MAX_LIMIT,
    AlertQuery,
    Conditions,
    ScreenedQuery,
    filter_conditions,
    position_conditions,
    screened_conditions,
    uuid_of,
)
from sinks.clickhouse.queue_groups import (
    Cause,
    Counts,
    Group,
    QueuePage,
    Waiting,
    read_causes,
    read_counts,
    read_groups,
    read_groups_of_right,
    read_queue,
    read_waiting,
)
from sinks.clickhouse.queue_query import MOST_GROUPS, QueueQuery
from sinks.clickhouse.stored_pages import read_page
from sinks.clickhouse.stored_pictures import read_looks, read_picture
from sinks.clickhouse.totals import read_totals
from sinks.clickhouse.verdicts import VerdictQuery, read_verdicts
from sinks.errors import StoreRefused
from sinks.settings import ClickHouseSettings
from sinks.text import storable
from sinks.visible import EVERYTHING, Visible

# One row per id, the one that a merge will keep. Cheaper than FINAL for a few ids: 27 ms instead of 48 ms for 100.
_ALERTS = """
SELECT alert_id, observed_at, document
FROM (
    SELECT *, seller_region FROM alerts WHERE alert_id IN {ids:Array(UUID)} ORDER BY first_wins DESC LIMIT 1 BY alert_id
)"""
_MOST_CANDIDATES = 5_000

Candidate = tuple[datetime, UUID]


class AlertReader:
    """One connection, one thread at a time: make one per reading thread. Each query has a time limit.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (the question is bad; the message says how).
    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def recent(self, query: AlertQuery) -> list[dict[str, Any]]:
        """The alerts that pass the filters, newest first, at most `limit` (1 to 1,000), as in `Alert.to_json`."""
        if not 1 <= query.limit <= MAX_LIMIT:
            raise StoreRefused(f"limit: must be between 1 and {MAX_LIMIT}")
        filters = filter_conditions(query)
        before, before_id = query.before, None if query.before_id is None else uuid_of("before_id", query.before_id)
        found: list[dict[str, Any]] = []
        size = query.limit
        while len(found) < query.limit:
            candidates = self._candidates(filters, position_conditions(before, before_id), size)
            found += self._first_observed(filters, candidates)
            if len(candidates) < size:
                break
            before, before_id = candidates[-1]
            size = min(2 * size, _MOST_CANDIDATES)  # many were seen again later: look further at once
        return found[: query.limit]

    def alert(self, alert_id: str) -> dict[str, Any] | None:
        """One alert as in `Alert.to_json`; None when there is none with this id."""
        try:
            wanted = UUID(alert_id)
        except ValueError:
            return None
        rows = self._connection.query(_ALERTS, {"ids": [wanted]})
        return orjson.loads(rows[0][2]) if rows else None

    def alerted(self, right_ids: Collection[str], visible: Visible) -> set[str]:
        """Those of the rights about which there are alerts that may be seen."""
        seen, values = visible.conditions()
        where = " AND ".join(["right_id IN {right_ids:Array(String)}", *seen])
        values = {**values, "right_ids": [storable(right_id) for right_id in right_ids]}
        # Not `alerts`: of its old rows the region is read out of their documents.
        sql = f"SELECT DISTINCT right_id FROM alerts_by_time WHERE {where}"  # noqa: S608
        return {row[0] for row in self._connection.query(sql, values)}

    def alerted_rights(self, visible: Visible, after: str, limit: int) -> list[str]:
        """Rights about which there are alerts that may be seen: ids in their order, from behind `after`."""
        seen, values = visible.conditions()
        where = " AND ".join(["right_id > {after:String}", *seen])
        sql = f"SELECT DISTINCT right_id FROM alerts_by_time WHERE {where} ORDER BY right_id LIMIT {{size:UInt32}}"  # noqa: S608
        rows = self._connection.query(sql, {**values, "after": storable(after), "size": limit})
        return [right_id for (right_id,) in rows]

    def screened(self, query: ScreenedQuery) -> list[dict[str, Any]]:
        """Sampled screened matches that pass the filters, newest first, at most `limit`, as `SampledMatch.to_json`."""
        if not 1 <= query.limit <= MAX_LIMIT:
            raise StoreRefused(f"limit: must be between 1 and {MAX_LIMIT}")
        before_id = None if query.before_id is None else uuid_of("before_id", query.before_id)
        filters, position = screened_conditions(query), position_conditions(query.before, before_id)
        rows = self._connection.query(
            f"SELECT document FROM screened_sample FINAL WHERE {filters.where} AND {position.where}"  # noqa: S608
            " ORDER BY observed_at DESC, alert_id DESC LIMIT {size:UInt32}",
            {**filters.values, **position.values, "size": query.limit},
        )
        return [orjson.loads(document) for (document,) in rows]

    def screened_match(self, alert_id: str) -> dict[str, Any] | None:
        """One of the sampled screened matches, as it was last sampled; None when there is none with this id."""
        sql = "SELECT document FROM screened_sample WHERE alert_id = {id:UUID} ORDER BY observed_at DESC LIMIT 1"
        rows = self._connection.query(sql, {"id": uuid_of("alert_id", alert_id)})
        return orjson.loads(rows[0][0]) if rows else None

    def queue(self, query: QueueQuery) -> QueuePage:
        """A page of groups that people judge, at most `limit` (1 to 500); see queue_query.py."""
        if not 1 <= query.limit <= MOST_GROUPS:
            raise StoreRefused(f"limit: must be between 1 and {MOST_GROUPS}")
        return read_queue(self._connection, query)

    def causes(self, query: QueueQuery) -> list[Cause]:
        """What the groups of the queue share, by `cause_by`: those of the most groups first."""
        return read_causes(self._connection, query)

    def queue_counts(self, query: QueueQuery) -> Counts:
        """How many groups are in each state; of the query only what is known and may be seen counts."""
        return read_counts(self._connection, query)

    def groups_of_right(self, right_id: str, since: datetime, after: str = "", limit: int = 500) -> list[Group]:
        """Groups of a right whose last alert is not older than `since`, by their ids, from behind the id `after`."""
        return read_groups_of_right(self._connection, right_id, since, after, limit)

    def waiting(self, query: QueueQuery, late: Sequence[datetime]) -> dict[str, Waiting]:
        """What of the groups that fit waits, by tier; `late` as in queue_query.py."""
        return read_waiting(self._connection, query, late)

    def verdicts(self, query: VerdictQuery) -> list[dict[str, Any]]:
        """The verdicts that people gave, oldest first, each once."""
        return read_verdicts(self._connection, query)

    def groups(self, group_ids: Iterable[str], visible: Visible = EVERYTHING) -> dict[str, Group]:
        """Groups by their ids, however old; those that are not there, or not to be seen, are left out."""
        return read_groups(self._connection, [uuid_of("group_id", one) for one in group_ids], visible=visible)

    def page(self, digest: str) -> Page | None:
        """A page's bytes as received, with where and when the broker first had it; None when it is not kept."""
        return read_page(self._connection, digest)

    def picture(self, digest: str) -> bytes | None:
        """A picture that an alert's reasons name, as it was fetched; None when it is not kept."""
        return read_picture(self._connection, digest)

    def looks(self, page: str) -> dict[str, Seen]:
        """What was seen in the pictures of a page, by their URLs, for as long as sweeps look back."""
        return read_looks(self._connection, [page]).get(page, {})

    def random_alert_ids(self, count: int) -> list[str]:
        """Up to `count` different alerts (at most 1,000), each as likely as any other."""
        sql = "SELECT alert_id FROM alerts GROUP BY alert_id ORDER BY rand() LIMIT {count:UInt32}"
        return [str(alert_id) for (alert_id,) in self._connection.query(sql, {"count": max(0, min(count, MAX_LIMIT))})]

    def totals(self, now: datetime | None = None) -> dict[str, Any]:
        """What the floor counts over the hour and the day before `now` (None: the server's clock); see totals.py."""
        return read_totals(self._connection, now)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> AlertReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _candidates(self, filters: Conditions, position: Conditions, size: int) -> list[Candidate]:
        return self._connection.query(
            f"SELECT observed_at, alert_id FROM alerts_by_time WHERE {filters.where} AND {position.where}"  # noqa: S608
            " ORDER BY observed_at DESC, alert_id DESC LIMIT {size:UInt32}",
            {**filters.values, **position.values, "size": size},
        )

    def _first_observed(self, filters: Conditions, candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
        """Those candidates that are an alert's earliest observation, in order; a later one is the alert again."""
        if not candidates:
            return []
        ids = list({alert_id for _, alert_id in candidates})
        rows = self._connection.query(f"{_ALERTS} WHERE {filters.where}", {**filters.values, "ids": ids})
        first = {(observed_at, alert_id): document for alert_id, observed_at, document in rows}
        # A row not yet merged away comes twice. LIMIT BY would see to it, but reads on past the limit: at 1 M alerts
        # the candidates then take 97 ms of processor time instead of 3.
        return [orjson.loads(first[candidate]) for candidate in dict.fromkeys(candidates) if candidate in first]
