"""Rows of the triage tables: made of what is done, and read as states and history. No transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, and_, bindparam, insert, select, update

from detectors.records import timestamp_text
from sinks.operational.triage_records import Actor, Facts, State, from_ms, to_ms
from sinks.operational.triage_tables import triage_event, triage_group, triage_lease
from sinks.text import json_text, storable
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import OPEN, SHELVED

Values = dict[str, Any]
_group, _lease = triage_group.c, triage_lease.c
KEPT = (  # what an act may change, and an undo brings back
    *("state", "resume_state", "verdict", "reason_code", "note", "judged_by", "judged_by_id", "judged_at_ms"),
    *("stage", "shelved_until_ms", "reopened_because"),
)
CLAIM = ("claimed_by", "claimed_by_id", "claim_epoch")
NO_CLAIM: Values = dict.fromkeys(CLAIM)
WITH_LEASE = select(triage_group, _lease.until_ms.label("claimed_until_ms")).outerjoin(
    triage_lease, and_(_lease.account_id == _group.claimed_by_id, _lease.epoch == _group.claim_epoch)
)
"""Groups with the end of the claim on them; it may be over."""
_CHANGED = (*KEPT, *CLAIM, "version", "changed_at_ms")
_UPDATE = (
    update(triage_group)
    .where(_group.group_id == bindparam("of_group"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)


def is_claimed(row: Any, now: datetime) -> bool:
    return row.claimed_until_ms is not None and row.claimed_until_ms > to_ms(now)


def values_of(row: Any, now: datetime) -> Values:
    """What an act may change, as it is now: what was shelved and whose time is over is back."""
    values = {name: getattr(row, name) for name in KEPT}
    if row.state == SHELVED and (row.shelved_until_ms or 0) <= to_ms(now):
        values |= {"state": row.resume_state or OPEN, "resume_state": None, "shelved_until_ms": None, "note": None}
    return values


def state_of(row: Any, now: datetime, policy: TriageSettings) -> State:
    values = values_of(row, now)
    claimed = is_claimed(row, now)
    return State(
        group_id=row.group_id,
        state=values["state"],
        version=row.version,
        claimed_by=row.claimed_by if claimed else None,
        claimed_by_id=row.claimed_by_id if claimed else None,
        claimed_until=from_ms(row.claimed_until_ms) if claimed else None,
        verdict=values["verdict"],
        reason_code=values["reason_code"],
        note=values["note"],
        judged_by=values["judged_by"],
        judged_by_id=values["judged_by_id"],
        judged_at=_moment(values["judged_at_ms"]),
        shelved_until=_moment(values["shelved_until_ms"]),
        reopened_because=values["reopened_because"],
        stage=values["stage"],
        due_at=policy.due_at(row.tier, from_ms(row.first_seen_ms)),
        right_id=row.right_id,
        seller_region=row.seller_region,
    )


def first_row(facts: Facts, now: datetime) -> Values:
    """The row of a group that nobody touched before."""
    return {
        **dict.fromkeys((*KEPT, *CLAIM)),
        "group_id": facts.group_id,
        "version": 0,
        "state": OPEN,
        "right_id": facts.right_id,
        "seller": _text(facts.seller),
        "seller_region": _text(facts.seller_region),
        "tier": facts.group_tier,
        "first_seen_ms": to_ms(facts.first_seen),
        "changed_at_ms": to_ms(now),
    }


def write_groups(connection: Connection, changes: Sequence[tuple[Any, Values]], now: datetime) -> None:
    """Write what changed in rows that are locked, each at its next version."""
    if changes:
        at = {"version": None, "changed_at_ms": to_ms(now)}
        rows = []
        for row, values in changes:
            whole = {name: getattr(row, name) for name in (*KEPT, *CLAIM)} | at | values
            whole["version"] = row.version + 1
            rows.append({"of_group": row.group_id} | {f"new_{name}": _kept(whole[name]) for name in _CHANGED})
        connection.execute(_UPDATE, rows)


def event_row(facts: Facts, who: Actor, now: datetime, *, act: str, version: int, **fields: Any) -> Values:
    """What was done, with the alert that it was about. `fields`: verdict, reason_code, note, before."""
    return {
        "event_id": str(uuid4()),
        "group_id": facts.group_id,
        "version": version,
        "act": act,
        "verdict": None,
        "reason_code": None,
        "by_name": _text(who.name),
        "by_id": _text(who.account_id),
        "at_ms": to_ms(now),
        "undoes": None,
        "before": None,
        "alert_id": facts.alert_id,
        "listing_digest": facts.listing_digest,
        "revision": facts.revision,
        "score": facts.score,
        "detector": facts.detector,
        "tier": facts.tier,
        "right_id": facts.right_id,
        "subject": _text(facts.subject),
        "platform": _text(facts.platform),
        "seller_region": _text(facts.seller_region),
        "screened": facts.screened or None,
        "versions": json_text(dict(facts.versions)),
        **fields,
        "note": _text(fields.get("note") or ""),
    }


def undoing_row(event: Mapping[str, Any], who: Actor, now: datetime, version: int) -> Values:
    """That an event was taken back: about the same alert, with the verdict that no longer counts."""
    return {
        **event,
        "event_id": str(uuid4()),
        "version": version,
        "act": "undo",
        "note": "",
        "by_name": _text(who.name),
        "by_id": _text(who.account_id),
        "at_ms": to_ms(now),
        "undoes": event["event_id"],
        "before": None,
    }


def write_events(connection: Connection, events: Sequence[Values]) -> None:
    if events:
        connection.execute(insert(triage_event), list(events))


def event_json(event: Mapping[str, Any]) -> dict[str, Any]:
    """What was done, as people and programs are shown it."""
    judged = {"alert_id", "listing_digest", "revision", "score", "detector", "tier"}
    return {
        "event_id": event["event_id"],
        "act": event["act"],
        "version": event["version"],
        "verdict": event["verdict"],
        "reason_code": event["reason_code"],
        "note": event["note"],
        "by": event["by_name"],
        "at": timestamp_text(from_ms(event["at_ms"])),
        "undoes": event["undoes"],
        **{name: event[name] for name in sorted(judged)},
    }


def verdict_document(event: Mapping[str, Any]) -> str | None:
    """The event as the outbox carries it to ClickHouse; None for one that holds no verdict."""
    if event["verdict"] is None:
        return None
    document = {name: value for name, value in event.items() if name != "before"}
    return json_text(document | {"versions": orjson.loads(event["versions"] or "{}")})


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


def _kept(value: Any) -> Any:
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """As both databases take it: PostgreSQL refuses NUL."""
    return storable(text).replace("\0", "\ufffd")
