"""The papers in the API's description."""

from __future__ import annotations

from typing import Any

from dashboards.openapi_operations import answers, content, good, path, query
from dashboards.openapi_shapes import TEXT, UUID, map_of, object_of, reference

_ANY = {"type": "object"}
LANGUAGE = query(
    "lang", "The paper's language; as pages choose it unless given", {"type": "string", "enum": ["en", "zh"]}
)
PAPER_SCHEMAS: dict[str, Any] = {
    "Paper": object_of(
        {
            "language": TEXT,
            "title": TEXT,
            "lead": TEXT,
            "sections": {
                "type": "array",
                "items": object_of({"id": TEXT, "title": TEXT, "parts": {"type": "array", "items": _ANY}}),
            },
            "digest": TEXT | {"description": "SHA-256 of the rest as canonical JSON; every form has it printed on it"},
        }
    ),
    "RiskRead": object_of({"acknowledged": {"const": True}}, additionalProperties=False),
    "RiskAcknowledged": object_of(
        {
            "alert_id": UUID | {"description": "Of what the pack is made: this or `lead_id`"},
            "lead_id": UUID,
            "risk": {"type": "array", "items": TEXT},
            "papers": map_of(TEXT) | {"description": "Where each form of the pack is to be had for a day"},
        },
        ("risk", "papers"),
    ),
}


def _complaint(subject: str, summary: str) -> dict[str, Any]:
    """The pack of an alert or a lead, and that its risk was read."""
    return {
        "get": {
            "summary": f"{summary}; once the risk was acknowledged",
            "parameters": [
                path(subject, UUID),
                query("format", "pdf unless given", {"type": "string", "enum": ["pdf", "html", "json"]}),
                LANGUAGE,
            ],
            "responses": answers(
                {
                    "description": "The pack",
                    "content": content(TEXT, "application/pdf")
                    | content(TEXT, "text/html")
                    | content(reference("Paper")),
                },
                *(400, 403, 404, 409, 428, 503),
            ),
        },
        "post": {
            "summary": "Say that one has read what a wrong notice costs: for a day then the pack is made",
            "parameters": [path(subject, UUID), LANGUAGE],
            "requestBody": {"required": True, "content": content(reference("RiskRead"))},
            "responses": answers(
                good("What was acknowledged, and where the pack is", "RiskAcknowledged"),
                *(400, 403, 404, 409, 413, 415, 503),
            ),
        },
    }


PAPER_PATHS: dict[str, Any] = {
    "/api/v1/reports/{month}": {
        "get": {
            "summary": "The work report of a month, of what you may see; or one of its tables as CSV",
            "parameters": [
                path("month", {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}),
                query("format", "json unless given", {"type": "string", "enum": ["json", "pdf", "html", "csv"]}),
                query("table", "With csv: which table, as the JSON names them; the first unless given"),
                query("hours", "Whose month: hours from UTC; 8 unless given", {"type": "integer"}),
                LANGUAGE,
            ],
            "responses": answers(
                {
                    "description": "The report",
                    "content": content(reference("Paper"))
                    | content(TEXT, "application/pdf")
                    | content(TEXT, "text/html")
                    | content(TEXT, "text/csv"),
                },
                *(400, 403, 503),
            ),
        }
    },
    "/api/v1/alerts/{alert_id}/complaint": _complaint("alert_id", "A complaint pack for a platform or a body"),
    "/api/v1/leads/{lead_id}/complaint": _complaint("lead_id", "A complaint pack for the recipient of the lead"),
}
