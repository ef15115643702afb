"""Groups of alerts as the queue shows them: pages, causes, counts, and groups by their ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.queue_query import (
    RANK,
    QueueQuery,
    causes_sql,
    counts_sql,
    horizon,
    page_sql,
    place_of,
    waiting_sql,
)
from sinks.text import storable
from sinks.visible import EVERYTHING, Visible

TIERS = ("high", "medium", "low")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DOCUMENTS = """
SELECT alert_id, document FROM alerts WHERE alert_id IN {ids:Array(UUID)}
ORDER BY first_wins DESC LIMIT 1 BY alert_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group with its newest alert (its JSON), how many there are and since when. `tier`: the highest of them."""

    group_id: str
    alert: Mapping[str, Any]
    alerts: int
    first_seen: datetime
    last_seen: datetime
    tier: str
    seller: str
    seller_region: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Groups in order, and the place of the last one where there may be more."""

    groups: tuple[Group, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What several groups share: a seller, a right, a fingerprint."""

    cause: str
    label: str
    groups: int
    alerts: int
    first_seen: datetime
    last_seen: datetime
    highest_tier: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Groups by state, and how many of all were first seen within ten minutes."""

    by_state: Mapping[str, int]
    new: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Groups of a tier that wait, how many of them are past their deadline, and when the oldest was first seen."""

    groups: int
    overdue: int
    oldest: datetime


def read_queue(connection: Connection, query: QueueQuery) -> QueuePage:
    sql = page_sql(query)
    rows = connection.query(sql.where, sql.values)
    found = read_groups(connection, [row[0] for row in rows], since=query.since, visible=query.visible)
    groups = tuple(found[str(row[0])] for row in rows if str(row[0]) in found)
    return QueuePage(groups, place_of(query.sort, rows[-1]) if len(rows) == query.limit else None)


def read_groups(
    connection: Connection,
    group_ids: Collection[UUID],
    *,
    since: datetime | None = None,
    visible: Visible = EVERYTHING,
) -> dict[str, Group]:
    """Groups by their ids; those that are not there, or not to be seen, are left out."""
    if not group_ids:
        return {}
    clauses, values = horizon(since, visible)
    rows = connection.query(
        f"""
SELECT
    group_id, uniqExact(alert_id), toUnixTimestamp64Milli(min(observed_at)), toUnixTimestamp64Milli(max(observed_at)),
    min({RANK}), argMax(alert_id, (observed_at, alert_id)), max(seller), max(seller_region)
FROM alerts_by_time WHERE group_id IN {{ids:Array(UUID)}} AND {" AND ".join(clauses)} GROUP BY group_id""",  # noqa: S608
        {**values, "ids": list(group_ids)},
    )
    documents = dict(connection.query(_DOCUMENTS, {"ids": [row[5] for row in rows]}))
    return {
        str(group_id): Group(
            group_id=str(group_id),
            alert=orjson.loads(documents[alert_id]),
            alerts=alerts,
            first_seen=_moment(first_ms),
            last_seen=_moment(last_ms),
            tier=TIERS[rank],
            seller=seller,
            seller_region=region,
        )
        for group_id, alerts, first_ms, last_ms, rank, alert_id, seller, region in rows
        if alert_id in documents
    }


def read_groups_of_right(connection: Connection, right_id: str, since: datetime, after: str, limit: int) -> list[Group]:
    """Groups of a right whose last alert is not older than `since`, in the order of their ids, from behind `after`."""
    clauses, values = horizon(since, EVERYTHING)
    rows = connection.query(
        f"""
SELECT DISTINCT group_id FROM alerts_by_time
WHERE right_id = {{right_id:String}} AND toString(group_id) > {{after:String}} AND {" AND ".join(clauses)}
ORDER BY toString(group_id) LIMIT {{limit:UInt32}}""",  # noqa: S608
        {**values, "right_id": storable(right_id), "after": after, "limit": limit},
    )
    found = read_groups(connection, [row[0] for row in rows], since=since)
    return [found[str(row[0])] for row in rows if str(row[0]) in found]


def read_causes(connection: Connection, query: QueueQuery) -> list[Cause]:
    sql = causes_sql(query)
    return [
        Cause(
            cause=cause,
            label=label,
            groups=groups,
            alerts=alerts,
            first_seen=_moment(first_ms),
            last_seen=_moment(last_ms),
            highest_tier=TIERS[rank],
        )
        for cause, label, groups, alerts, first_ms, last_ms, rank in connection.query(sql.where, sql.values)
    ]


def read_counts(connection: Connection, query: QueueQuery) -> Counts:
    sql = counts_sql(query)
    by_state, new = dict[str, int](), 0
    for state, groups, fresh in connection.query(sql.where, sql.values):
        by_state[state] = groups
        new += fresh
    return Counts(by_state, new)


def read_waiting(connection: Connection, query: QueueQuery, late: Sequence[datetime]) -> dict[str, Waiting]:
    """What waits, by tier; `late` as in `waiting_sql`."""
    sql = waiting_sql(query, late)
    return {
        TIERS[rank]: Waiting(groups, overdue, _moment(first_ms))
        for rank, groups, overdue, first_ms in connection.query(sql.where, sql.values)
    }


def _moment(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)
