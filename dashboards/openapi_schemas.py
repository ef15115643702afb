"""The shapes in the API's description: the contract's records and what answers wrap around them."""

from __future__ import annotations

from typing import Any, get_args

from dashboards.access.openapi import ACCOUNT_SCHEMAS
from dashboards.figures.openapi import FIGURES_SCHEMAS
from dashboards.leads.openapi import LEAD_SCHEMAS
from dashboards.notices.openapi import NOTICE_SCHEMAS
from dashboards.openapi_audit import AUDIT_SCHEMAS
from dashboards.openapi_dead import DEAD_SCHEMAS
from dashboards.openapi_shapes import (
    COUNT,
    MOMENT,
    NUMBER,
    OPTIONAL_TEXT,
    PDQ,
    TEXT,
    UUID,
    list_of,
    map_of,
    object_of,
    reference,
)
from dashboards.papers.openapi import PAPER_SCHEMAS
from dashboards.rights_desk.openapi_schemas import RIGHT_SCHEMAS
from dashboards.triage.openapi_schemas import TRIAGE_SCHEMAS
from detectors.records import Detector, Tier
from detectors.rights import KINDS
from detectors.watchlist.allowed import STATES, WIDEST_ALLOWED

DISTANCE: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": WIDEST_ALLOWED}
RIGHT_NAMES = map_of(reference("RightName"))
NEXT = {
    "description": "Parameters of the next page; null at the end",
    "anyOf": [{"type": "null"}, object_of({"before": MOMENT, "before_id": UUID})],
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
    "detector": reference("Detector"),
    "score": NUMBER | {"minimum": 0, "maximum": 1},
    "tier": reference("Tier"),
    "reasons": list_of("Reason"),
    "signals": map_of(NUMBER),
    "listed_at": OPTIONAL_TEXT,
    "observed_at": MOMENT,
    "revision": COUNT,
    "versions": map_of(TEXT),
    "page": TEXT | {"description": "SHA-256 of the page's bytes"},
    "listing_digest": TEXT,
    "explanation": TEXT | {"description": "The reasons and the right in one English sentence"},
}
SCHEMAS: dict[str, Any] = {
    "Detector": {"type": "string", "enum": list(get_args(Detector))},
    "Tier": {"type": "string", "enum": list(get_args(Tier))},
    "Kind": {"type": "string", "enum": list(KINDS)},
    "Listing": object_of(
        {
            "platform": TEXT | {"description": "May be left out in a check"},
            "listing_id": TEXT | {"description": "May be left out in a check"},
            "title": TEXT,
            "description": TEXT,
            "brand": TEXT,
            "category": TEXT,
            "price": {"type": ["string", "number"]},
            "currency": TEXT,
            "attributes": map_of(TEXT),
            "seller": {"type": "object"},
            "market": TEXT,
            "url": TEXT,
            "listed_at": MOMENT,
        },
        ("title",),
    ),
    "Reason": object_of(
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
    "Alert": object_of(
        ALERT_FIELDS
        | {
            "explanation_zh": TEXT | {"description": "The explanation in Chinese"},
            "retrospective": {
                "type": "boolean",
                "description": "Raised by a sweep over stored listings, after its right was added or widened",
            },
            "ships_from": OPTIONAL_TEXT | {"description": "From where the offer ships, as it says"},
        },
        tuple(ALERT_FIELDS),  # alerts stored by an older program say nothing about them
    ),
    "RightName": object_of(
        dict.fromkeys(("title", "mark", "holder", "office", "number", "kind", "status"), OPTIONAL_TEXT)
    ),
    "ScreenedMatch": {
        "description": "The alert that it would have been, and why it was none",
        "allOf": [reference("Alert"), object_of({"screened": TEXT | {"description": "The reason not to alert"}})],
    },
    "ScreenedPage": object_of({"screened": list_of("ScreenedMatch"), "rights": RIGHT_NAMES, "next": NEXT}),
    "AlertPage": object_of(
        {
            "alerts": list_of("Alert"),
            "rights": RIGHT_NAMES,
            "next": NEXT,
        }
    ),
    "AlertDetail": object_of(
        {
            "alert": reference("Alert"),
            "right": {"type": ["object", "null"]},
            "listing": {"type": ["object", "null"], "description": "As it was seen; null when its page is gone"},
            "page": {"type": ["object", "null"], "description": "Digest, broker coordinates, and the line as received"},
            "group": list_of("Alert"),
            "triage": {
                "anyOf": [{"type": "null"}, reference("TriageState")],
                "description": "Of its group: a verdict holds for later alerts of it, too",
            },
        }
    ),
    "Screened": object_of(
        {
            "screened": TEXT | {"description": "Why it does not alert"},
            "platform": TEXT,
            "listing_id": TEXT,
            "subject": TEXT,
            "right_id": OPTIONAL_TEXT,
            "kind": TEXT,
            "detector": reference("Detector"),
            "reasons": list_of("Reason"),
        }
    ),
    "AllowState": {"type": "string", "enum": sorted(STATES)},
    "AllowEntry": object_of(
        {
            "pdq": PDQ,
            "state": reference("AllowState"),
            "distance": DISTANCE,
            "note": TEXT,
            "by": TEXT | {"description": "web, command line, or flood: the flood watch"},
            "since": MOMENT,
            "fired": object_of(
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
    "AllowDecision": object_of(
        {
            "pdq": PDQ,
            "state": {"type": "string", "enum": ["allowed", "released"]},
            "distance": DISTANCE,
            "note": TEXT | {"maxLength": 500},
        },
        ("pdq", "state"),
        additionalProperties=False,
    ),
    "AllowList": object_of({"allow": list_of("AllowEntry"), "quarantined": COUNT}),
    "AllowDetail": object_of({"allow": reference("AllowEntry"), "alerts": list_of("Alert"), "rights": RIGHT_NAMES}),
    "AllowDecided": object_of({"revision": COUNT, "allow": reference("AllowEntry")}),
    "AllowRemoved": object_of({"revision": COUNT}),
    **ACCOUNT_SCHEMAS,
    **AUDIT_SCHEMAS,
    **DEAD_SCHEMAS,
    **RIGHT_SCHEMAS,
    **TRIAGE_SCHEMAS,
    **LEAD_SCHEMAS,
    **FIGURES_SCHEMAS,
    **PAPER_SCHEMAS,
    **NOTICE_SCHEMAS,
    "Check": object_of(
        {
            "revision": COUNT,
            "alerts": list_of("Alert"),
            "screened": list_of("Screened"),
            "warnings": map_of(COUNT),
            "dead_letters": {"type": "array", "items": {"type": "object"}},
            "rights": RIGHT_NAMES,
            "defaults": map_of(TEXT) | {"description": "What was put in for fields that were left out"},
        }
    ),
    "LiveAlerts": object_of({"alerts": list_of("Alert"), "rights": RIGHT_NAMES}),
    "Pulse": object_of(
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
    "Readiness": object_of(
        {
            "status": TEXT,
            "loaded": {"type": "boolean"},
            "revision": COUNT,
            "rights": COUNT,
            "age_seconds": NUMBER,
            "detail": TEXT,
        },
        ("status", "loaded", "revision", "age_seconds", "detail"),
    ),
    "Problem": object_of(
        {"type": TEXT, "title": TEXT, "status": COUNT, "code": TEXT, "detail": TEXT, "field": TEXT},
        ("type", "title", "status", "code", "detail"),
    ),
}
