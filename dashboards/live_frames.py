"""Server-sent events as bytes, and the ids of a Redis stream. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

MAX_ALERTS_PER_FRAME = 200
RETRY_HINT = b"retry: 1000\n\n"  # milliseconds
KEEP_ALIVE = b": keep-alive\n\n"
StreamId = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as it goes over the wire.

    `position` is where its reader stands afterwards, None when unchanged. `after` is where its alerts begin: a reader
    who stands there misses none and gets none twice.
    """

    payload: bytes
    position: str | None = None
    after: str | None = None
    alerts: int = 0


def parse_id(text: str | None) -> StreamId | None:
    """A Redis stream id as a pair that compares rightly; None for what is no id."""
    head, _, tail = (text or "").partition("-")
    if not (head.isascii() and head.isdigit() and len(head) <= 20):
        return None
    if not (tail.isascii() and tail.isdigit() and len(tail) <= 20):
        return None
    return int(head), int(tail)


def event(name: str, document: Any, position: str | None = None, *, after: str | None = None, alerts: int = 0) -> Frame:
    """One event. orjson writes no line break, so one `data:` line carries it all."""
    identity = f"id: {position}\n".encode() if position is not None else b""
    payload = b"%sevent: %s\ndata: %s\n\n" % (identity, name.encode(), orjson.dumps(document))
    return Frame(payload, position, after, alerts)


def alerts_of(entries: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """The alerts in stream entries. An entry that is no JSON object was not written by us; it is passed over."""
    documents = []
    for _, body in entries:
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            continue
        if isinstance(document, dict) and isinstance(document.get("alert_id"), str):
            documents.append(document)
    return documents
