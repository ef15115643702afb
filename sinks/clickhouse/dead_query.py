"""Which dead letters somebody asks for, and how one is named. Pure functions, no I/O.

A letter's id is its key in the table as a text, so that whoever has the id finds the letter without a search:
`MILLISECONDS.PARTITION.OFFSET.LINE.START OF ITS SHA-256.TOPIC`. The line is 0 where the whole message is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.query import MAX_LIMIT, Conditions
from sinks.errors import StoreRefused
from sinks.text import storable

OPEN, RETRIED, DISCARDED = "open", "retried", "discarded"
STATES = (OPEN, RETRIED, DISCARDED)
DIGEST_DIGITS = 16

KEY = "(observed_at, sha256, topic, `partition`, `offset`, line)"
ID = (
    "concat(toString(toUnixTimestamp64Milli(observed_at)), '.', toString(`partition`), '.', toString(`offset`), '.',"
    f" toString(line), '.', substring(lower(hex(sha256)), 1, {DIGEST_DIGITS}), '.', topic)"
)
_DIGEST = f"substring(lower(hex(sha256)), 1, {DIGEST_DIGITS})"
_PLACE = ("observed_at", "`partition`", "`offset`", "line", _DIGEST, "topic")
NEWEST_FIRST = ", ".join(f"{column} DESC" for column in _PLACE)
"""Column by column, since the table is read backwards then as far as needed; a tuple would sort all of it."""

_LETTER_ID = re.compile(
    r"(-?[0-9]{1,14})\.(-?[0-9]{1,10})\.(-?[0-9]{1,19})\.([0-9]{1,10})\.([0-9a-f]{16})\.([A-Za-z0-9_.-]{0,249})"
)
_DECIDED = f"SELECT {KEY} FROM dead_letter_decisions"  # noqa: S608 - our own words
_LAST = "argMax(decision, decided_at) = {state:String}"
STATE_IS = {
    OPEN: f"{KEY} NOT IN ({_DECIDED})",
    RETRIED: f"{KEY} IN ({_DECIDED} GROUP BY observed_at, sha256, topic, `partition`, `offset`, line HAVING {_LAST})",
}
STATE_IS[DISCARDED] = STATE_IS[RETRIED]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadQuery:
    """Which dead letters, newest first. None means any. `after` is inclusive, `before` is not.

    For the next page give the last letter's id as `before_id`.
    """

    state: str | None = None
    reason: str | None = None
    topic: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    before_id: str | None = None
    limit: int = 100


def parse_letter_id(text: str) -> dict[str, Any]:
    """The values of an id, for the places `moment`, `partition`, `offset`, `line`, `digest` and `topic`.

    Raises:
        StoreRefused: it is none.
    """
    found = _LETTER_ID.fullmatch(text)
    if found is None:
        raise StoreRefused("letter_id: is none; use the value that `rightswatch dead list` or GET /api/v1/dead shows")
    moment, partition, offset, line, digest, topic = found.groups()
    numbers = {"moment": int(moment), "partition": int(partition), "offset": int(offset), "line": int(line)}
    if not (-(2**31) <= numbers["partition"] < 2**31 and numbers["line"] < 2**32 and abs(numbers["offset"]) < 2**63):
        raise StoreRefused("letter_id: is none; it names a place that no message has")
    return {**numbers, "digest": digest, "topic": topic}


def dead_conditions(query: DeadQuery) -> Conditions:
    """The filters and the position.

    Raises:
        StoreRefused: a value cannot be used; the message names it.
    """
    if not 1 <= query.limit <= MAX_LIMIT:
        raise StoreRefused(f"limit: must be between 1 and {MAX_LIMIT}")
    clauses, values = ["true"], dict[str, Any]()
    for name in ("reason", "topic"):
        if (wanted := getattr(query, name)) is not None:
            clauses.append(f"{name} = {{{name}:String}}")
            values[name] = storable(wanted)
    for name, sign in (("after", ">="), ("before", "<")):
        if (moment := getattr(query, name)) is not None:
            clauses.append(f"observed_at {sign} {_moment(name)}")
            values[name] = _milliseconds(name, moment)
    if query.state is not None:
        if query.state not in STATES:
            raise StoreRefused(f"state: must be one of {', '.join(STATES)}")
        clauses.append(STATE_IS[query.state])
        values["state"] = query.state
    if query.before_id is not None:
        clauses.append(_BEHIND)
        place = parse_letter_id(query.before_id)
        values |= {"topic_behind": place.pop("topic"), **place}
    return Conditions(" AND ".join(clauses), values)


def named(ids: Iterable[str]) -> Conditions:
    """The letters with these ids, in either table.

    Raises:
        StoreRefused: one of them is no id.
    """
    wanted = sorted(set(ids))
    moments = [parse_letter_id(one)["moment"] for one in wanted] or [0]
    return Conditions(
        f"observed_at BETWEEN {_moment('first')} AND {_moment('last')} AND has({{ids:Array(String)}}, {ID})",
        {"ids": wanted, "first": min(moments), "last": max(moments)},
    )


def _moment(name: str) -> str:
    return f"fromUnixTimestamp64Milli({{{name}:Int64}}, 'UTC')"


_BEHIND = (
    f"observed_at <= {_moment('moment')} AND ({', '.join(_PLACE)}) < ({_moment('moment')}, {{partition:Int32}},"
    " {offset:Int64}, {line:UInt32}, {digest:String}, {topic_behind:String})"
)


def _milliseconds(name: str, moment: datetime) -> int:
    try:
        return milliseconds(moment)
    except ValueError as error:
        raise StoreRefused(f"{name}: {error}") from error
