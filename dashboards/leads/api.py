"""`/api/v1/leads`: lists, one with its log, whom it goes to, what became of its complaint, and the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.visible import visible_of
from dashboards.alert_filters import parse_identity
from dashboards.keys import CLOCK, NAMES, POOL
from dashboards.leads.keys import LEADS
from dashboards.leads.ports import Policies
from dashboards.leads.queries import (
    day_of,
    lead_query,
    needed_version,
    no_lead,
    place_of,
    policy_of,
    takedown_of,
)
from dashboards.problems import Problem, json_object, json_response
from dashboards.triage.queries import note_of
from dashboards.triage.sight import actor_of
from detectors.records import timestamp_text
from detectors.rights import KINDS
from detectors.routing.divisions import divisions
from detectors.routing.route import route_to_body
from detectors.routing.rules import RIGHT_KINDS
from sinks.operational.lead_records import Lead, LeadQuery, LeadRefused, Policy, drafts_from
from sinks.visible import Visible

Result = TypeVar("Result")
REFUSALS = {
    "stale": "somebody changed it meanwhile: look at it again, and decide then",
    "state": "not possible in the state that it is in",
}
MOST_OF_CASE = 50


async def leads(request: web.Request) -> web.Response:
    """A page of leads, newest first, and how many there are in each state."""
    visible = await visible_of(request)
    query, store = lead_query(request.query, visible), request.app[LEADS]
    page, counts = await request.app[POOL].blocking(lambda: (store.find(query), store.counts(visible)))
    following = None if page.next is None else f"{page.next[0]}_{page.next[1]}"
    return json_response(
        {
            "leads": [lead_json(one) for one in page.leads],
            "rights": await request.app[NAMES].of({"right_id": one.right_id} for one in page.leads),
            "counts": counts,
            "next": following,
        }
    )


async def lead(request: web.Request) -> web.Response:
    """One lead: why this recipient, what its place rests on, what happened to it, and the others of its case."""
    found = await lead_seen(request)
    query = LeadQuery(case_id=found.case_id, limit=MOST_OF_CASE, visible=await visible_of(request))
    store = request.app[LEADS]
    log, case = await request.app[POOL].blocking(lambda: (store.log(found.lead_id), store.find(query)))
    return json_response(
        {
            "lead": lead_json(found),
            "rights": await request.app[NAMES].of([{"right_id": found.right_id}]),
            "log": log,
            "case": [lead_json(one) for one in case.leads if one.lead_id != found.lead_id],
        }
    )


async def takedown(request: web.Request) -> web.Response:
    """What became of the complaint at the platform. `removed` closes the lead."""
    found = await lead_seen(request)
    body = await json_object(request, ("state", "on", "note", "version"))
    now = request.app[CLOCK]()
    state, on, note, version = takedown_of(body), day_of(body, now), note_of(body), needed_version(body)
    store, who = request.app[LEADS], actor_of(request)
    changed = await _acted(
        request, lambda: store.takedown(found.lead_id, state, who, now, on=on, note=note, version=version)
    )
    if changed is None:
        raise no_lead(found.lead_id)
    await audited(request, "lead.takedown", found.lead_id, {"state": state, "on": timestamp_text(on)})
    return json_response(lead_json(changed))


async def place(request: web.Request) -> web.Response:
    """Whom a lead that waits for a person goes to: the body of a division, or nobody."""
    found = await lead_seen(request)
    body = await json_object(request, ("code", "note", "version"))
    code, note, version = place_of(body), note_of(body), needed_version(body)
    drafts = [] if code is None else drafts_from(route_to_body(code, found.clause))
    store, who, now = request.app[LEADS], actor_of(request), request.app[CLOCK]()
    made = await _acted(
        request, lambda: store.decide_place(found.lead_id, drafts, who, now, note=note, version=version)
    )
    if made is None:
        raise no_lead(found.lead_id)
    await audited(request, "lead.place", found.lead_id, {"code": code, "leads": [one.lead_id for one in made[1:]]})
    return json_response({"leads": [lead_json(one) for one in made]})


async def policy(request: web.Request) -> web.Response:
    """What waits for a verdict: by kind, and by holder where that is another."""
    return json_response(await _policies(request, await visible_of(request)))


async def put_policy(request: web.Request) -> web.Response:
    """Set what holds for a kind, of one holder's rights or of all. Who sees some rights only may set own holders'."""
    kind, holder_id, sending = policy_of(await json_object(request, ("kind", "holder_id", "sending")))
    visible = await visible_of(request)
    if not (visible.is_everything if holder_id is None else _is_theirs(visible, holder_id)):
        raise Problem(404, "not_found", f"holder_id {holder_id}: there is no such holder for you")
    policies, who, now = request.app[LEADS].policies, actor_of(request), request.app[CLOCK]()
    await request.app[POOL].blocking(lambda: policies.put(kind, holder_id, sending, who, now))
    await audited(request, "lead.policy", kind, {"holder_id": holder_id, "sending": sending})
    return json_response(await _policies(request, visible))


def lead_json(one: Lead) -> dict[str, Any]:
    """With the name of its place."""
    name = None if one.place is None else divisions().full_name(one.place)
    return {**one.to_json(), "place_name": name}


async def _policies(request: web.Request, visible: Visible) -> dict[str, Any]:
    policies = request.app[LEADS].policies
    known = await request.app[POOL].blocking(policies.all)
    shown = [one for one in known if one.holder_id and _is_theirs(visible, one.holder_id)]
    kinds = [
        {"kind": kind, "sending": policies.sending(known, kind, None), "default": policies.default(kind)}
        for kind in RIGHT_KINDS
    ]
    holders = [
        {
            "kind": one.kind,
            "holder_id": one.holder_id,
            "sending": one.sending,
            "by": one.by,
            "at": timestamp_text(one.at),
        }
        for one in shown
    ]
    return {"kinds": kinds, "holders": holders, "yours": _own_policies(policies, known, visible)}


def _own_policies(policies: Policies, known: list[Policy], visible: Visible) -> list[dict[str, Any]]:
    """Of whoever is limited to holders: what they set of each kind for each holder, and what holds."""
    own = () if visible.holders is None or visible.regions is not None else sorted(visible.holders)
    set_by_people = {(one.holder_id, one.kind): one.sending for one in known}
    return [
        {
            "holder_id": holder_id,
            "kind": kind,
            "set": set_by_people.get((holder_id, kind)),
            "sending": policies.sending(known, kind, holder_id),
        }
        for holder_id in own
        for kind in KINDS
    ]


def _is_theirs(visible: Visible, holder_id: str) -> bool:
    """Regions say nothing about holders: who sees some only sees none of them."""
    return visible.regions is None and (visible.holders is None or holder_id in visible.holders)


async def lead_seen(request: web.Request) -> Lead:
    """The lead that the path names, if it is there for whoever asks.

    Raises:
        Problem: 404, it is not.
    """
    lead_id = parse_identity(request.match_info["lead_id"], "lead_id")
    visible, store = await visible_of(request), request.app[LEADS]
    found = await request.app[POOL].blocking(lambda: store.get(lead_id))
    if found is None or not visible.sees_at(found.right_id, found.region):
        raise no_lead(lead_id)
    return found


async def _acted(request: web.Request, act: Callable[[], Result]) -> Result:
    """What an act led to.

    Raises:
        Problem: 409, it was refused; with the lead as it is.
    """

    def run() -> Result:
        try:
            return act()
        except LeadRefused as refusal:
            detail = f"lead {refusal.lead.lead_id}: {REFUSALS[refusal.code]}"
            raise Problem(409, refusal.code, detail, lead=lead_json(refusal.lead)) from refusal

    return await request.app[POOL].blocking(run)
