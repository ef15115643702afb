"""Server-sent events as bytes, and the ids of a Redis stream. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from sinks.visible import Visible, region_of

MAX_ALERTS_PER_FRAME = 200
RETRY_HINT = b"retry: 1000\n\n"  # milliseconds
KEEP_ALIVE = b": keep-alive\n\n"
StreamId = tuple[int, int]
OF_PEOPLE = ("claimed_by", "claimed_until", "judged_by", "note")
Entry = tuple[str, bytes]
"""An entry's id and its JSON."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a frame's list: what decides who sees it, and where it stands in the payload."""

    right_id: str | None
    region: str
    start: int
    end: int
    instead: bytes | None = None  # what those who do not see everything read in its place


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as it goes over the wire.

    `position` is where its reader stands afterwards, None when unchanged. `after` is where its alerts begin: a reader
    who stands there misses none and gets none twice. `items` are the entries of its list, which not everybody may see;
    `names` are those of the rights that they are about, `revision` the watchlist's of the newest alert. `instead` is
    the payload for those who do not see everything.
    """

    payload: bytes
    position: str | None = None
    after: str | None = None
    alerts: int = 0
    revision: int = 0
    items: tuple[Item, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    instead: bytes | None = None

    def seen_by(self, visible: Visible) -> Frame:
        """The same for one who does not see everything: nothing is encoded again but the names of a few rights.

        Where nothing is left of it, it only says where its reader stands now.
        """
        if self.instead is not None:
            return replace(self, payload=self.instead)
        seen = [item for item in self.items if visible.sees_at(item.right_id, item.region)]
        if len(seen) == len(self.items) and not any(item.instead for item in seen):
            return self
        if not seen:
            return replace(self, payload=_identity(self.position) + b"\n", alerts=0, items=(), names={})
        names = {name: self.names[name] for item in seen if (name := item.right_id) and name in self.names}
        listed = b",".join(item.instead or self.payload[item.start : item.end] for item in seen)
        head = self.payload[: self.items[0].start]
        payload = b"%s%s%s" % (head, listed, _names(names))
        return replace(self, payload=payload, alerts=min(self.alerts, len(seen)), items=(), names={})


def parse_id(text: str | None) -> StreamId | None:
    """A Redis stream id as a pair that compares rightly; None for what is no id."""
    head, _, tail = (text or "").partition("-")
    if not (head.isascii() and head.isdigit() and len(head) <= 20):
        return None
    if not (tail.isascii() and tail.isdigit() and len(tail) <= 20):
        return None
    return int(head), int(tail)


def event(name: str, document: Any, position: str | None = None) -> Frame:
    """One event for everybody. orjson writes no line break, so one `data:` line carries it all."""
    return Frame(_head(name, position) + orjson.dumps(document) + b"\n\n", position)


def alerts_event(alerts: Sequence[Mapping[str, Any]], names: Mapping[str, Any], position: str, *, after: str) -> Frame:
    """The event `alerts`: {"alerts": [...], "rights": names}."""
    entries = ((alert.get("right_id"), region_of(alert), orjson.dumps(alert), None) for alert in alerts)
    frame = listed_event("alerts", "alerts", entries, names, position, after=after)
    return replace(frame, alerts=len(alerts), revision=max((alert.get("revision", 0) for alert in alerts), default=0))


def changes_event(run: Sequence[Entry], *, after: str) -> Frame:
    """The event `triage`: {"changes": [...]}, new states of groups, each beside its group's id."""
    announced = [orjson.loads(body) for _, body in run]
    entries = (
        (
            one["right_id"],
            region_of(one),
            orjson.dumps({"group_id": one["group_id"], **one["state"]}),
            orjson.dumps({"group_id": one["group_id"], **without_people(one["state"])}),
        )
        for one in announced
    )
    return listed_event("triage", "changes", entries, {}, run[-1][0], after=after)


def without_people(state: Mapping[str, Any]) -> dict[str, Any]:
    """A group's state (its JSON) as outsiders are shown it: what became of it, not who did it or what they noted."""
    return {name: None if name in OF_PEOPLE else value for name, value in state.items()}


def listed_event(
    name: str,
    key: str,
    entries: Iterable[tuple[str | None, str, bytes, bytes | None]],
    names: Mapping[str, Any],
    position: str,
    *,
    after: str,
) -> Frame:
    """An event of a list under `key`, and the names of rights: each entry with its right, its region, its JSON, and
    another JSON for those who do not see everything."""
    payload = bytearray(_head(name, position) + b'{"%s":[' % key.encode())
    items = []
    for number, (right_id, region, encoded, instead) in enumerate(entries):
        if number:
            payload += b","
        items.append(Item(right_id, region, len(payload), len(payload) + len(encoded), instead))
        payload += encoded
    payload += _names(names)
    return Frame(bytes(payload), position, after, items=tuple(items), names=names)


def _head(name: str, position: str | None) -> bytes:
    return b"%sevent: %s\ndata: " % (_identity(position), name.encode())


def _identity(position: str | None) -> bytes:
    return f"id: {position}\n".encode() if position is not None else b""


def _names(names: Mapping[Any, Any]) -> bytes:
    return b'],"rights":%s}\n\n' % orjson.dumps(names)


def is_change(body: bytes) -> bool:
    """Whether an entry is a group's new state and no alert: both are written by us, each with its own id first."""
    return body.startswith(b'{"group_id":')


def runs_of(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in their order, in runs of one kind that are short enough for a frame."""
    start = 0
    for place in range(1, len(entries) + 1):
        is_end = place == len(entries) or is_change(entries[place][1]) != is_change(entries[start][1])
        if is_end or place - start == MAX_ALERTS_PER_FRAME:
            yield entries[start:place]
            start = place


def alerts_of(entries: Sequence[Entry]) -> list[dict[str, Any]]:
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
