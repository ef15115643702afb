"""The routes and shapes of leads in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.leads.queries import MOST_SELLER, ROWS
from dashboards.openapi_operations import answers, content, good, path, query
from dashboards.openapi_shapes import COUNT, MOMENT, OPTIONAL_TEXT, TEXT, UUID, list_of, map_of, object_of, reference
from dashboards.triage.queries import MOST_NOTE
from detectors.routing.rules import RECIPIENTS, RIGHT_KINDS
from sinks.lead_codes import ACTS, CAUSES, SENDINGS, STATES, TAKEDOWNS

ONE = "/api/v1/leads/{lead_id}"
LEAD_ID = path("lead_id", UUID)


def _one_of(codes: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(codes)}


_MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_NOTE = {"type": ["string", "null"], "maxLength": MOST_NOTE}
_VERSION = {"type": "integer", "minimum": 0, "description": "The lead's, as it was looked at"}
_HOLDER = {"type": ["string", "null"], "minLength": 1, "maxLength": 200}
LEAD_SCHEMAS: dict[str, Any] = {
    "LeadState": _one_of(STATES),
    "Takedown": _one_of(TAKEDOWNS),
    "Recipient": _one_of(RECIPIENTS),
    "Lead": object_of(
        {
            "lead_id": UUID,
            "version": COUNT,
            "group_id": UUID,
            "recipient": reference("Recipient"),
            "place": OPTIONAL_TEXT | {"description": "The division whose body is told, by GB/T 2260"},
            "place_name": OPTIONAL_TEXT,
            "state": reference("LeadState"),
            "because": _one_of(CAUSES),
            "reason": OPTIONAL_TEXT | {"description": "Why it was withdrawn or closed"},
            "case_id": UUID,
            "routing": object_of({"version": TEXT, "rule": TEXT, "clause": TEXT}),
            "jurisdiction": object_of(
                {
                    "why": {"type": "array", "items": TEXT},
                    "candidates": {
                        "type": "array",
                        "items": object_of({"code": TEXT, "name": TEXT, "basis": TEXT}),
                    },
                }
            ),
            "alert_id": UUID,
            "right_id": OPTIONAL_TEXT,
            "kind": TEXT,
            "platform": TEXT,
            "listing_id": TEXT,
            "seller": TEXT,
            "facts": {"type": "object"},
            "observed_at": MOMENT,
            "made_at": MOMENT,
            "send_after": MOMENT,
            "sent_at": _MAYBE_MOMENT,
            "takedown": object_of({"state": reference("Takedown"), "at": _MAYBE_MOMENT, "by": OPTIONAL_TEXT}),
        }
    ),
    "LeadPage": object_of(
        {"leads": list_of("Lead"), "rights": {"type": "object"}, "counts": map_of(COUNT), "next": OPTIONAL_TEXT}
    ),
    "LeadEvent": object_of(
        {
            "act": _one_of(ACTS),
            "version": COUNT,
            "reason": OPTIONAL_TEXT,
            "detail": {"type": "object"},
            "by": OPTIONAL_TEXT | {"description": "Null: the program"},
            "at": MOMENT,
        }
    ),
    "LeadDetail": object_of(
        {
            "lead": reference("Lead"),
            "rights": {"type": "object"},
            "log": list_of("LeadEvent"),
            "case": list_of("Lead"),
        }
    ),
    "TakedownPut": object_of(
        {
            "state": reference("Takedown"),
            "on": _MAYBE_MOMENT | {"description": "When it happened; left out: now"},
            "note": _NOTE,
            "version": _VERSION,
        },
        ("state", "version"),
    ),
    "PlacePut": object_of(
        {
            "code": {"type": ["string", "null"], "maxLength": 12, "description": "Of a division; null: tell no body"},
            "note": _NOTE,
            "version": _VERSION,
        },
        ("code", "version"),
    ),
    "PlaceDecided": object_of({"leads": list_of("Lead")}),
    "LeadPolicyPut": object_of(
        {
            "kind": _one_of(RIGHT_KINDS),
            "holder_id": _HOLDER | {"description": "Null or left out: rights of all holders"},
            "sending": {"type": ["string", "null"], "enum": [*SENDINGS, None]},
        },
        ("kind", "sending"),
    ),
    "LeadPolicy": object_of(
        {
            "kinds": {
                "type": "array",
                "items": object_of({"kind": TEXT, "sending": _one_of(SENDINGS), "default": _one_of(SENDINGS)}),
            },
            "holders": {
                "type": "array",
                "items": object_of(
                    {"kind": TEXT, "holder_id": TEXT, "sending": _one_of(SENDINGS), "by": TEXT, "at": MOMENT}
                ),
            },
            "yours": {
                "type": "array",
                "description": "What holds for each kind of right of the holders that you are limited to",
                "items": object_of(
                    {
                        "holder_id": TEXT,
                        "kind": TEXT,
                        "set": OPTIONAL_TEXT | {"description": "What was set for this holder; null: as for everybody"},
                        "sending": _one_of(SENDINGS),
                    }
                ),
            },
        }
    ),
}


def _put(summary: str, body: str, answer: dict[str, Any], *refusals: int, parameters: Any = ()) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "requestBody": {"required": True, "content": content(reference(body))},
        "responses": answers(answer, 400, 403, 404, *refusals, 413, 415, 503),
    }
    return operation | ({"parameters": list(parameters)} if parameters else {})


LEAD_PATHS: dict[str, Any] = {
    "/api/v1/leads": {
        "get": {
            "summary": "Leads, newest first, and how many are in each state",
            "parameters": [
                query("state", "Only leads in this state", reference("LeadState")),
                query("recipient", "Only leads to this recipient", reference("Recipient")),
                query("right_id", "Only about this right", {"type": "string", "maxLength": 200}),
                query("seller", "Only about this seller: `platform:id`", {"type": "string", "maxLength": MOST_SELLER}),
                query("case_id", "Only of this case: one for a seller (or company code) and a right", UUID),
                query("group_id", "Only about the same offer and right", UUID),
                query("before", "Keyset paging: take it from `next`", {"type": "string", "maxLength": 60}),
                query("limit", "At most so many", {"type": "integer", "minimum": 1, "maximum": 500, "default": ROWS}),
                query("lang", "Ignored here; pages use it"),
            ],
            "responses": answers(good("A page", "LeadPage"), 400, 403, 503),
        }
    },
    "/api/v1/leads/policy": {
        "get": {
            "summary": "Which leads wait for a verdict, by kind of right and holder",
            "responses": answers(good("The policy", "LeadPolicy"), 403, 503),
        },
        "put": _put(
            "Set it for a kind, of one holder's rights or of all", "LeadPolicyPut", good("The policy", "LeadPolicy")
        ),
    },
    ONE: {
        "get": {
            "summary": "One lead: why this recipient, what its place rests on, its log, and the others of its case",
            "parameters": [LEAD_ID],
            "responses": answers(good("The lead", "LeadDetail"), 400, 403, 404, 503),
        }
    },
    f"{ONE}/takedown": {
        "put": _put(
            "What became of the complaint at the platform; `removed` closes the lead",
            "TakedownPut",
            good("The lead from now on", "Lead"),
            409,
            parameters=[LEAD_ID],
        )
    },
    f"{ONE}/place": {
        "put": _put(
            "Whom a lead that waits for a person goes to: the body of a division, or nobody",
            "PlacePut",
            good("The lead, and those made instead of it", "PlaceDecided"),
            409,
            parameters=[LEAD_ID],
        )
    },
}
