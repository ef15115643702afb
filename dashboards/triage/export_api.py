"""`GET /api/v1/verdicts/export`: the verdicts that people gave, as a file that is sent while it is read."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.visible import visible_of
from dashboards.keys import POOL
from dashboards.parameters import moment_of, refuse_unknown
from dashboards.problems import Problem, bad_field
from dashboards.triage.verdict_lines import CSV, FORMATS, JSON_LINES, head_of, lines_of
from sinks.clickhouse.verdicts import VerdictQuery

TYPES = {CSV: "text/csv; charset=utf-8", JSON_LINES: "application/x-ndjson"}
log = logging.getLogger(__name__)


async def export(request: web.Request) -> web.StreamResponse:
    """All of them, or those since `after`, oldest first. A file that breaks off was not read to its end: ask again."""
    refuse_unknown(request.query, ("after", "format", "lang"))
    form = request.query.get("format") or JSON_LINES
    if form not in FORMATS:
        raise bad_field("format", f"use one of {', '.join(FORMATS)}")
    query = VerdictQuery(since=moment_of(request.query, "after"), visible=await visible_of(request))
    pages = _pages(request, query)
    first = await anext(pages)
    await audited(request, "verdict.export", form, {"after": request.query.get("after") or None})
    response = web.StreamResponse(headers={"Content-Type": TYPES[form]})
    response.headers["Content-Disposition"] = f'attachment; filename="verdicts.{form}"'
    await response.prepare(request)
    try:
        await response.write(head_of(form) + lines_of(first, form))
        async for page in pages:
            await response.write(lines_of(page, form))
    except Problem as problem:  # the answer has begun: only its breaking off can say so
        log.warning("an export of verdicts breaks off: %s", problem.detail)
        if request.transport is not None:
            request.transport.abort()
    return response


async def _page(request: web.Request, query: VerdictQuery) -> list[dict[str, Any]]:
    return await request.app[POOL].read(lambda reader: reader.verdicts(query))


async def _pages(request: web.Request, query: VerdictQuery) -> AsyncIterator[list[dict[str, Any]]]:
    """At least one, which may be empty."""
    while True:
        page = await _page(request, query)
        yield page
        if len(page) < query.limit:
            return
        last = page[-1]
        query = replace(query, behind=(datetime.fromisoformat(last["judged_at"]), last["verdict_id"]))
