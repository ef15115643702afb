"""Rows of the lead tables: made of what happens, and read as leads and logs. No transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, insert, literal, or_, select, tuple_, update

from detectors.records import timestamp_text
from sinks.lead_codes import NOT_SUBMITTED, PERSON, WAITING
from sinks.operational.lead_records import About, Cause, Draft, Lead, LeadQuery, stable_id
from sinks.operational.lead_tables import REGION_HEAD, REGION_LENGTH, lead, lead_event
from sinks.operational.right_list_store import holder_key
from sinks.operational.right_list_tables import right_list
from sinks.operational.triage_records import Actor, from_ms, to_ms
from sinks.text import json_text, storable
from sinks.visible import Visible

Values = dict[str, Any]
_lead = lead.c
_EQUALS = ("state", "recipient", "right_id", "seller", "case_id", "group_id")


def lead_id_of(about: About, draft: Draft) -> str:
    return stable_id("lead", about.group_id, draft.recipient, draft.place)


def values_of(about: About, draft: Draft, cause: Cause, now: datetime) -> Values:
    """What a lead begins with, and what it has anew when it is made again of another cause."""
    return {
        "state": PERSON if draft.recipient == "person" else WAITING,
        "because": cause.because,
        "cause": cause.key,
        "reason": None,
        "case_id": about.case_id,
        "routing_version": draft.routing_version,
        "rule": draft.rule,
        "clause": draft.clause,
        "jurisdiction": json_text({"why": draft.why, "candidates": [dict(one) for one in draft.candidates]}),
        "alert_id": about.alert_id,
        "right_id": None if about.right_id is None else _text(about.right_id),
        "kind": _text(about.kind),
        "platform": _text(about.platform),
        "listing_id": _text(about.listing_id),
        "seller": _text(about.seller),
        "region": _text(draft.place or about.region),
        "facts": json_text({**about.facts, "subject": about.subject}).replace("\\u0000", "\ufffd"),
        "observed_at_ms": to_ms(about.observed_at),
        "made_at_ms": to_ms(now),
        "send_after_ms": to_ms(cause.send_after),
        "sent_at_ms": None,
        "takedown": NOT_SUBMITTED,
        "takedown_at_ms": None,
        "takedown_by": None,
    }


def first_row(lead_id: str, about: About, draft: Draft, values: Values) -> Values:
    """A lead that was not there before."""
    named = {"lead_id": lead_id, "group_id": about.group_id, "recipient": draft.recipient, "place": draft.place or ""}
    return {**named, **values, "version": 0}


def change(
    connection: Connection,
    row: Any,
    now: datetime,
    *,
    act: str,
    values: Mapping[str, Any] | None = None,
    reason: str | None = None,
    who: Actor | None = None,
    detail: Mapping[str, Any] | None = None,
    event_id: str | None = None,
) -> Any:
    """Let something happen to a lead whose row is locked: its next version, and a line in its log. The row then."""
    version = row.version + 1
    connection.execute(update(lead).where(_lead.lead_id == row.lead_id).values(**(values or {}), version=version))
    event = {
        "event_id": event_id or str(uuid4()),
        "lead_id": row.lead_id,
        "version": version,
        "act": act,
        "reason": reason,
        "detail": json_text(dict(detail or {})).replace("\\u0000", "\ufffd"),
        "by_name": None if who is None else _text(who.name),
        "by_id": None if who is None else _text(who.account_id),
        "at_ms": to_ms(now),
    }
    connection.execute(insert(lead_event).values(event))
    return connection.execute(select(lead).where(_lead.lead_id == row.lead_id)).one()


def lead_of(row: Any) -> Lead:
    jurisdiction = orjson.loads(row.jurisdiction)
    return Lead(
        lead_id=row.lead_id,
        version=row.version,
        group_id=row.group_id,
        recipient=row.recipient,
        place=row.place or None,
        state=row.state,
        because=row.because,
        reason=row.reason,
        case_id=row.case_id,
        routing_version=row.routing_version,
        rule=row.rule,
        clause=row.clause,
        why=jurisdiction["why"],
        candidates=jurisdiction["candidates"],
        alert_id=row.alert_id,
        right_id=row.right_id,
        kind=row.kind,
        platform=row.platform,
        listing_id=row.listing_id,
        seller=row.seller,
        region=row.region,
        facts=orjson.loads(row.facts),
        observed_at=from_ms(row.observed_at_ms),
        made_at=from_ms(row.made_at_ms),
        send_after=from_ms(row.send_after_ms),
        sent_at=None if row.sent_at_ms is None else from_ms(row.sent_at_ms),
        takedown=row.takedown,
        takedown_at=None if row.takedown_at_ms is None else from_ms(row.takedown_at_ms),
        takedown_by=row.takedown_by,
    )


def event_json(row: Any) -> dict[str, Any]:
    """A line of a log, as people and programs are shown it."""
    return {
        "act": row.act,
        "version": row.version,
        "reason": row.reason,
        "detail": orjson.loads(row.detail),
        "by": row.by_name,
        "at": timestamp_text(from_ms(row.at_ms)),
    }


def conditions_of(query: LeadQuery) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [
        _lead[name] == _text(value) for name in _EQUALS if (value := getattr(query, name)) is not None
    ]
    if query.before is not None:
        wanted.append(tuple_(_lead.made_at_ms, _lead.lead_id) < query.before)
    return and_(literal(True), *wanted, *_seen(query.visible))


def _seen(visible: Visible) -> list[ColumnElement[bool]]:
    """By whose the rights are now, since their ids may be too many for one statement."""
    clauses: list[ColumnElement[bool]] = []
    if visible.holders is not None:
        keys = sorted(holder_key(holder) for holder in visible.holders)
        own = select(func.substr(right_list.c.subject, len("right:") + 1)).where(right_list.c.holder_id.in_(keys))
        clauses.append(_lead.right_id.in_(own))
    if visible.regions is not None:
        clauses.append(or_(literal(False), *(_begins_with(one) for one in visible.regions)))
    return clauses


def _begins_with(region: str) -> ColumnElement[bool]:
    """The head is what the index has."""
    head = REGION_HEAD.startswith(region[:REGION_LENGTH], autoescape=True)
    return head if len(region) <= REGION_LENGTH else and_(head, _lead.region.startswith(region, autoescape=True))


def _text(text: str) -> str:
    """As both databases take it: PostgreSQL refuses NUL."""
    return storable(text).replace("\0", "\ufffd")
