"""`/api/v1/openapi.json`: the HTTP API described, written by hand; a test compares it with the routes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from dashboards.access.openapi import ACCOUNT_PATHS, SECURITY_SCHEMES
from dashboards.figures.openapi import FIGURES_PATHS
from dashboards.leads.openapi import LEAD_PATHS
from dashboards.notices.openapi import NOTICE_PATHS
from dashboards.openapi_audit import AUDIT_PATHS
from dashboards.openapi_operations import answers as _answers
from dashboards.openapi_operations import content as _content
from dashboards.openapi_operations import good as _good
from dashboards.openapi_operations import path as _path
from dashboards.openapi_operations import query as _query
from dashboards.openapi_schemas import SCHEMAS
from dashboards.openapi_shapes import MOMENT, PDQ, TEXT, UUID
from dashboards.openapi_shapes import reference as _reference
from dashboards.papers.openapi import PAPER_PATHS
from dashboards.problems import json_response
from dashboards.rights_desk.openapi import RIGHT_PATHS
from dashboards.triage.openapi import TRIAGE_PATHS

PHOTOGRAPHED = {
    "type": "object",
    "required": ["picture"],
    "properties": {
        "listing": _reference("Listing") | {"description": "May be left out; the pictures are put behind its own"},
        "picture": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "description": "Up to 8, each at most 20 MiB, together 40 MiB",
        },
    },
}
ALERT_FILTERS = [
    _query("right_id", "Only alerts about this right"),
    _query("subject", "Only alerts about this subject: a right, or a claimed patent number with its code"),
    _query("detector", "Only findings of this detector", _reference("Detector")),
    _query("tier", "Only this tier", _reference("Tier")),
    _query("kind", "Only rights of this kind", _reference("Kind")),
    _query("platform", "Only offers on this platform"),
    _query(
        "text",
        "Looked for in title, subject and seller's name, whatever its case",
        {"type": "string", "maxLength": 200},
    ),
    _query("group_id", "Only alerts about the same offer and right", UUID),
    _query("after", "Observed at this moment or later", MOMENT),
    _query("before", "Keyset paging, with `before_id`: take both from `next`", MOMENT),
    _query("before_id", "Keyset paging, with `before`", UUID),
    _query("limit", "At most so many", {"type": "integer", "minimum": 1, "maximum": 500, "default": 200}),
    _query("lang", "Ignored here; pages use it"),
]
_SHARED = ("right_id", "platform", "before", "before_id", "limit", "lang")
SCREENED_FILTERS = [
    _query("screened", "Only this reason: mention, compatible_use, other_goods, resale ..."),
    *(filter_ for filter_ in ALERT_FILTERS if filter_["name"] in _SHARED),
]
DEAD_FILTERS = [
    _query("state", "Only those that were decided so; open: nobody has", _reference("DeadState")),
    _query("reason", "Only those with this reason: not_json, no_title, screening_failed ..."),
    _query("topic", "Only those from this topic"),
    _query("after", "Observed at this moment or later", MOMENT),
    _query("before", "Observed before this moment", MOMENT),
    _query("before_id", "Keyset paging: take it from `next`"),
    *(filter_ for filter_ in ALERT_FILTERS if filter_["name"] in ("limit", "lang")),
]
PATHS: dict[str, Any] = {
    "/api/v1/alerts": {
        "get": {
            "summary": "Alerts, newest first",
            "parameters": ALERT_FILTERS,
            "responses": _answers(_good("A page", "AlertPage"), 400, 403, 503),
        }
    },
    "/api/v1/alerts/{alert_id}": {
        "get": {
            "summary": "One alert with the listing as it was seen, the right as it is now, and its group",
            "parameters": [_path("alert_id", UUID)],
            "responses": _answers(_good("The alert", "AlertDetail"), 400, 403, 404, 503),
        }
    },
    "/api/v1/alerts/{alert_id}/pictures/{digest}": {
        "get": {
            "summary": "A picture that the alert's reasons name, `picture` or `registered`, at most 1,024 pixels long",
            "parameters": [_path("alert_id", UUID), _path("digest", {"type": "string", "pattern": "^[0-9a-f]{64}$"})],
            "responses": _answers(
                {"description": "The picture", "content": _content({"type": "string"}, "image/jpeg")},
                400,
                403,
                404,
                503,
            ),
        }
    },
    "/api/v1/screened": {
        "get": {
            "summary": "A random sample of what did not alert, newest first, for people to judge",
            "parameters": SCREENED_FILTERS,
            "responses": _answers(_good("A page", "ScreenedPage"), 400, 403, 503),
        }
    },
    **RIGHT_PATHS,
    **TRIAGE_PATHS,
    **FIGURES_PATHS,
    **PAPER_PATHS,
    "/api/v1/allow": {
        "get": {
            "summary": "Pictures that do not alert, and those that are quarantined until a person decides",
            "parameters": [
                _query("state", "Only entries in this state", _reference("AllowState")),
                _query("lang", "Ignored here; pages use it"),
            ],
            "responses": _answers(_good("What holds now", "AllowList"), 400, 403, 503),
        },
        "post": {
            "summary": "A person's word about a picture: it never alerts, or it is to alert whatever it fires",
            "requestBody": {"required": True, "content": _content(_reference("AllowDecision"))},
            "responses": _answers(_good("What holds from now on", "AllowDecided"), 400, 403, 413, 415, 503),
        },
    },
    "/api/v1/allow/{pdq}": {
        "get": {
            "summary": "One entry, with alerts that the picture fired before it was quarantined",
            "parameters": [_path("pdq", PDQ)],
            "responses": _answers(_good("The entry", "AllowDetail"), 400, 403, 404, 503),
        },
        "delete": {
            "summary": "Take an entry off the list, as if nothing had been decided",
            "parameters": [_path("pdq", PDQ)],
            "responses": _answers(_good("The revision of the change", "AllowRemoved"), 400, 403, 404, 503),
        },
    },
    "/api/v1/dead": {
        "get": {
            "summary": "Dead letters, newest first: input that could not be screened or stored",
            "parameters": DEAD_FILTERS,
            "responses": _answers(_good("A page", "DeadLetterPage"), 400, 403, 503),
        },
        "post": {
            "summary": "Send dead letters again, so that the same pipeline decides again, or discard them",
            "requestBody": {"required": True, "content": _content(_reference("DeadDecision"))},
            "responses": _answers(_good("What became of each", "DeadDecided"), 400, 403, 413, 415, 503),
        },
    },
    "/api/v1/dead/counts": {
        "get": {
            "summary": "How many dead letters there are by reason and state",
            "responses": _answers(_good("The counts", "DeadCounts"), 403, 503),
        }
    },
    "/api/v1/dead/{letter_id}": {
        "get": {
            "summary": "One dead letter with all that is kept of it, and whether it can be sent again whole",
            "parameters": [_path("letter_id", {"type": "string", "maxLength": 400})],
            "responses": _answers(_good("The letter", "DeadLetterDetail"), 400, 403, 404, 503),
        }
    },
    **NOTICE_PATHS,
    **ACCOUNT_PATHS,
    **AUDIT_PATHS,
    **LEAD_PATHS,
    "/api/v1/check": {
        "post": {
            "summary": "Screen one listing now, through the same pipeline as the stream; nothing is stored",
            "requestBody": {
                "required": True,
                "content": _content(_reference("Listing")) | _content(PHOTOGRAPHED, "multipart/form-data"),
            },
            "responses": _answers(
                _good("What was found, and what was screened and why", "Check"), 403, 408, 413, 415, 422, 503
            ),
        }
    },
    "/api/v1/live": {
        "get": {
            "summary": "Alerts as server-sent events that resume",
            "description": (
                "Events: `hello` (its id is where the stream stands), `alerts` (LiveAlerts), `triage`"
                " (LiveTriage: new states of groups; the highest version of each holds), `pulse` (Pulse, each"
                " second), `gap` (the place asked for is no longer kept: read /api/v1/alerts, then go on). Ids are"
                " stream positions; the same alert may come twice, under the same alert_id."
            ),
            "parameters": [
                {"name": "Last-Event-ID", "in": "header", "description": "Go on behind it", "schema": TEXT},
                _query("after", "As Last-Event-ID, for clients that cannot send the header"),
            ],
            "responses": _answers(
                {"description": "An endless stream", "content": _content(TEXT, "text/event-stream")}, 403, 503
            ),
        }
    },
    "/api/v1/openapi.json": {
        "get": {
            "summary": "This document",
            "responses": _answers({"description": "OpenAPI 3.1", "content": _content({"type": "object"})}, 403),
        }
    },
    "/livez": {
        "get": {
            "summary": "The process answers",
            "responses": _answers({"description": "Alive", "content": _content({"type": "object"})}),
        }
    },
    "/readyz": {
        "get": {
            "summary": "The watchlist is loaded",
            "responses": _answers(_good("Ready", "Readiness"), 503),
        }
    },
    "/metrics": {
        "get": {
            "summary": "Prometheus metrics",
            "responses": _answers({"description": "Text", "content": _content({"type": "string"}, "text/plain")}),
        }
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "rightswatch",
        "version": "1",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        "description": "Alerts about listings that may infringe a registered right. Accounts: sign in or send a key.",
    },
    "paths": PATHS,
    "components": {"schemas": SCHEMAS, "securitySchemes": SECURITY_SCHEMES},
    "security": [{}, {"key": []}, {"session": []}],
}


async def document(request: web.Request) -> web.Response:
    return json_response(DOCUMENT)
