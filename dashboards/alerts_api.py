"""`/api/v1/alerts`, `/api/v1/alerts/{id}` and `/api/v1/screened`: what was found, one alert, what was screened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from dashboards.access.visible import visible_of
from dashboards.alert_filters import alert_query, parse_identity, screened_query
from dashboards.evidence import Evidence, evidence_of
from dashboards.keys import NAMES, POOL, RIGHTS, SETTINGS
from dashboards.ports import AlertReader, RightsReader
from dashboards.problems import Problem, json_response
from dashboards.triage.sight import group_state
from sinks.clickhouse.query import AlertQuery, ScreenedQuery
from sinks.visible import Visible

GROUP_ROWS = 50


async def alerts(request: web.Request) -> web.Response:
    """A page of alerts. `next` holds the parameters of the page behind it, or null at the end."""
    query = alert_query(request.query, request.app[SETTINGS].history_rows)
    query = replace(query, visible=await visible_of(request))
    rows = await request.app[POOL].read(lambda reader: reader.recent(query))
    return json_response({"alerts": rows, "rights": await request.app[NAMES].of(rows), "next": _next(rows, query)})


async def screened(request: web.Request) -> web.Response:
    """A page of the sample of what did not alert, and why: for people to judge whether silence was right."""
    query = screened_query(request.query, request.app[SETTINGS].history_rows)
    query = replace(query, visible=await visible_of(request))
    rows = await request.app[POOL].read(lambda reader: reader.screened(query))
    return json_response({"screened": rows, "rights": await request.app[NAMES].of(rows), "next": _next(rows, query)})


def _next(rows: list[dict[str, Any]], query: AlertQuery | ScreenedQuery) -> dict[str, str] | None:
    if len(rows) < query.limit:
        return None
    return {"before": rows[-1]["observed_at"], "before_id": rows[-1]["alert_id"]}


async def alert(request: web.Request) -> web.Response:
    """One alert with the listing as it was seen, the right as it is now, the group's other alerts and its state."""
    alert_id = parse_identity(request.match_info["alert_id"], "alert_id")
    visible = await visible_of(request)
    found, evidence, group = await request.app[POOL].read(lambda reader: _load(reader, alert_id, visible))
    if found is None:
        raise Problem(404, "not_found", f"alert {alert_id}: not in the store; it may be older than what is kept")
    right = await _right(request, found.get("right_id"))
    others = [other for other in group if other["alert_id"] != alert_id]
    return json_response(
        {
            "alert": found,
            "right": right,
            "listing": evidence and evidence.listing,
            "page": evidence and evidence.page,
            "group": others,
            "triage": await group_state(request, found["group_id"]),
        }
    )


async def _right(request: web.Request, right_id: object) -> dict[str, Any] | None:
    if not isinstance(right_id, str):
        return None
    rights: RightsReader = request.app[RIGHTS]
    return await request.app[POOL].blocking(lambda: rights.get(right_id))


def _load(
    reader: AlertReader, alert_id: str, visible: Visible
) -> tuple[Mapping[str, Any] | None, Evidence | None, list[dict[str, Any]]]:
    found = reader.alert(alert_id)
    if found is None or not visible.sees(found):
        return None, None, []
    page = reader.page(found["page"]) if found.get("page") else None
    group = reader.recent(AlertQuery(group_id=found["group_id"], limit=GROUP_ROWS, visible=visible))
    return found, evidence_of(page, found) if page else None, group
