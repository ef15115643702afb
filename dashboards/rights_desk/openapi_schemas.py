"""The shapes of the rights desk in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_shapes import COUNT, MOMENT, NUMBER, OPTIONAL_TEXT, PDQ, TEXT, list_of, object_of, reference
from detectors.rights import KINDS, MAX_DISTANCE, POLICIES, STATUSES
from sinks.operational.right_history_store import MOST_REASON

TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
DATE: dict[str, Any] = {"type": "string", "format": "date"}
REVISION = COUNT | {"description": "Of the watchlist; a change of the right names it as `based_on`"}
ANY: dict[str, Any] = {}
RIGHT_SCHEMAS: dict[str, Any] = {
    "RightStatus": {"type": "string", "enum": list(STATUSES)},
    "RightImage": object_of(
        {
            "path": TEXT | {"description": "The file's name"},
            "pdq": PDQ,
            "quality": NUMBER,
            "views": {"type": "object", "description": "Fingerprints of parts of it, by name"},
            "windows": {"type": "object", "description": "Where those parts are"},
            "digest": TEXT | {"description": "SHA-256 of its bytes: what its preview is asked for by"},
        },
        (),
    ),
    "Right": object_of(
        {
            "right_id": TEXT,
            "kind": {"type": "string", "enum": list(KINDS)},
            "office": TEXT,
            "number": TEXT,
            "title": TEXT,
            "holder": {"type": "object", "description": "id, name, uscc, sellers: own shops"},
            "status": reference("RightStatus"),
            "status_since": DATE,
            "status_as_of": DATE,
            "filed_on": DATE,
            "granted_on": DATE,
            "expires_on": DATE,
            "territories": TEXTS | {"description": "None: everywhere"},
            "classes": TEXTS,
            "marks": TEXTS,
            "aliases": TEXTS,
            "well_known": {"type": "boolean"},
            "usual_price": {"type": "object", "description": "amount and currency"},
            "abstract": TEXT,
            "claims": TEXTS,
            "images": list_of("RightImage"),
            "licensees": {"type": "array", "items": {"type": "object"}},
            "allow": {"type": "array", "items": {"type": "object"}, "description": "seller_id, pdq or phrase each"},
            "policy": {"type": "string", "enum": list(POLICIES)},
            "threshold": {
                "type": "object",
                "description": f"score from 0 to 1; image_distance from 0 to {MAX_DISTANCE} bits",
            },
        },
        ("kind",),
        description="The contract's right, as `rightswatch rights import` reads it; the README says more",
    ),
    "RightCard": object_of(
        {
            "right_id": TEXT,
            **dict.fromkeys(("kind", "office", "number", "title", "status", "status_as_of", "expires_on"), ANY),
            "holder": object_of({"id": OPTIONAL_TEXT, "name": ANY}),
            "marks": TEXTS | {"description": "The first few"},
            "pictures": COUNT,
            "picture": OPTIONAL_TEXT | {"description": "Digest of the first that can be shown"},
            "revision": REVISION,
            "is_held": {"type": "boolean", "description": "False: withdrawn from the watchlist"},
            "changed_by": TEXT | {"description": "A person's or program's name; import: the command line"},
            "changed_at": MOMENT,
        }
    ),
    "RightPage": object_of(
        {
            "rights": list_of("RightCard"),
            "next": OPTIONAL_TEXT | {"description": "Give it as `after` for the next page; null at the end"},
            "behind": COUNT | {"description": "Changes of the watchlist that the list does not know yet"},
        }
    ),
    "RightDifference": object_of(
        {
            "field": TEXT | {"description": "Its full name: holder.name"},
            "was": ANY,
            "now": ANY,
            "added": {"type": "array", "items": ANY},
            "removed": {"type": "array", "items": ANY},
        },
        ("field",),
        description="Of a list what was added and removed, of anything else what it was and is",
    ),
    "RightChange": object_of(
        {
            "revision": COUNT,
            "based_on": COUNT | {"description": "The revision that it changed; 0 for the first"},
            "op": {"type": "string", "enum": ["put", "withdraw"]},
            "by": TEXT,
            "at": MOMENT,
            "reason": TEXT,
            "differences": list_of("RightDifference"),
        }
    ),
    "RightHistory": object_of(
        {
            "right_id": TEXT,
            "revision": REVISION,
            "is_held": {"type": "boolean"},
            "right": {"type": ["object", "null"], "description": "As it is, or was when it was withdrawn"},
            "changes": list_of("RightChange") | {"description": "Newest first"},
            "next": {"type": ["integer", "null"], "description": "Give it as `before` for older ones"},
        }
    ),
    "RightPut": object_of(
        {
            "right": reference("Right"),
            "based_on": COUNT | {"description": "The revision of the form that was changed; 0: the right is new"},
            "reason": TEXT | {"maxLength": MOST_REASON},
        },
        ("right", "based_on"),
        additionalProperties=False,
    ),
    "RightChanged": object_of({"revision": REVISION, "right": {"type": "object"}}),
    "RightWithdrawn": object_of({"revision": REVISION}),
    "RightPreviewAsked": object_of(
        {"right": {"anyOf": [reference("Right"), {"type": "null"}], "description": "null: withdrawn"}},
        ("right",),
        additionalProperties=False,
    ),
    "RightEstimate": object_of(
        {"count": COUNT, "low": COUNT, "high": COUNT},
        description="The most likely number and the ends of its 95 % interval; all the same when all pages were seen",
    ),
    "RightPreview": object_of(
        {
            "pages": COUNT | {"description": "A random sample, as many as can be looked at in a few seconds"},
            "all_pages": COUNT | {"description": "Of those days"},
            "days": COUNT,
            "raised": reference("RightEstimate"),
            "silenced": reference("RightEstimate"),
            "raised_examples": list_of("Alert") | {"description": "Up to 20; alerts that were never raised"},
            "silenced_examples": list_of("Alert"),
        }
    ),
    "RightPictures": object_of({"images": list_of("RightImage") | {"description": "For the right's `images`"}}),
}
