"""`GET /api/v1/screened/next`: what did not alert, judged blind, so that silence is measured and not confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiohttp import web

from dashboards.access.principal import principal_of
from dashboards.access.visible import visible_of
from dashboards.evidence import Evidence, evidence_of
from dashboards.figures.keys import FIGURES
from dashboards.keys import CLOCK, POOL, RIGHTS
from dashboards.parameters import refuse_unknown
from dashboards.ports import AlertReader
from dashboards.problems import bad_field, json_response
from sinks.verdict_codes import REASONS
from sinks.visible import Visible

LATEST = timedelta(days=30)
MOST_SKIPPED = 50
SEEN_BY_MACHINE = ("screened", "score", "tier", "signals", "explanation", "explanation_zh", "versions")
"""What says why the match did not alert: who judges it must not know."""


async def next_match(request: web.Request) -> web.Response:
    """A match of the last 30 days that nobody judged, with the offer as it was seen and the right as it is."""
    refuse_unknown(request.query, ("skip", "lang"))
    skip = _ids(request.query.get("skip", ""))
    visible, pool, now = await visible_of(request), request.app[POOL], request.app[CLOCK]()
    judgements, who = request.app[FIGURES].judgements, principal_of(request).account_id
    chosen, waiting = await pool.blocking(
        lambda: judgements.waiting(now - LATEST, now, visible, who=who, skip=skip), "ClickHouse"
    )
    found, evidence = await pool.read(lambda reader: _load(reader, chosen, visible)) if chosen else (None, None)
    rights, right_id = request.app[RIGHTS], found and found.get("right_id")
    right = await pool.blocking(lambda: rights.get(right_id)) if isinstance(right_id, str) else None
    return json_response(
        {
            "match": found and {name: value for name, value in found.items() if name not in SEEN_BY_MACHINE},
            "listing": evidence and evidence.listing,
            "right": right,
            "reason_codes": REASONS,
            "waiting": waiting,
        }
    )


def _load(reader: AlertReader, alert_id: str, visible: Visible) -> tuple[Mapping[str, Any] | None, Evidence | None]:
    found = reader.screened_match(alert_id)
    if found is None or not visible.sees(found):
        return None, None
    page = reader.page(found["page"]) if found.get("page") else None
    return found, evidence_of(page, found) if page else None


def _ids(text: str) -> list[UUID]:
    """Raises Problem: 400, one of them is no id, or there are too many."""
    names = [name for name in text[: MOST_SKIPPED * 40].split(",") if name.strip()]
    if len(names) > MOST_SKIPPED:
        raise bad_field("skip", f"give at most {MOST_SKIPPED} ids")
    try:
        return [UUID(name.strip()) for name in names]
    except ValueError:
        raise bad_field("skip", "must be ids of matches, with commas between them") from None
