"""`GET /api/v1/audit`: who did what, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from dashboards.keys import ACCESS, POOL
from dashboards.parameters import limit_of, moment_of, refuse_unknown, text_of
from dashboards.problems import bad_field, json_response, refusing
from detectors.records import timestamp_text
from sinks.operational.audit_store import AuditEntry, AuditQuery

ROWS = 100
PARAMETERS = ("by", "action", "subject", "after", "before", "before_sequence", "limit", "lang")


async def entries(request: web.Request) -> web.Response:
    """A page of the log. `next` holds the parameters of the page behind it, or null at the end."""
    query = audit_query(request.query)
    found = await request.app[POOL].blocking(refusing(lambda: request.app[ACCESS].audit.page(query)))
    following = {"before_sequence": str(found[-1].sequence)} if len(found) == query.limit else None
    return json_response({"entries": [_shown(entry) for entry in found], "next": following})


def audit_query(parameters: Mapping[str, str]) -> AuditQuery:
    """The filters of a request.

    Raises:
        Problem: 400, a parameter is unknown or has no usable value.
    """
    refuse_unknown(parameters, PARAMETERS)
    return AuditQuery(
        by=text_of(parameters, "by"),
        action=text_of(parameters, "action"),
        subject=text_of(parameters, "subject"),
        after=moment_of(parameters, "after"),
        before=moment_of(parameters, "before"),
        before_sequence=_sequence(parameters.get("before_sequence")),
        limit=limit_of(parameters, ROWS),
    )


def _sequence(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise bad_field("before_sequence", "must be a number, as `next` in an answer holds it")
    return int(text)


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": timestamp_text(entry.at),
        "by_id": entry.by_id,
        "by": entry.by_name,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "hash": entry.hash,
    }
