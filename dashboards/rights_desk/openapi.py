"""The routes of the rights desk in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.check_pictures import MAX_PICTURES
from dashboards.openapi_operations import answers, content, good, path, query
from dashboards.openapi_shapes import COUNT, reference
from sinks.operational.changes import MAX_RIGHT_ID
from sinks.operational.right_history_store import MOST_CHANGES, MOST_REASON
from sinks.operational.right_list_store import MOST_ROWS

ONE = "/api/v1/rights/{right_id}"
RIGHT_ID = path("right_id", {"type": "string", "maxLength": MAX_RIGHT_ID})
DIGEST = path("digest", {"type": "string", "pattern": "^[0-9a-f]{64}$"})
LANG = query("lang", "Ignored here; pages use it")
PICTURE_PARTS = {
    "type": "object",
    "required": ["picture"],
    "properties": {
        "picture": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "description": f"Up to {MAX_PICTURES}, each at most 20 MiB, together 40 MiB",
        }
    },
}


def _limit(most: int, default: int) -> dict[str, Any]:
    return query("limit", "At most so many", {"type": "integer", "minimum": 1, "maximum": most, "default": default})


RIGHT_PATHS: dict[str, Any] = {
    "/api/v1/rights": {
        "get": {
            "summary": "The rights on the watchlist, in the order of their ids",
            "parameters": [
                query(
                    "text",
                    "Every word of it, whatever its case, in id, number, title, holder, marks or aliases",
                    {"type": "string", "maxLength": 200},
                ),
                query("holder", "Only rights of the holder with this id", {"type": "string", "maxLength": 500}),
                query("kind", "Only this kind", reference("Kind")),
                query("status", "Only this status", reference("RightStatus")),
                query("withdrawn", "true: those that were taken off", {"type": "string", "enum": ["true", "false"]}),
                query("after", "Keyset paging: take it from `next`", {"type": "string", "maxLength": MAX_RIGHT_ID}),
                _limit(MOST_ROWS, 50),
                LANG,
            ],
            "responses": answers(good("A page", "RightPage"), 400, 403, 503),
        }
    },
    ONE: {
        "get": {
            "summary": "A right on the watchlist",
            "parameters": [RIGHT_ID],
            "responses": answers(
                {"description": "The right; `ETag` is its revision", "content": content({"type": "object"})},
                400,
                403,
                404,
                503,
            ),
        },
        "put": {
            "summary": "Put the whole right as it is to be, on the watchlist or in place of its older form",
            "parameters": [RIGHT_ID],
            "requestBody": {"required": True, "content": content(reference("RightPut"))},
            "responses": answers(good("What holds from now on", "RightChanged"), 400, 403, 404, 409, 413, 415, 503),
        },
        "delete": {
            "summary": "Take the right off the watchlist; its history stays, and a put brings it back",
            "parameters": [
                RIGHT_ID,
                query("based_on", "The revision of the form that is withdrawn", COUNT) | {"required": True},
                query("reason", "Why", {"type": "string", "minLength": 1, "maxLength": MOST_REASON})
                | {"required": True},
                LANG,
            ],
            "responses": answers(good("The revision of the change", "RightWithdrawn"), 400, 403, 404, 409, 503),
        },
    },
    f"{ONE}/history": {
        "get": {
            "summary": "The right as it is, withdrawn ones too, and who changed what in it and why",
            "parameters": [
                RIGHT_ID,
                query("before", "Only changes before this revision: take it from `next`", COUNT),
                _limit(MOST_CHANGES, 20),
                LANG,
            ],
            "responses": answers(good("The history", "RightHistory"), 400, 403, 404, 503),
        }
    },
    f"{ONE}/preview": {
        "post": {
            "summary": "What a change would have raised and silenced last week; nothing is changed",
            "parameters": [RIGHT_ID],
            "requestBody": {"required": True, "content": content(reference("RightPreviewAsked"))},
            "responses": answers(good("What it would have meant", "RightPreview"), 400, 403, 404, 413, 415, 503),
        }
    },
    f"{ONE}/pictures": {
        "post": {
            "summary": "Keep pictures for the right; it has them once a PUT names them among its `images`",
            "parameters": [RIGHT_ID],
            "requestBody": {"required": True, "content": content(PICTURE_PARTS, "multipart/form-data")},
            "responses": answers(
                good("What to put into `images`", "RightPictures"), 400, 403, 404, 408, 413, 415, 422, 503
            ),
        }
    },
    f"{ONE}/pictures/{{digest}}": {
        "get": {
            "summary": "A picture of the right, at most 640 pixels long",
            "parameters": [RIGHT_ID, DIGEST],
            "responses": answers(
                {"description": "The picture", "content": content({"type": "string"}, "image/jpeg")},
                400,
                403,
                404,
                503,
            ),
        }
    },
}
