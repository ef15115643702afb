"""The shapes in the API's description: the contract's records and what answers wrap around them."""

from __future__ import annotations

from typing import Any, get_args

from detectors.records import Detector, Tier
from detectors.rights import KINDS
from detectors.watchlist.allowed import STATES, WIDEST_ALLOWED
from sinks.clickhouse.dead_outcomes import OUTCOMES
from sinks.clickhouse.dead_query import STATES as STATES_OF_DEAD

TEXT: dict[str, Any] = {"type": "string"}
OPTIONAL_TEXT: dict[str, Any] = {"type": ["string", "null"]}
NUMBER: dict[str, Any] = {"type": "number"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
PDQ: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}

MOST_LETTERS = 500  # decided about in one request
MOST_NOTE = 500  # code points
DISTANCE: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": WIDEST_ALLOWED}


def _object(properties: dict[str, Any], required: tuple[str, ...] | None = None, **extra: Any) -> dict[str, Any]:
    """An object whose properties are all required unless told; others may come with later versions."""
    return {"type": "object", "properties": properties, "required": list(required or properties), **extra}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _reference(name)}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


RIGHT_NAMES = _map(_reference("RightName"))
NEXT = {
    "description": "Parameters of the next page; null at the end",
    "anyOf": [{"type": "null"}, _object({"before": MOMENT, "before_id": UUID})],
}
ALERT_FIELDS: dict[str, Any] = {
    "alert_id": UUID,
    "group_id": UUID,
    "platform": TEXT,
    "listing_id": TEXT,
    "url": OPTIONAL_TEXT,
    "title": TEXT,
    "seller": {"type": "object"},
    "subject": TEXT,
    "right_id": OPTIONAL_TEXT,
    "kind": TEXT,
    "detector": _reference("Detector"),
    "score": NUMBER | {"minimum": 0, "maximum": 1},
    "tier": _reference("Tier"),
    "reasons": _list("Reason"),
    "signals": _map(NUMBER),
    "listed_at": OPTIONAL_TEXT,
    "observed_at": MOMENT,
    "revision": COUNT,
    "versions": _map(TEXT),
    "page": TEXT | {"description": "SHA-256 of the page's bytes"},
    "listing_digest": TEXT,
    "explanation": TEXT | {"description": "The reasons and the right in one English sentence"},
}
DEAD_FIELDS: dict[str, Any] = {
    "letter_id": TEXT,
    "state": _reference("DeadState"),
    "reason": TEXT | {"description": "not_json, no_title, screening_failed, alerts_unreadable ..."},
    "topic": TEXT,
    "partition": {"type": "integer"},
    "offset": {"type": "integer"},
    "line": COUNT | {"description": "Within its page, from 1; 0: the whole message"},
    "length": COUNT | {"description": "Of all of it, in bytes"},
    "sha256": TEXT,
    "page": OPTIONAL_TEXT | {"description": "SHA-256 of the page or message that it came on"},
    "trace_id": OPTIONAL_TEXT | {"description": "What log lines about that page carry"},
    "observed_at": MOMENT,
    "stored_at": MOMENT,
    "excerpt": TEXT | {"description": "The start of its content, a stranger's text"},
    "decision": {"anyOf": [{"type": "null"}, _reference("DeadDecisionKept")]},
    "outcome": {"anyOf": [{"type": "null"}, _reference("DeadOutcome")]},
}
DEAD_SCHEMAS: dict[str, Any] = {
    "DeadState": {"type": "string", "enum": list(STATES_OF_DEAD)},
    "DeadLetter": _object(DEAD_FIELDS),
    "DeadLetterPage": _object(
        {
            "dead_letters": _list("DeadLetter"),
            "next": {
                "description": "Parameters of the next page; null at the end",
                "anyOf": [{"type": "null"}, _object({"before_id": TEXT})],
            },
        }
    ),
    "DeadLetterDetail": _object(
        DEAD_FIELDS
        | {
            "text": TEXT | {"description": "The first 64 KiB; what is no UTF-8 is U+FFFD"},
            "decisions": _list("DeadDecisionKept") | {"description": "All of them, oldest first"},
            "whole": _object(
                {
                    "source": OPTIONAL_TEXT | {"description": "Where all of it was found: head, page or whole_page"},
                    "bytes": COUNT,
                    "why_not": TEXT | {"description": "Why not; a retry looks into the topic, too"},
                }
            ),
        }
    ),
    "DeadDecisionKept": _object(
        {
            "decision": {"type": "string", "enum": ["retried", "discarded"]},
            "note": TEXT,
            "by": TEXT,
            "at": MOMENT,
            "sent": _object({"page": TEXT, "topic": TEXT, "partition": {"type": "integer"}, "offset": COUNT}),
        },
        ("decision", "note", "by", "at"),
    ),
    "DeadOutcome": _object(
        {
            "state": {"type": "string", "enum": list(OUTCOMES)},
            "listings": COUNT,
            "alerts": COUNT,
            "dead_letters": {"type": "array", "items": TEXT, "description": "Those that came of the retry"},
        },
        description="What came of the last retry",
    ),
    "DeadCounts": _object(
        {
            "counts": {
                "type": "array",
                "items": _object({"reason": TEXT, "state": _reference("DeadState"), "count": COUNT, "oldest": MOMENT}),
            }
        }
    ),
    "DeadDecision": _object(
        {
            "letters": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MOST_LETTERS},
            "decision": {"type": "string", "enum": ["retry", "discard"]},
            "note": TEXT | {"maxLength": MOST_NOTE, "description": "Why; a discard needs it"},
            "again": {"type": "boolean", "description": "Also those that were sent again before"},
        },
        ("letters", "decision"),
        additionalProperties=False,
    ),
    "DeadDecided": _object(
        {
            "results": {
                "type": "array",
                "items": _object(
                    {
                        "letter_id": TEXT,
                        "status": {"type": "string", "enum": ["retried", "discarded", "already", "refused", "unknown"]},
                        "detail": TEXT,
                    }
                ),
            }
        }
    ),
}
SCHEMAS: dict[str, Any] = {
    "Detector": {"type": "string", "enum": list(get_args(Detector))},
    "Tier": {"type": "string", "enum": list(get_args(Tier))},
    "Kind": {"type": "string", "enum": list(KINDS)},
    "Listing": _object(
        {
            "platform": TEXT | {"description": "May be left out in a check"},
            "listing_id": TEXT | {"description": "May be left out in a check"},
            "title": TEXT,
            "description": TEXT,
            "brand": TEXT,
            "category": TEXT,
            "price": {"type": ["string", "number"]},
            "currency": TEXT,
            "attributes": _map(TEXT),
            "seller": {"type": "object"},
            "market": TEXT,
            "url": TEXT,
            "listed_at": MOMENT,
        },
        ("title",),
    ),
    "Reason": _object(
        {
            "field": TEXT,
            "matched": TEXT,
            "how": TEXT,
            "start": COUNT | {"description": "In code points of the field as received"},
            "end": COUNT,
            "text": TEXT,
            "note": TEXT,
            "code": TEXT,
            "distance": {"type": "integer"},
            "threshold": {"type": "integer"},
            "view": TEXT,
            "picture": TEXT | {"description": "SHA-256 of the listing's picture"},
            "registered": TEXT | {"description": "SHA-256 of the right's picture"},
            "placement": {
                "type": "array",
                "items": {"type": "number"},
                "description": "Six numbers p: a point x, y of the right's picture is at p0 x + p1 y + p2, p3 x + p4 y "
                "+ p5 of the listing's, each measured in widths and heights of its picture",
            },
            "box": {
                "type": "array",
                "items": {"type": "number"},
                "description": "Left, top, right and bottom of words read in the listing's picture, in widths and "
                "heights of it",
            },
        },
        ("field", "matched", "how"),
    ),
    "Alert": _object(
        ALERT_FIELDS
        | {
            "explanation_zh": TEXT | {"description": "The explanation in Chinese"},
            "retrospective": {
                "type": "boolean",
                "description": "Raised by a sweep over stored listings, after its right was added or widened",
            },
        },
        tuple(ALERT_FIELDS),  # alerts stored by an older program say nothing about it
    ),
    "RightName": _object(
        dict.fromkeys(("title", "mark", "holder", "office", "number", "kind", "status"), OPTIONAL_TEXT)
    ),
    "ScreenedMatch": {
        "description": "The alert that it would have been, and why it was none",
        "allOf": [_reference("Alert"), _object({"screened": TEXT | {"description": "The reason not to alert"}})],
    },
    "ScreenedPage": _object({"screened": _list("ScreenedMatch"), "rights": RIGHT_NAMES, "next": NEXT}),
    "AlertPage": _object(
        {
            "alerts": _list("Alert"),
            "rights": RIGHT_NAMES,
            "next": NEXT,
        }
    ),
    "AlertDetail": _object(
        {
            "alert": _reference("Alert"),
            "right": {"type": ["object", "null"]},
            "listing": {"type": ["object", "null"], "description": "As it was seen; null when its page is gone"},
            "page": {"type": ["object", "null"], "description": "Digest, broker coordinates, and the line as received"},
            "group": _list("Alert"),
        }
    ),
    "Screened": _object(
        {
            "screened": TEXT | {"description": "Why it does not alert"},
            "platform": TEXT,
            "listing_id": TEXT,
            "subject": TEXT,
            "right_id": OPTIONAL_TEXT,
            "kind": TEXT,
            "detector": _reference("Detector"),
            "reasons": _list("Reason"),
        }
    ),
    "AllowState": {"type": "string", "enum": sorted(STATES)},
    "AllowEntry": _object(
        {
            "pdq": PDQ,
            "state": _reference("AllowState"),
            "distance": DISTANCE,
            "note": TEXT,
            "by": TEXT | {"description": "web, command line, or flood: the flood watch"},
            "since": MOMENT,
            "fired": _object(
                {
                    "listings": COUNT,
                    "sellers": COUNT,
                    "holders": COUNT,
                    "minutes": COUNT,
                    "rights": {"type": "array", "items": TEXT},
                    "alerts": {"type": "array", "items": UUID},
                },
                description="What the flood watch saw when it quarantined the picture",
            ),
        },
        ("pdq", "state", "distance"),
    ),
    "AllowDecision": _object(
        {
            "pdq": PDQ,
            "state": {"type": "string", "enum": ["allowed", "released"]},
            "distance": DISTANCE,
            "note": TEXT | {"maxLength": 500},
        },
        ("pdq", "state"),
        additionalProperties=False,
    ),
    "AllowList": _object({"allow": _list("AllowEntry"), "quarantined": COUNT}),
    "AllowDetail": _object({"allow": _reference("AllowEntry"), "alerts": _list("Alert"), "rights": RIGHT_NAMES}),
    "AllowDecided": _object({"revision": COUNT, "allow": _reference("AllowEntry")}),
    "AllowRemoved": _object({"revision": COUNT}),
    **DEAD_SCHEMAS,
    "Check": _object(
        {
            "revision": COUNT,
            "alerts": _list("Alert"),
            "screened": _list("Screened"),
            "warnings": _map(COUNT),
            "dead_letters": {"type": "array", "items": {"type": "object"}},
            "rights": RIGHT_NAMES,
            "defaults": _map(TEXT) | {"description": "What was put in for fields that were left out"},
        }
    ),
    "LiveAlerts": _object({"alerts": _list("Alert"), "rights": RIGHT_NAMES}),
    "Pulse": _object(
        {
            "at": MOMENT,
            "live": {"type": "boolean", "description": "False: read /api/v1/alerts every few seconds instead"},
            "workers": COUNT,
            "workers_silent": COUNT,
            "listings_per_second": {"type": ["number", "null"]},
            "alerts_per_minute": {"type": ["number", "null"]},
            "lag_pages": {"type": ["integer", "null"]},
            "lag_seconds": {"type": ["number", "null"]},
            "revision": {"type": ["integer", "null"]},
            "rights": {"type": ["integer", "null"]},
        }
    ),
    "Readiness": _object(
        {
            "status": TEXT,
            "loaded": {"type": "boolean"},
            "revision": COUNT,
            "rights": COUNT,
            "age_seconds": NUMBER,
            "detail": TEXT,
        }
    ),
    "Problem": _object(
        {"type": TEXT, "title": TEXT, "status": COUNT, "code": TEXT, "detail": TEXT, "field": TEXT},
        ("type", "title", "status", "code", "detail"),
    ),
}
