"""Rows of the notice tables as records, and back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson

from detectors.records import timestamp_text
from sinks.notices.events import NoticeEvent, Wanted
from sinks.notices.schedule import Quiet, digest_at
from sinks.operational.notice_records import WAITING, Destination, Draft, Owner, Told, limit_key
from sinks.operational.triage_records import from_ms, to_ms
from sinks.text import json_text

Values = dict[str, Any]
BOTH_SECRETS = timedelta(days=1)  # after a change of secrets, either verifies for so long


def draft_values(draft: Draft, now: datetime) -> Values:
    """All that a person may change but address and secret."""
    return {
        "name": draft.name,
        "wanted": json_text(
            {
                "events": draft.wanted.events,
                "kinds": draft.wanted.kinds,
                "tiers": draft.wanted.tiers,
                "detectors": draft.wanted.detectors,
                "right_ids": draft.wanted.right_ids,
            }
        ),
        "digest_hour": draft.digest_hour,
        "quiet_start": draft.quiet.start if draft.quiet else None,
        "quiet_end": draft.quiet.end if draft.quiet else None,
        "time_zone": draft.time_zone,
        "language": draft.language,
        "per_minute": draft.per_minute,
        "is_enabled": draft.is_enabled,
        "changed_at_ms": to_ms(now),
    }


def new_destination(draft: Draft, made_by: str, now: datetime) -> Values:
    return draft_values(draft, now) | {
        "destination_id": str(uuid4()),
        "owner_kind": draft.owner.kind,
        "owner_id": draft.owner.id,
        "regions": None if draft.regions is None else json_text(draft.regions),
        "kind": draft.kind,
        "address": draft.address,
        "secrets": json_text([draft.secret] if draft.secret else []),
        "rotated_at_ms": None,
        "limit_key": limit_key(draft.kind, draft.address),
        "disabled_because": None if draft.is_enabled else "by_its_owner",
        "paused_until_ms": 0,
        "token": secrets.token_urlsafe(32),
        "version": 1,
        "made_by": made_by,
        "created_at_ms": to_ms(now),
        "removed_at_ms": None,
    }


def destination_of(row: Any, now: datetime) -> Destination:
    kept = tuple(orjson.loads(row.secrets))
    both = row.rotated_at_ms is not None and now < from_ms(row.rotated_at_ms) + BOTH_SECRETS
    wanted = orjson.loads(row.wanted)
    return Destination(
        owner=Owner(row.owner_kind, row.owner_id),
        regions=None if row.regions is None else tuple(orjson.loads(row.regions)),
        name=row.name,
        kind=row.kind,
        address=row.address,
        secret=kept[0] if kept else None,
        wanted=Wanted(**{key: tuple(values) for key, values in wanted.items()}),
        digest_hour=row.digest_hour,
        quiet=None if row.quiet_start is None else Quiet(row.quiet_start, row.quiet_end),
        time_zone=row.time_zone,
        language=row.language,
        per_minute=row.per_minute,
        is_enabled=row.is_enabled,
        destination_id=row.destination_id,
        secrets=kept if both else kept[:1],
        limit_key=row.limit_key,
        disabled_because=row.disabled_because,
        paused_until=from_ms(row.paused_until_ms),
        token=row.token,
        version=row.version,
        created_at=from_ms(row.created_at_ms),
        is_removed=row.removed_at_ms is not None,
    )


def notice_values(destination: Destination, event: NoticeEvent) -> Values:
    hour = destination.digest_hour
    due = event.at if hour is None else digest_at(hour, destination.time_zone, event.at)
    facts = {**event.facts, "kind": event.kind, "tier": event.tier, "detector": event.detector}
    return empty_notice(destination.destination_id, event.key, event.event, event.at) | {
        "group_id": event.group_id,
        "alert_id": event.alert_id,
        "right_id": event.right_id,
        "seller_region": event.seller_region,
        "document": json_text(facts),
        "next_at_ms": to_ms(due),
    }


def empty_notice(destination_id: str, key: str, event: str, at: datetime) -> Values:
    return {
        "notice_id": str(uuid4()),
        "destination_id": destination_id,
        "event_key": key,
        "event": event,
        "group_id": None,
        "alert_id": None,
        "right_id": None,
        "seller_region": "",
        "document": "{}",
        "state": WAITING,
        "reason": "",
        "digest_id": None,
        "tries": 0,
        "at_ms": to_ms(at),
        "first_try_ms": None,
        "next_at_ms": to_ms(at),
        "settled_at_ms": None,
    }


def told_of(row: Any) -> Told:
    return Told(
        event=row.event,
        at=from_ms(row.at_ms),
        alert_id=row.alert_id,
        group_id=row.group_id,
        right_id=row.right_id,
        facts=orjson.loads(row.document),
    )


def notice_json(row: Any) -> Values:
    """A notice and its fate, as people are shown it."""
    return {
        "notice_id": row.notice_id,
        "webhook_id": f"msg_{row.notice_id}",
        "destination_id": row.destination_id,
        "destination": row.destination_name,
        "destination_kind": row.destination_kind,
        "event": row.event,
        "group_id": row.group_id,
        "alert_id": row.alert_id,
        "right_id": row.right_id,
        "facts": orjson.loads(row.document),
        "state": row.state,
        "reason": row.reason,
        "digest_id": row.digest_id,
        "tries": row.tries,
        "at": _text(row.at_ms),
        "next_at": _text(row.next_at_ms) if row.state == WAITING and row.digest_id is None else None,
        "settled_at": _text(row.settled_at_ms),
    }


def try_json(row: Any) -> Values:
    return {"number": row.number, "at": _text(row.at_ms), "fate": row.fate, "reason": row.reason}


def _text(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else timestamp_text(from_ms(milliseconds))
