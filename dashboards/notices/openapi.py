"""Notices in the API's description."""

from __future__ import annotations

from typing import Any, get_args

from dashboards.catalogue import LANGUAGES
from dashboards.notices.drafts import MOST_ADDRESS, MOST_NAME, MOST_RIGHTS
from dashboards.openapi_operations import answers, content, good, path, query
from dashboards.openapi_shapes import COUNT, MOMENT, OPTIONAL_TEXT, TEXT, UUID, list_of, object_of, reference
from detectors.records import Detector
from detectors.rights import KINDS
from sinks.notices.events import EVENTS
from sinks.operational.notice_records import KINDS as CHANNELS
from sinks.operational.notice_records import STATES
from sinks.triage_policy import TIERS

_FLAG = {"type": "boolean"}
_MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_MAYBE_UUID = {"type": ["string", "null"], "format": "uuid"}
_CHANNEL = {"type": "string", "enum": list(CHANNELS)}
_ID = path("destination_id", UUID)
_NOTICE_ID = path("notice_id", UUID)


def _some_of(values: tuple[str, ...], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(values)}, "minItems": least}


_CHOSEN: dict[str, Any] = {
    "events": _some_of(EVENTS, 1) | {"description": "alert: at once, before anybody judged it"},
    "kinds": _some_of(KINDS) | {"description": "Of rights; none: all of them"},
    "tiers": _some_of(TIERS),
    "detectors": _some_of(get_args(Detector)),
    "right_ids": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": MOST_RIGHTS},
    "digest_hour": {"type": ["integer", "null"], "minimum": 0, "maximum": 23, "description": "null: at once"},
    "quiet": {
        "type": ["array", "null"],
        "items": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
        "minItems": 2,
        "maxItems": 2,
    },
    "time_zone": TEXT | {"description": "As Asia/Shanghai: of the digest's hour and the quiet hours"},
    "language": {"type": "string", "enum": list(LANGUAGES)},
    "per_minute": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000},
    "enabled": _FLAG,
}
_NAME = {"type": "string", "minLength": 1, "maxLength": MOST_NAME}
_SENT: dict[str, Any] = {
    "name": _NAME,
    "address": {
        "type": "string",
        "minLength": 1,
        "maxLength": MOST_ADDRESS,
        "description": "https://... of a public server, or an e-mail address",
    },
    "secret": {"type": ["string", "null"], "maxLength": 200, "description": "A webhook's (whsec_...) or a robot's"},
    **_CHOSEN,
}


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": content(reference(name))}


NOTICE_SCHEMAS: dict[str, Any] = {
    "Destination": object_of(
        {
            "destination_id": UUID,
            "owner": object_of({"kind": {"type": "string", "enum": ["account", "holder"]}, "id": TEXT}),
            "name": TEXT,
            "kind": _CHANNEL,
            "address": TEXT | {"description": "Without what would let somebody use it"},
            "has_secret": _FLAG,
            **_CHOSEN,
            "limit_per_minute": COUNT,
            "disabled_because": OPTIONAL_TEXT,
            "version": COUNT,
            "created_at": MOMENT,
        }
    ),
    "Destinations": object_of({"destinations": list_of("Destination")}),
    "NewDestination": object_of(
        {"kind": _CHANNEL, "holder": OPTIONAL_TEXT | {"maxLength": 200}, **_SENT},
        ("kind", "name", "address"),
        additionalProperties=False,
    ),
    "DestinationChange": object_of(
        {"version": {"type": "integer", "minimum": 1}, "new_secret": _FLAG, **_SENT},
        ("version",),
        additionalProperties=False,
    ),
    "DestinationKept": object_of(
        {
            "destination": reference("Destination"),
            "secret": OPTIONAL_TEXT | {"description": "Of a webhook, where it is new: told this once"},
        }
    ),
    "DestinationRemoved": object_of({"removed": _FLAG}),
    "TestQueued": object_of({"notice_id": UUID}),
    "Notice": object_of(
        {
            "notice_id": UUID,
            "webhook_id": TEXT,
            "destination_id": UUID,
            "destination": TEXT,
            "destination_kind": _CHANNEL,
            "event": TEXT,
            "group_id": _MAYBE_UUID,
            "alert_id": _MAYBE_UUID,
            "right_id": OPTIONAL_TEXT,
            "facts": {"type": "object"},
            "state": {"type": "string", "enum": list(STATES)},
            "reason": TEXT,
            "digest_id": _MAYBE_UUID,
            "tries": COUNT,
            "at": MOMENT,
            "next_at": _MAYBE_MOMENT,
            "settled_at": _MAYBE_MOMENT,
        }
    ),
    "NoticePage": object_of(
        {
            "notices": list_of("Notice"),
            "next": {"anyOf": [{"type": "null"}, object_of({"before": MOMENT, "before_id": UUID})]},
        }
    ),
    "NoticeTry": object_of({"number": {"type": "integer"}, "at": MOMENT, "fate": TEXT, "reason": TEXT}),
    "NoticeDetail": object_of({"notice": {"allOf": [reference("Notice"), object_of({"log": list_of("NoticeTry")})]}}),
    "NoticeReplayed": object_of({"replayed": _FLAG}),
}
NOTICE_PATHS: dict[str, Any] = {
    "/api/v1/destinations": {
        "get": {
            "summary": "Where one wants to hear of things; an administrator sees everybody's",
            "responses": answers(good("The destinations", "Destinations"), 403, 503),
        },
        "post": {
            "summary": "A new destination. A webhook's secret is told here and never again",
            "requestBody": _body("NewDestination"),
            "responses": answers(good("It", "DestinationKept"), 400, 403, 413, 415, 503),
        },
    },
    "/api/v1/destinations/{destination_id}": {
        "put": {
            "summary": "What the body names becomes so; the rest stays",
            "parameters": [_ID],
            "requestBody": _body("DestinationChange"),
            "responses": answers(good("It", "DestinationKept"), 400, 403, 404, 409, 413, 415, 503),
        },
        "delete": {
            "summary": "Nothing is sent there any more",
            "parameters": [_ID],
            "responses": answers(good("Done", "DestinationRemoved"), 400, 403, 404, 503),
        },
    },
    "/api/v1/destinations/{destination_id}/test": {
        "post": {
            "summary": "Have a test sent there; its fate is that of the notice",
            "parameters": [_ID],
            "responses": answers(good("The notice", "TestQueued"), 400, 403, 404, 409, 503),
        }
    },
    "/api/v1/notices": {
        "get": {
            "summary": "What was told to whom, what waits, and what nobody took, newest first",
            "parameters": [
                query("state", "Only these", {"type": "string", "enum": list(STATES)}),
                query("destination_id", "Only to this destination", UUID),
                query("alert_id", "Only about this alert", UUID),
                query("group_id", "Only about the same offer and right", UUID),
                query("before", "Keyset paging, with `before_id`: take both from `next`", MOMENT),
                query("before_id", "Keyset paging, with `before`", UUID),
                query("limit", "At most so many", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}),
                query("lang", "Ignored here; pages use it"),
            ],
            "responses": answers(good("A page", "NoticePage"), 400, 403, 503),
        }
    },
    "/api/v1/notices/{notice_id}": {
        "get": {
            "summary": "One notice with each try",
            "parameters": [_NOTICE_ID],
            "responses": answers(good("It", "NoticeDetail"), 400, 403, 404, 503),
        }
    },
    "/api/v1/notices/{notice_id}/replay": {
        "post": {
            "summary": "Have what nobody took sent again, under its own id",
            "parameters": [_NOTICE_ID],
            "responses": answers(good("Done", "NoticeReplayed"), 400, 403, 404, 409, 503),
        }
    },
}
