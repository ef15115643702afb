"""The shapes of judging in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_shapes import (
    COUNT,
    MOMENT,
    NUMBER,
    OPTIONAL_TEXT,
    TEXT,
    UUID,
    list_of,
    map_of,
    object_of,
    reference,
)
from dashboards.triage.queries import FILTERS, MOST_AT_ONCE, MOST_CAUSE, MOST_NOTE
from dashboards.triage.views_api import MOST_QUERY
from sinks.verdict_codes import REASONS, STATES, VERDICTS

OPTIONAL_MOMENT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
NOTE: dict[str, Any] = {"type": "string", "maxLength": MOST_NOTE}
WHY: dict[str, Any] = NOTE | {"minLength": 1, "pattern": r"\S"}
VERSION: dict[str, Any] = COUNT | {"maximum": 2**53 - 1, "description": "Of the state that was looked at"}
GROUP_IDS: dict[str, Any] = {"type": "array", "items": UUID, "minItems": 1, "maxItems": MOST_AT_ONCE}
SOURCE: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MOST_CAUSE}
RIGHT_NAMES = map_of(reference("RightName"))
STATE_FIELDS: dict[str, Any] = {
    "state": reference("TriageStateName"),
    "version": COUNT,
    "claimed_by": OPTIONAL_TEXT,
    "claimed_until": OPTIONAL_MOMENT,
    "verdict": {"anyOf": [{"type": "null"}, reference("Verdict")]},
    "reason_code": {"anyOf": [{"type": "null"}, reference("VerdictReason")]},
    "note": OPTIONAL_TEXT,
    "judged_by": OPTIONAL_TEXT,
    "judged_at": OPTIONAL_MOMENT,
    "shelved_until": OPTIONAL_MOMENT,
    "due_at": OPTIONAL_MOMENT,
    "reopened_because": OPTIONAL_TEXT | {"description": "What changed in the right, or the offer, since it was judged"},
    "stage": OPTIONAL_TEXT | {"description": "Who spoke last: judge, review or expert"},
}
NAMED_STATE = {"group_id": UUID, **STATE_FIELDS}
ITEM_FIELDS: dict[str, Any] = {
    "group_id": UUID,
    "alert": reference("Alert") | {"description": "The newest"},
    "alerts": COUNT | {"minimum": 1},
    "first_seen": MOMENT,
    "last_seen": MOMENT,
    "tier": reference("Tier"),
    "triage": reference("TriageState"),
}
VERDICT_FIELDS: dict[str, Any] = {
    "verdict": reference("Verdict"),
    "reason_code": reference("VerdictReason") | {"description": "One of the verdict's"},
    "note": NOTE,
}


def _body(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


TRIAGE_SCHEMAS: dict[str, Any] = {
    "Verdict": {"type": "string", "enum": list(VERDICTS)},
    "VerdictReason": {"type": "string", "enum": [code for codes in REASONS.values() for code in codes]},
    "TriageStateName": {"type": "string", "enum": list(STATES)},
    "TriageState": object_of(STATE_FIELDS, description="Version 0: nobody ever touched the group"),
    "NamedState": object_of(NAMED_STATE),
    "LiveTriage": object_of({"changes": list_of("NamedState")}),
    "QueueItem": object_of(ITEM_FIELDS),
    "QueuePage": object_of(
        {
            "items": list_of("QueueItem"),
            "rights": RIGHT_NAMES,
            "next": OPTIONAL_TEXT | {"description": "`after` of the next page; null at the end"},
            "counts": object_of(dict.fromkeys(("open", "mine", "review", "expert", "shelved"), COUNT)),
            "flood": object_of(
                {"is_flood": {"type": "boolean"}, "new_in_10_min": COUNT},
                description="More new groups than the people at work can judge",
            ),
        }
    ),
    "QueueCauses": object_of({"causes": list_of("QueueCause")}),
    "QueueCause": object_of(
        {
            "cause": TEXT,
            "label": TEXT | {"description": "For people: the seller's name, the subject, a title"},
            "groups": COUNT,
            "alerts": COUNT,
            "first_seen": MOMENT,
            "last_seen": MOMENT,
            "highest_tier": reference("Tier"),
        }
    ),
    "GroupDetail": object_of(
        ITEM_FIELDS
        | {
            "history": list_of("TriageEvent") | {"description": "What people did with it, oldest first"},
            "group": list_of("Alert") | {"description": "Its alerts, newest first, at most 200"},
            "rights": RIGHT_NAMES,
        }
    ),
    "TriageEvent": object_of(
        {
            "event_id": UUID,
            "act": TEXT
            | {"description": "judge, review, ask_expert, opinion, shelve, unshelve, undo, reopen, screened"},
            "version": COUNT | {"description": "Of the state that it led to"},
            "verdict": {"anyOf": [{"type": "null"}, reference("Verdict")]},
            "reason_code": {"anyOf": [{"type": "null"}, reference("VerdictReason")]},
            "note": TEXT,
            "by": TEXT,
            "at": MOMENT,
            "undoes": {"type": ["string", "null"], "format": "uuid"},
            "alert_id": UUID,
            "listing_digest": TEXT,
            "revision": COUNT,
            "score": NUMBER,
            "detector": TEXT,
            "tier": TEXT,
        },
        description="With the version of the alert that it was about",
    ),
    "TriageRefused": object_of(
        {
            "group_id": UUID,
            "code": {
                "type": "string",
                "enum": ["stale", "claimed", "state", "four_eyes", "not_yours", "too_late", "not_found"],
            },
            "by": OPTIONAL_TEXT | {"description": "Who works on it"},
            "state": {"anyOf": [{"type": "null"}, reference("NamedState")], "description": "What holds"},
        }
    ),
    "QueueClaim": _body(
        {"group_ids": GROUP_IDS, "next": {"type": "boolean"}, **dict.fromkeys((*FILTERS, "sort"), OPTIONAL_TEXT)}
    ),
    "QueueClaimed": object_of({"claimed": list_of("NamedState"), "refused": list_of("TriageRefused")}),
    "QueueRelease": _body({"group_ids": GROUP_IDS}, "group_ids"),
    "QueueReleased": object_of({"released": list_of("NamedState")}),
    "QueueShelve": _body(
        {"group_ids": GROUP_IDS, "right_id": SOURCE, "seller": SOURCE, "until": MOMENT, "note": WHY}, "until", "note"
    ),
    "QueueUnshelve": _body({"group_ids": GROUP_IDS, "right_id": SOURCE, "seller": SOURCE}),
    "QueueShelved": object_of(
        {
            "shelved": list_of("NamedState"),
            "refused": list_of("TriageRefused"),
            "source": {"anyOf": [{"type": "null"}, object_of({"kind": TEXT, "value": TEXT})]},
        }
    ),
    "ActGiven": object_of(NAMED_STATE | {"undo_until": MOMENT}),
    "ActUndo": _body({"version": VERSION}),
    "ActAsk": _body({"note": WHY, "version": VERSION, "alert_id": UUID}, "note"),
    "ActOpinion": _body(VERDICT_FIELDS | {"note": WHY, "version": VERSION, "alert_id": UUID}, "note"),
    "ActReview": _body(VERDICT_FIELDS | {"version": VERSION, "alert_id": UUID}, "verdict", "reason_code"),
    "VerdictsGive": _body(
        VERDICT_FIELDS
        | {
            "group_ids": GROUP_IDS,
            "alerts": map_of(UUID) | {"description": "By group, the alert looked at; left out: the group's newest"},
            "versions": map_of(VERSION) | {"description": "By group; one that is left out is not compared"},
        },
        "group_ids",
        "verdict",
        "reason_code",
    ),
    "VerdictsGiven": object_of({"given": list_of("ActGiven"), "refused": list_of("TriageRefused")}),
    "VerdictGive": _body(VERDICT_FIELDS | {"version": VERSION}, "verdict", "reason_code"),
    "ScreenedVerdict": _body(VERDICT_FIELDS, "verdict", "reason_code"),
    "ScreenedVerdictGiven": object_of(
        {"given": reference("TriageEvent"), "screened": TEXT | {"description": "Why it did not alert"}}
    ),
    "View": object_of({"name": TEXT, "query": TEXT}),
    "Views": object_of({"views": list_of("View")}),
    "ViewPut": _body({"query": {"type": "string", "maxLength": MOST_QUERY}}, "query"),
    "ViewRemoved": object_of({"removed": TEXT}),
}
