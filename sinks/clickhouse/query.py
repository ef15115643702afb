"""What the floor may ask of the alerts, as conditions with bound values. Pure functions, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sinks.clickhouse.columns import milliseconds
from sinks.errors import StoreRefused
from sinks.text import storable
from sinks.visible import EVERYTHING, Visible

MAX_LIMIT = 1_000
MAX_TEXT = 200  # code points of a text filter
_EQUALS = ("right_id", "subject", "detector", "tier", "kind", "platform")  # column and field share the name


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQuery:
    """Which alerts, newest first. None means any.

    `text` is looked for in title, subject and seller's name, whatever its case. `after` is inclusive. For the next page
    give `before` and `before_id` of the last alert got; `before` alone excludes every alert of that millisecond.
    """

    right_id: str | None = None
    subject: str | None = None
    detector: str | None = None
    tier: str | None = None
    kind: str | None = None
    platform: str | None = None
    text: str | None = None
    group_id: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    before_id: str | None = None
    limit: int = 100
    visible: Visible = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedQuery:
    """Which of the sampled screened matches, newest first. None means any. `before` as in AlertQuery."""

    screened: str | None = None  # the reason
    right_id: str | None = None
    platform: str | None = None
    before: datetime | None = None
    before_id: str | None = None
    limit: int = 100
    visible: Visible = EVERYTHING


@dataclass(frozen=True, slots=True)
class Conditions:
    """A WHERE clause with `{name:Type}` places and the values for them."""

    where: str
    values: dict[str, Any]


def filter_conditions(query: AlertQuery) -> Conditions:
    """Everything but the position: the same on `alerts` and on `alerts_by_time`.

    Raises:
        StoreRefused: the text is too long, the group id is no UUID, or a moment has no time zone.
    """
    clauses, values = _equal(query, _EQUALS)
    if query.text:
        clauses.append(
            "(positionCaseInsensitiveUTF8(title, {text:String}) > 0"
            " OR positionCaseInsensitiveUTF8(subject, {text:String}) > 0"
            " OR positionCaseInsensitiveUTF8(seller_name, {text:String}) > 0)"
        )
        values["text"] = _bounded(query.text)
    if query.group_id is not None:
        clauses.append("group_id = {group_id:UUID}")
        values["group_id"] = uuid_of("group_id", query.group_id)
    if query.after is not None:
        clauses.append("observed_at >= fromUnixTimestamp64Milli({after:Int64}, 'UTC')")
        values["after"] = _moment("after", query.after)
    return Conditions(" AND ".join(clauses), values)


def screened_conditions(query: ScreenedQuery) -> Conditions:
    """Everything but the position."""
    clauses, values = _equal(query, ("screened", "right_id", "platform"))
    return Conditions(" AND ".join(clauses), values)


def _equal(query: AlertQuery | ScreenedQuery, names: tuple[str, ...]) -> tuple[list[str], dict[str, Any]]:
    seen, values = query.visible.conditions()
    clauses = ["true", *seen]
    for name in names:
        wanted = getattr(query, name)
        if wanted is not None:
            clauses.append(f"{name} = {{{name}:String}}")
            values[name] = storable(wanted)
    return clauses, values


def position_conditions(before: datetime | None, before_id: UUID | None) -> Conditions:
    """Only what comes after this place in the newest-first order."""
    if before is None:
        return Conditions("true", {})
    values: dict[str, Any] = {"before": _moment("before", before)}
    moment = "fromUnixTimestamp64Milli({before:Int64}, 'UTC')"
    if before_id is None:
        return Conditions(f"observed_at < {moment}", values)
    values["before_id"] = before_id
    return Conditions(
        f"observed_at <= {moment} AND (observed_at < {moment} OR alert_id < {{before_id:UUID}})",
        values,
    )


def uuid_of(name: str, text: str) -> UUID:
    """Raises StoreRefused when the text is no UUID."""
    try:
        return UUID(text)
    except ValueError as error:
        raise StoreRefused(f"{name}: not a UUID; use the value an alert carries") from error


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise StoreRefused(f"text: longer than {MAX_TEXT} characters; search for a shorter part")
    return storable(text)


def _moment(name: str, moment: datetime) -> int:
    try:
        return milliseconds(moment)
    except ValueError as error:
        raise StoreRefused(f"{name}: {error}") from error
