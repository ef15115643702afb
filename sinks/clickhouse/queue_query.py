"""Which groups of alerts somebody asks the queue for, and the SQL of it. Pure functions, no I/O.

A group's state stands in `triage_states`, which follows the operational database by a moment: what it may not have yet
is given with the question (`Known`), so that the answer holds at once. `alerts_by_time` is read as far back as the
horizon; a group counts with what it has within it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.query import MAX_TEXT, Conditions, uuid_of
from sinks.errors import StoreRefused
from sinks.text import storable
from sinks.verdict_codes import CLOSED, EXPERT, OPEN, REVIEW, SHELVED
from sinks.visible import EVERYTHING, Visible

MINE = "mine"
LISTS = (OPEN, MINE, REVIEW, EXPERT, SHELVED, CLOSED)
"""What can be asked for: the states, and what somebody claimed."""
URGENT, NEWEST = "urgent", "newest"
CAUSES = {"seller": "seller", "right": "ifNull(right_id, '')", "fingerprint": "fingerprint"}
MOST_GROUPS = 500
MOST_CAUSES = 100
NEW_WITHIN = timedelta(minutes=10)
RANK = "multiIf(tier = 'high', 0, tier = 'medium', 1, 2)"
_PLACES = {
    URGENT: re.compile(r"u\.([01])\.([012])\.(\d{1,14})\.([0-9a-f-]{36})"),
    NEWEST: re.compile(r"n\.(\d{1,14})\.([0-9a-f-]{36})"),
}
_MILLISECONDS = "toUnixTimestamp64Milli"


@dataclass(frozen=True, slots=True)
class Pending:
    """A group's state that ClickHouse may not have yet."""

    group_id: str
    version: int
    state: str
    shelved_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the operational database knows beside: states still on their way, claims, and shelves."""

    pending: Sequence[Pending] = ()
    mine: Sequence[str] = ()  # group ids
    claimed_by_others: Sequence[str] = ()
    shelved_rights: Sequence[str] = ()
    shelved_sellers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """Which groups, in which order. None means any.

    since : the horizon: groups whose last alert is older are not there.
    state : one of LISTS.
    text, detector : some alert of the group has it. tier: the highest of its alerts is it.
    seller : `platform:id`.
    cause_by, cause : one cause, as `read_causes` gives it.
    sort : urgent (own claims first, then by tier and by how long it waits) or newest.
    after : the last group's place, for the next page.
    free_only : leave out what others claimed.
    """

    since: datetime
    now: datetime
    state: str = OPEN
    text: str | None = None
    tier: str | None = None
    detector: str | None = None
    right_id: str | None = None
    platform: str | None = None
    seller: str | None = None
    cause_by: str | None = None
    cause: str | None = None
    sort: str = URGENT
    after: str | None = None
    limit: int = 50
    free_only: bool = False
    known: Known = field(default_factory=Known)
    visible: Visible = EVERYTHING


def states_sql(known: Known, now: datetime) -> Conditions:
    """A subquery of `group_id` and `state`: every group that somebody touched, as it is now."""
    newest = {one.group_id: one for one in sorted(known.pending, key=lambda one: one.version)}
    pending = list(newest.values())
    values = {
        "pending_ids": [UUID(one.group_id) for one in pending],
        "pending_states": [one.state for one in pending],
        "pending_until": [milliseconds(one.shelved_until) if one.shelved_until else 0 for one in pending],
        "now": milliseconds(now),
    }
    sql = f"""
(
    SELECT group_id, if(last = '{SHELVED}' AND until <= {{now:Int64}}, '{OPEN}', last) AS state FROM (
        SELECT group_id, state AS last, {_MILLISECONDS}(shelved_until) AS until FROM triage_states FINAL
        WHERE group_id NOT IN {{pending_ids:Array(UUID)}}
        UNION ALL
        SELECT one.1, one.2, one.3 FROM (
            SELECT arrayJoin(arrayZip(
                {{pending_ids:Array(UUID)}}, {{pending_states:Array(String)}}, {{pending_until:Array(Int64)}}
            )) AS one
        )
    )
)"""  # noqa: S608 - our own words; values are bound
    return Conditions(sql, values)


def groups_sql(query: QueueQuery, extra: str = "") -> Conditions:
    """A subquery of the groups that fit, with `first_ms`, `last_ms` and `rank` (0: high); `extra` columns beside.

    Raises:
        StoreRefused: a filter has no usable value.
    """
    clauses, values = horizon(query.since, query.visible)
    for condition in (_state(query), _filters(query)):
        clauses.append(condition.where)
        values |= condition.values
    having, more = _having(query)
    columns = f"""
        group_id, {_MILLISECONDS}(min(observed_at)) AS first_ms, {_MILLISECONDS}(max(observed_at)) AS last_ms,
        min({RANK}) AS rank{extra}"""
    return Conditions(
        f"""
    SELECT {columns}
    FROM alerts_by_time
    WHERE {" AND ".join(clauses)}
    GROUP BY group_id
    HAVING {having}""",  # noqa: S608 - our own words; values are bound
        values | more,
    )


def page_sql(query: QueueQuery) -> Conditions:
    """One page of groups in order: group_id, first_ms, last_ms, rank and whether it is the asker's own.

    Raises:
        StoreRefused: a filter has no usable value, or `after` is no place in this order.
    """
    if query.sort not in _PLACES:
        raise StoreRefused(f"sort: must be {URGENT} or {NEWEST}")
    groups = groups_sql(query)
    behind = _behind(query.sort, query.after)
    order = "other, rank, first_ms, group_id" if query.sort == URGENT else "last_ms DESC, group_id DESC"
    return Conditions(
        f"""
SELECT group_id, first_ms, last_ms, rank, group_id NOT IN {{mine:Array(UUID)}} AS other FROM ({groups.where}
)
WHERE {behind.where} ORDER BY {order} LIMIT {{size:UInt32}}""",  # noqa: S608
        {**groups.values, **behind.values, "mine": _uuids(query.known.mine), "size": query.limit},
    )


def place_of(sort: str, row: tuple[UUID, int, int, int, int]) -> str:
    """Where a row of `page_sql` stands in its order, as `after` takes it."""
    group_id, first_ms, last_ms, rank, other = row
    return f"u.{other}.{rank}.{first_ms}.{group_id}" if sort == URGENT else f"n.{last_ms}.{group_id}"


def causes_sql(query: QueueQuery) -> Conditions:
    """Causes of the groups that fit, those of the most groups first: cause, label, groups, alerts, first, last, rank.

    Raises:
        StoreRefused: `cause_by` is none of CAUSES, or a filter has no usable value.
    """
    if query.cause_by not in CAUSES:
        raise StoreRefused(f"by: must be one of {', '.join(CAUSES)}")
    label = {"seller": "seller_name", "right": "subject", "fingerprint": "title"}[query.cause_by]
    extra = f", max({CAUSES[query.cause_by]}) AS cause, any({label}) AS label, uniqExact(alert_id) AS alerts"
    groups = groups_sql(query, extra)
    return Conditions(
        f"""
SELECT cause, any(label), count() AS groups, sum(alerts), min(first_ms), max(last_ms), min(rank) FROM ({groups.where}
)
WHERE cause != '' GROUP BY cause ORDER BY groups DESC, cause LIMIT {{size:UInt32}}""",  # noqa: S608
        {**groups.values, "size": min(query.limit, MOST_CAUSES)},
    )


def counts_sql(query: QueueQuery) -> Conditions:
    """How many groups are in each state: state, groups, the new ones. Filters are left out."""
    clauses, values = horizon(query.since, query.visible)
    states = states_sql(query.known, query.now)
    on_shelf, shelves = _on_shelf(query.known)
    return Conditions(
        f"""
SELECT
    multiIf(touched.state NOT IN ('', '{OPEN}'), touched.state, on_shelf, '{SHELVED}', '{OPEN}') AS state, count(),
    countIf(first_ms > {{new_since:Int64}})
FROM (
    SELECT group_id, {_MILLISECONDS}(min(observed_at)) AS first_ms, {on_shelf} AS on_shelf FROM alerts_by_time
    WHERE {" AND ".join(clauses)} GROUP BY group_id
) AS seen
LEFT JOIN {states.where} AS touched ON touched.group_id = seen.group_id
GROUP BY state""",  # noqa: S608
        {
            **values,
            **states.values,
            **shelves,
            "new_since": milliseconds(query.now - NEW_WITHIN),
        },
    )


def waiting_sql(query: QueueQuery, late: Sequence[datetime]) -> Conditions:
    """What of the groups that fit waits, by tier: rank, groups, those that are late, and first_ms of the oldest.

    `late`: for the high, medium and low, when one was first seen that is due now.
    """
    groups = groups_sql(query)
    return Conditions(
        f"""
SELECT rank, count(), countIf(first_ms < {{late:Array(Int64)}}[rank + 1]), min(first_ms) FROM ({groups.where}
)
GROUP BY rank""",  # noqa: S608
        {**groups.values, "late": [milliseconds(moment) for moment in late]},
    )


def horizon(since: datetime | None, visible: Visible) -> tuple[list[str], dict[str, Any]]:
    """Clauses that leave out what is older, and what may not be seen; and their values."""
    clauses, values = visible.conditions()
    if since is not None:
        clauses.append("observed_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')")
        values = {**values, "since": milliseconds(since)}
    return (clauses or ["true"]), values


def _state(query: QueueQuery) -> Conditions:
    """Groups of the state that is asked for, but for shelves of rights and sellers, which hide only what is open."""
    if query.state == MINE:
        return Conditions("group_id IN {mine:Array(UUID)}", {"mine": _uuids(query.known.mine)})
    if query.state not in LISTS:
        raise StoreRefused(f"state: must be one of {', '.join(LISTS)}")
    states = states_sql(query.known, query.now)
    if query.state == OPEN:
        where = f"group_id NOT IN (SELECT group_id FROM {states.where} WHERE state != '{OPEN}')"  # noqa: S608
    elif query.state == SHELVED:  # what a shelf hides is found by HAVING: here all that is not elsewhere
        where = f"group_id NOT IN (SELECT group_id FROM {states.where} WHERE state NOT IN ('{OPEN}', '{SHELVED}'))"  # noqa: S608
    else:
        where = f"group_id IN (SELECT group_id FROM {states.where} WHERE state = '{query.state}')"  # noqa: S608
    return Conditions(where, states.values)


def _having(query: QueueQuery) -> tuple[str, dict[str, Any]]:
    clauses, values = ["true"], dict[str, Any]()
    on_shelf, shelves = _on_shelf(query.known)
    if query.state == OPEN and shelves:
        clauses.append(f"NOT {on_shelf}")
        values |= shelves
    if query.state == SHELVED:
        states = states_sql(query.known, query.now)
        on_its_own = f"group_id IN (SELECT group_id FROM {states.where} WHERE state = '{SHELVED}')"  # noqa: S608
        clauses.append(f"({on_shelf} OR {on_its_own})")
        values |= shelves | states.values
    if query.tier is not None:
        clauses.append("rank = {rank:UInt8}")
        values["rank"] = {"high": 0, "medium": 1}.get(query.tier, 2)
    if query.free_only:
        clauses.append("group_id NOT IN {others:Array(UUID)}")
        values["others"] = _uuids(query.known.claimed_by_others)
    return " AND ".join(clauses), values


def _on_shelf(known: Known) -> tuple[str, dict[str, Any]]:
    """Whether the right or the seller of a group is shelved; no values where nothing is."""
    if not known.shelved_rights and not known.shelved_sellers:
        return "false", {}
    return (
        "max(ifNull(right_id, '') IN {shelved_rights:Array(String)} OR seller IN {shelved_sellers:Array(String)})",
        {
            "shelved_rights": [storable(one) for one in known.shelved_rights],
            "shelved_sellers": [storable(one) for one in known.shelved_sellers],
        },
    )


def _filters(query: QueueQuery) -> Conditions:
    """What all alerts of a group share is a condition of its rows; what some alert must have chooses groups."""
    clauses, values = ["true"], dict[str, Any]()
    for name in ("right_id", "platform"):
        if getattr(query, name) is not None:
            clauses.append(f"{name} = {{{name}:String}}")
            values[name] = storable(getattr(query, name))
    some, more = _of_some_alert(query)
    if some:
        seen, bounds = horizon(query.since, query.visible)
        inner = " AND ".join([*seen, *clauses, *some])
        clauses.append(f"group_id IN (SELECT group_id FROM alerts_by_time WHERE {inner})")  # noqa: S608
        values |= more | bounds
    return Conditions(" AND ".join(clauses), values)


def _of_some_alert(query: QueueQuery) -> tuple[list[str], dict[str, Any]]:
    clauses, values = list[str](), dict[str, Any]()
    wanted: Mapping[str, tuple[str, str | None]] = {
        "detector": ("detector", query.detector),
        "seller": ("seller", query.seller),
        "cause": (CAUSES.get(query.cause_by or "", ""), query.cause),
    }
    for name, (column, value) in wanted.items():
        if value is not None and column:
            clauses.append(f"{column} = {{{name}:String}}")
            values[name] = storable(value)
    if query.text:
        if len(query.text) > MAX_TEXT:
            raise StoreRefused(f"text: longer than {MAX_TEXT} characters; search for a shorter part")
        found = (
            f"positionCaseInsensitiveUTF8({column}, {{text:String}}) > 0"
            for column in ("title", "subject", "seller_name")
        )
        clauses.append(f"({' OR '.join(found)})")
        values["text"] = storable(query.text)
    return clauses, values


def _behind(sort: str, after: str | None) -> Conditions:
    if after is None:
        return Conditions("true", {})
    found = _PLACES[sort].fullmatch(after)
    if found is None:
        raise StoreRefused("after: is no place in this order; take it from `next`")
    *numbers, group_id = found.groups()
    values: dict[str, Any] = {"at_group": uuid_of("after", group_id)}
    if sort == NEWEST:
        place = "(last_ms, group_id) < ({at_ms:Int64}, {at_group:UUID})"
        return Conditions(place, values | {"at_ms": int(numbers[0])})
    other, rank, first = (int(number) for number in numbers)
    place = "(other, rank, first_ms, group_id) > ({at_other:UInt8}, {at_rank:UInt8}, {at_ms:Int64}, {at_group:UUID})"
    return Conditions(place, values | {"at_other": other, "at_rank": rank, "at_ms": first})


def _uuids(ids: Sequence[str]) -> list[UUID]:
    return [UUID(one) for one in ids]
