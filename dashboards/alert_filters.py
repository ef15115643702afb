"""The queries of `/api/v1/alerts`, `screened` and `dead`; every complaint names the parameter and the remedy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from dashboards.problems import bad_field
from detectors.records import Detector, Tier
from detectors.rights import KINDS
from sinks.clickhouse.dead_query import STATES, DeadQuery, parse_letter_id
from sinks.clickhouse.query import AlertQuery, ScreenedQuery
from sinks.errors import StoreRefused

MAX_ROWS = 500
MAX_TEXT = 200  # code points
PARAMETERS = (
    "right_id",
    "subject",
    "detector",
    "tier",
    "kind",
    "platform",
    "text",
    "group_id",
    "after",
    "before",
    "before_id",
    "limit",
    "lang",
)
SCREENED_PARAMETERS = ("screened", "right_id", "platform", "before", "before_id", "limit", "lang")
DEAD_PARAMETERS = ("state", "reason", "topic", "after", "before", "before_id", "limit", "lang")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "detector": get_args(Detector),
    "tier": get_args(Tier),
    "kind": KINDS,
    "state": STATES,
}


def alert_query(parameters: Mapping[str, str], default_limit: int) -> AlertQuery:
    """The filters of a request.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    _refuse_unknown(parameters, PARAMETERS)
    before, before_id = _position(parameters)
    return AlertQuery(
        right_id=_text(parameters, "right_id"),
        subject=_text(parameters, "subject"),
        detector=_choice(parameters, "detector"),
        tier=_choice(parameters, "tier"),
        kind=_choice(parameters, "kind"),
        platform=_text(parameters, "platform"),
        text=_text(parameters, "text"),
        group_id=_identity(parameters, "group_id"),
        after=_moment(parameters, "after"),
        before=before,
        before_id=before_id,
        limit=_limit(parameters, default_limit),
    )


def screened_query(parameters: Mapping[str, str], default_limit: int) -> ScreenedQuery:
    """The filters of a request for screened matches.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    _refuse_unknown(parameters, SCREENED_PARAMETERS)
    before, before_id = _position(parameters)
    return ScreenedQuery(
        screened=_text(parameters, "screened"),
        right_id=_text(parameters, "right_id"),
        platform=_text(parameters, "platform"),
        before=before,
        before_id=before_id,
        limit=_limit(parameters, default_limit),
    )


def dead_query(parameters: Mapping[str, str], default_limit: int) -> DeadQuery:
    """The filters of a request for dead letters.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    _refuse_unknown(parameters, DEAD_PARAMETERS)
    return DeadQuery(
        state=_choice(parameters, "state"),
        reason=_text(parameters, "reason"),
        topic=_text(parameters, "topic"),
        after=_moment(parameters, "after"),
        before=_moment(parameters, "before"),
        before_id=parse_letter(parameters["before_id"], "before_id") if parameters.get("before_id") else None,
        limit=_limit(parameters, default_limit),
    )


def parse_letter(value: object, name: str) -> str:
    """A dead letter's id.

    Raises:
        Problem: 400, it is none.
    """
    try:
        parse_letter_id(value if isinstance(value, str) else "")
    except StoreRefused:
        raise bad_field(name, "must be a dead letter's id, as GET /api/v1/dead shows it") from None
    return str(value)


def _refuse_unknown(parameters: Mapping[str, str], known: tuple[str, ...]) -> None:
    for name in parameters:
        if name not in known:
            raise bad_field(name[:40], f"unknown parameter; use one of {', '.join(known)}")


def _position(parameters: Mapping[str, str]) -> tuple[datetime | None, str | None]:
    before, before_id = _moment(parameters, "before"), _identity(parameters, "before_id")
    if (before is None) != (before_id is None):
        raise bad_field("before_id", "give before and before_id together, as `next` in an answer holds them")
    return before, before_id


def _text(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name, "").strip()
    if len(value) > MAX_TEXT:
        raise bad_field(name, f"too long; give at most {MAX_TEXT} characters")
    if any(0xD800 <= ord(character) <= 0xDFFF or character == "\0" for character in value):
        raise bad_field(name, "must be valid UTF-8 text without NUL")
    return value or None


def _choice(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name) or None
    if value is not None and value not in CHOICES[name]:
        raise bad_field(name, f"use one of {', '.join(CHOICES[name])}")
    return value


def _identity(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name) or None
    return value if value is None else parse_identity(value, name)


def parse_identity(value: str, name: str) -> str:
    """A UUID in its one usual form.

    Raises:
        Problem: 400, it is none.
    """
    try:
        return str(uuid.UUID(value)) if len(value) == 36 else _refuse_identity(name)
    except ValueError:
        return _refuse_identity(name)


def _refuse_identity(name: str) -> str:
    raise bad_field(name, "must be a UUID such as 123e4567-e89b-12d3-a456-426614174000")


def _moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    value = parameters.get(name) or None
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value[:40])
    except ValueError:
        raise bad_field(name, "must be a time such as 2026-11-21T10:00:00.123Z") from None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    if not 1971 <= moment.year <= 2299:
        raise bad_field(name, "must lie between the years 1971 and 2299")
    return moment


def _limit(parameters: Mapping[str, str], default: int) -> int:
    value = parameters.get("limit") or str(default)
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= MAX_ROWS):
        raise bad_field("limit", f"must be a whole number between 1 and {MAX_ROWS}")
    return int(value)
