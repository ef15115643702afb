"""The queries of `/api/v1/alerts`, `screened` and `dead`; every complaint names the parameter and the remedy."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from dashboards.parameters import limit_of, moment_of, refuse_unknown, text_of
from dashboards.problems import bad_field
from detectors.records import Detector, Tier
from detectors.rights import KINDS
from sinks.clickhouse.dead_query import STATES, DeadQuery, parse_letter_id
from sinks.clickhouse.query import AlertQuery, ScreenedQuery
from sinks.errors import StoreRefused

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
    refuse_unknown(parameters, PARAMETERS)
    before, before_id = _position(parameters)
    return AlertQuery(
        right_id=text_of(parameters, "right_id"),
        subject=text_of(parameters, "subject"),
        detector=_choice(parameters, "detector"),
        tier=_choice(parameters, "tier"),
        kind=_choice(parameters, "kind"),
        platform=text_of(parameters, "platform"),
        text=text_of(parameters, "text"),
        group_id=_identity(parameters, "group_id"),
        after=moment_of(parameters, "after"),
        before=before,
        before_id=before_id,
        limit=limit_of(parameters, default_limit),
    )


def screened_query(parameters: Mapping[str, str], default_limit: int) -> ScreenedQuery:
    """The filters of a request for screened matches.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    refuse_unknown(parameters, SCREENED_PARAMETERS)
    before, before_id = _position(parameters)
    return ScreenedQuery(
        screened=text_of(parameters, "screened"),
        right_id=text_of(parameters, "right_id"),
        platform=text_of(parameters, "platform"),
        before=before,
        before_id=before_id,
        limit=limit_of(parameters, default_limit),
    )


def dead_query(parameters: Mapping[str, str], default_limit: int) -> DeadQuery:
    """The filters of a request for dead letters.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    refuse_unknown(parameters, DEAD_PARAMETERS)
    return DeadQuery(
        state=_choice(parameters, "state"),
        reason=text_of(parameters, "reason"),
        topic=text_of(parameters, "topic"),
        after=moment_of(parameters, "after"),
        before=moment_of(parameters, "before"),
        before_id=parse_letter(parameters["before_id"], "before_id") if parameters.get("before_id") else None,
        limit=limit_of(parameters, default_limit),
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


def _position(parameters: Mapping[str, str]) -> tuple[datetime | None, str | None]:
    before, before_id = moment_of(parameters, "before"), _identity(parameters, "before_id")
    if (before is None) != (before_id is None):
        raise bad_field("before_id", "give before and before_id together, as `next` in an answer holds them")
    return before, before_id


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
