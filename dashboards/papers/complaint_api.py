"""`/api/v1/alerts/{alert_id}/complaint` and `/api/v1/leads/{lead_id}/complaint`: a complaint pack, once whoever makes
it has read what a wrong notice costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.access.visible import visible_of
from dashboards.alert_filters import parse_identity
from dashboards.keys import CLOCK, POOL
from dashboards.leads.api import lead_json, lead_seen
from dashboards.leads.keys import LEADS
from dashboards.leads.queries import no_lead
from dashboards.papers.addressed import Addressed
from dashboards.papers.packs import (
    acknowledged,
    alert_of,
    form_of,
    known_of,
    pack,
    refuse_innocent,
    require_acknowledged,
)
from dashboards.problems import Problem, json_response
from sinks.lead_codes import DECIDED, WITHDRAWN
from sinks.operational.lead_records import Lead, LeadQuery

MOST_OTHERS = 50  # leads about the same offer and right


async def acknowledge(request: web.Request) -> web.Response:
    """Say that one has read the risk. For a day then the pack is made; the audit log keeps who said so."""
    alert_id = parse_identity(request.match_info["alert_id"], "alert_id")
    alert = await alert_of(request, alert_id)
    await refuse_innocent(request, alert)
    return json_response({"alert_id": alert_id, **await acknowledged(request, alert_id, alert)})


async def complaint(request: web.Request) -> web.Response:
    """The pack, made from the alert, its group's verdict and the right as they are now."""
    alert_id = parse_identity(request.match_info["alert_id"], "alert_id")
    form, alert = form_of(request), await alert_of(request, alert_id)
    verdict = await refuse_innocent(request, alert)
    await require_acknowledged(request, alert_id)
    return await pack(request, await known_of(request, alert, verdict), form, f"complaint-{alert_id}")


async def acknowledge_lead(request: web.Request) -> web.Response:
    """As of an alert, of a lead's pack."""
    lead = await _usable(request)
    alert = await alert_of(request, lead.alert_id)
    await refuse_innocent(request, alert)
    return json_response({"lead_id": lead.lead_id, **await acknowledged(request, lead.lead_id, alert)})


async def lead_complaint(request: web.Request) -> web.Response:
    """The pack for the recipient that the lead names, with why it is the one and how the complaint stands."""
    form, lead = form_of(request), await _usable(request)
    alert = await alert_of(request, lead.alert_id)
    verdict = await refuse_innocent(request, alert)
    await require_acknowledged(request, lead.lead_id)
    known = replace(await known_of(request, alert, verdict), to=await _addressed(request, lead))
    return await pack(request, known, form, f"complaint-{lead.recipient}-{lead.lead_id}")


async def _usable(request: web.Request) -> Lead:
    """The lead, where a pack may be made of it: one that would not be sent any more is no ground for a complaint.

    Raises:
        Problem: 404, there is none for whoever asks; 409, it holds no more, or others stand for it.
    """
    if not principal_of(request).may(Permission.READ_LEADS):
        raise no_lead(request.match_info["lead_id"])
    lead = await lead_seen(request)
    if lead.state == DECIDED:
        raise Problem(
            409, "decided", f"lead {lead.lead_id}: a person decided whom to tell: use the leads that stand for it"
        )
    store, now = request.app[LEADS], request.app[CLOCK]()
    why = lead.reason if lead.state == WITHDRAWN else await request.app[POOL].blocking(lambda: store.check(lead, now))
    if why is not None:
        raise Problem(409, "withdrawn", f"lead {lead.lead_id}: holds no more: {why}", reason=why)
    return lead


async def _addressed(request: web.Request, lead: Lead) -> Addressed:
    query = LeadQuery(group_id=lead.group_id, limit=MOST_OTHERS, visible=await visible_of(request))
    found = await request.app[POOL].blocking(lambda: request.app[LEADS].find(query))
    others: list[Mapping[str, Any]] = [lead_json(one) for one in found.leads if one.lead_id != lead.lead_id]
    return Addressed(lead=lead_json(lead), others=sorted(others, key=lambda one: str(one["lead_id"])))
