"""What every channel makes of a notice, and what it makes of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

import orjson

JSON = "application/json; charset=utf-8"
LONGEST_WAIT_SECONDS = 86_400.0  # whatever a destination asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said. Plain text: a channel escapes it as its form needs. `link` leads to the page that says more."""

    title: str
    lines: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One HTTP POST. Its URL may hold a secret: never log it."""

    url: str = field(repr=False)
    body: bytes
    headers: Mapping[str, str]


class Fate(StrEnum):
    """What an answer means for a notice."""

    SENT = "sent"
    AGAIN = "again"  # later, by the schedule or when the destination says
    GONE = "gone"  # the destination wants no more: disable it and tell its owner
    REFUSED = "refused"  # this will never be taken as it is: a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`reason` is for people: a status and the destination's own code, never its text."""

    fate: Fate
    reason: str
    after_seconds: float | None = None  # for AGAIN: not before
    code: int | None = None  # a bot's own


def json_post(url: str, document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Outgoing:
    return Outgoing(url=url, body=orjson.dumps(document), headers={"Content-Type": JSON, **(headers or {})})


def by_status(status: int, headers: Mapping[str, str], now: datetime) -> Answer:
    """What an HTTP status says by itself. Standard Webhooks: 2xx is taken, 410 wants no more, 429 and 5xx come again.

    headers : names in any case. `Retry-After` in seconds or as a date is honoured, at most a day.
    """
    reason = f"HTTP {status}"
    if 200 <= status < 300:
        return Answer(fate=Fate.SENT, reason=reason)
    if status == 410:
        return Answer(fate=Fate.GONE, reason=reason)
    if status in (400, 413, 422):
        return Answer(fate=Fate.REFUSED, reason=reason)
    return Answer(fate=Fate.AGAIN, reason=reason, after_seconds=retry_after(headers, now))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isascii() and value.isdigit() and len(value) <= 9:
        return min(float(value), LONGEST_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)


def by_code(status: int, headers: Mapping[str, str], body: bytes, now: datetime, names: tuple[str, ...]) -> Answer:
    """What a bot's answer says: they answer 200 and put a code into the body, 0 for taken.

    names : where the code may stand, the first that is there.
    """
    first = by_status(status, headers, now)
    if first.fate is not Fate.SENT:
        return first
    code = _code(body, names)
    if code == 0:
        return Answer(fate=Fate.SENT, reason="code 0", code=0)
    return Answer(
        fate=Fate.AGAIN, reason=f"HTTP {status} without a code" if code is None else f"code {code}", code=code
    )


def _code(body: bytes, names: tuple[str, ...]) -> int | None:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict):
        return None
    found = (document[name] for name in names if name in document)
    code = next(found, None)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def shortened(text: str, most_bytes: int) -> str:
    """A text of at most so many bytes as UTF-8, cut between characters and marked as cut."""
    if len(text.encode("utf-8", "replace")) <= most_bytes:
        return text
    mark = "…"
    kept = text.encode("utf-8", "replace")[: most_bytes - len(mark.encode())]
    return kept.decode("utf-8", "ignore") + mark
