"""The parameters of the rights desk's lists; every complaint names the parameter and the remedy."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.parameters import MAX_TEXT, refuse_unknown
from dashboards.problems import bad_field
from detectors.rights import KINDS, STATUSES
from sinks.operational.changes import MAX_RIGHT_ID
from sinks.operational.right_history_store import MOST_CHANGES
from sinks.operational.right_list_store import MOST_ROWS, RightQuery
from sinks.visible import Visible

MAX_HOLDER = 500
PARAMETERS = ("text", "holder", "kind", "status", "withdrawn", "after", "limit", "lang")
DEFAULT_ROWS = 50
DEFAULT_CHANGES = 20


def right_query(parameters: Mapping[str, str], visible: Visible) -> RightQuery:
    """Which rights are asked for. Raises Problem 400."""
    refuse_unknown(parameters, PARAMETERS)
    if not parameters.get("after", "").isprintable():
        raise bad_field("after", "must be an id: take it from `next`")
    return RightQuery(
        text=_text(parameters, "text", MAX_TEXT),
        holder_id=_text(parameters, "holder", MAX_HOLDER),
        kind=_choice(parameters, "kind", KINDS),
        status=_choice(parameters, "status", STATUSES),
        withdrawn=_choice(parameters, "withdrawn", ("true", "false")) == "true",
        after=_text(parameters, "after", MAX_RIGHT_ID),
        limit=_limit(parameters, DEFAULT_ROWS, MOST_ROWS),
        holders=visible.holders,
    )


def history_place(parameters: Mapping[str, str]) -> tuple[int | None, int]:
    """Before which revision, and how many changes. Raises Problem 400."""
    refuse_unknown(parameters, ("before", "limit", "lang"))
    before = parameters.get("before")
    place = whole_number(before)
    if before is not None and (place is None or place >= 2**63):
        raise bad_field("before", "must be a revision: take it from `next`")
    return place, _limit(parameters, DEFAULT_CHANGES, MOST_CHANGES)


def whole_number(text: str | None) -> int | None:
    """None too when it is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 20 else None


def _limit(parameters: Mapping[str, str], default: int, most: int) -> int:
    if "limit" not in parameters:
        return default
    limit = whole_number(parameters["limit"])
    if limit is None or not 1 <= limit <= most:
        raise bad_field("limit", f"must be a number from 1 to {most}")
    return limit


def _text(parameters: Mapping[str, str], name: str, longest: int) -> str | None:
    text = parameters.get(name, "").strip()
    if len(text) > longest:
        raise bad_field(name, f"give at most {longest} characters")
    return text or None


def _choice(parameters: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    value = parameters.get(name) or None
    if value is not None and value not in allowed:
        raise bad_field(name, f"must be one of {', '.join(allowed)}")
    return value
