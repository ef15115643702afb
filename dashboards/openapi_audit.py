"""The audit log in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_operations import answers, good, query
from dashboards.openapi_shapes import COUNT, MOMENT, TEXT, list_of, object_of

AUDIT_SCHEMAS: dict[str, Any] = {
    "AuditEntry": object_of(
        {
            "sequence": COUNT | {"description": "From 1 on, without a gap"},
            "at": MOMENT,
            "by_id": TEXT | {"description": "The account's id"},
            "by": TEXT | {"description": "The account's name as it was then"},
            "action": TEXT | {"description": "Dotted words: verdict.give, right.put, account.create ..."},
            "subject": TEXT | {"description": "What it was done to"},
            "detail": {"type": "object"},
            "hash": TEXT | {"description": "SHA-256 over the hash before it and this entry"},
        }
    ),
    "AuditPage": object_of(
        {
            "entries": list_of("AuditEntry"),
            "next": {
                "description": "Parameters of the next page; null at the end",
                "anyOf": [{"type": "null"}, object_of({"before_sequence": TEXT})],
            },
        }
    ),
}
AUDIT_PATHS: dict[str, Any] = {
    "/api/v1/audit": {
        "get": {
            "summary": "Who did what, newest first",
            "parameters": [
                query("by", "Only acts of the account with this id or name"),
                query("action", "Only this action, or all that begin with it and a dot"),
                query("subject", "Only what was done to this"),
                query("after", "Done at this moment or later", MOMENT),
                query("before", "Done before this moment", MOMENT),
                query("before_sequence", "Keyset paging: take it from `next`"),
                query("limit", "At most so many", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}),
                query("lang", "Ignored here; pages use it"),
            ],
            "responses": answers(good("A page", "AuditPage"), 400, 403, 503),
        }
    }
}
