"""Parameters of a query string, each checked; every complaint names the parameter and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from dashboards.problems import bad_field

MAX_ROWS = 500
MAX_TEXT = 200  # code points


def refuse_unknown(parameters: Mapping[str, str], known: tuple[str, ...]) -> None:
    """Raises Problem: 400, a parameter that is none of these."""
    for name in parameters:
        if name not in known:
            raise bad_field(name[:40], f"unknown parameter; use one of {', '.join(known)}")


def text_of(parameters: Mapping[str, str], name: str) -> str | None:
    """The text without spaces around it; None when there is none. Raises Problem: 400, it is too long or no text."""
    value = parameters.get(name, "").strip()
    if len(value) > MAX_TEXT:
        raise bad_field(name, f"too long; give at most {MAX_TEXT} characters")
    if any(0xD800 <= ord(character) <= 0xDFFF or character == "\0" for character in value):
        raise bad_field(name, "must be valid UTF-8 text without NUL")
    return value or None


def moment_of(parameters: Mapping[str, str], name: str) -> datetime | None:
    """A moment, in UTC unless it says otherwise; None when there is none. Raises Problem: 400, it is none."""
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


def limit_of(parameters: Mapping[str, str], default: int) -> int:
    """How many rows are asked for. Raises Problem: 400, fewer than 1 or more than MAX_ROWS."""
    value = parameters.get("limit") or str(default)
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= MAX_ROWS):
        raise bad_field("limit", f"must be a whole number between 1 and {MAX_ROWS}")
    return int(value)
