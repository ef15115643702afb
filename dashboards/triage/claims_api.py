"""`/api/v1/queue/claim`, `release`, `shelve` and `unshelve`: who works on which groups, and what is put aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.visible import visible_of
from dashboards.keys import POOL, RIGHTS
from dashboards.problems import Problem, bad_field, json_response, refusing
from dashboards.triage.items import facts_of, is_of, named_state, refused_json, state_of
from dashboards.triage.keys import TRIAGE
from dashboards.triage.queries import FILTERS, MOST_CAUSE, body_of, group_ids_of, next_query, note_of, until_of
from dashboards.triage.sight import actor_of, groups_of, known_beside, now_of, told
from sinks.clickhouse.queue_groups import Group
from sinks.operational.triage_records import Outcome
from sinks.verdict_codes import REVIEW


async def claim(request: web.Request) -> web.Response:
    """Take groups for oneself: those that are named, or the next that nobody works on."""
    body = await body_of(request, "group_ids", "next", "sort", *FILTERS)
    if body.get("next") is True:
        return await _claim_next(request, body)
    group_ids, now = group_ids_of(body), now_of(request)
    found = await groups_of(request, group_ids)
    targets = [facts_of(group) for group in found.values()]
    judging, who = request.app[TRIAGE].judging, actor_of(request)
    outcome = told(request, await request.app[POOL].blocking(lambda: judging.claim(targets, who, now)))
    unknown = [group_id for group_id in group_ids if group_id not in found]
    return await _claimed(request, outcome, unknown)


async def _claim_next(request: web.Request, body: dict[str, Any]) -> web.Response:
    """The first in the queue's order that is still free when it is taken."""
    stores, now, who = request.app[TRIAGE], now_of(request), actor_of(request)
    query = next_query(body, now, stores.policy)
    known, shelves = await request.app[POOL].blocking(lambda: known_beside(request, now))
    taken = replace(known, claimed_by_others=[*known.claimed_by_others, *known.mine], mine=())
    query = replace(query, known=taken, visible=await visible_of(request), free_only=True)
    page = await request.app[POOL].read(lambda reader: refusing(lambda: reader.queue(query))())

    def take() -> Outcome:
        states = stores.judging.states([group.group_id for group in page.groups], now)
        for group in page.groups:
            state = state_of(group, states, shelves, stores.policy)
            is_own_verdict = state.state == REVIEW and state.judged_by_id == who.account_id
            if is_of(query.state, state, who.account_id) and state.claimed_by is None and not is_own_verdict:
                outcome = stores.judging.claim([facts_of(group)], who, now)
                if outcome.done:
                    return outcome
        return Outcome()

    return await _claimed(request, told(request, await request.app[POOL].blocking(take)), [])


async def _claimed(request: web.Request, outcome: Outcome, unknown: list[str]) -> web.Response:
    if outcome.done:
        taken = [state.group_id for state in outcome.done]
        await audited(request, "queue.claim", taken[0], {"groups": taken})
    return json_response(
        {
            "claimed": [named_state(state) for state in outcome.done],
            "refused": refused_json(outcome.refused, unknown),
        }
    )


async def release(request: web.Request) -> web.Response:
    """Give own claims back; groups that somebody else claimed, or nobody, are passed over."""
    group_ids = group_ids_of(await body_of(request, "group_ids"))
    judging, who, now = request.app[TRIAGE].judging, actor_of(request), now_of(request)
    outcome = told(request, await request.app[POOL].blocking(lambda: judging.release(group_ids, who, now)))
    if outcome.done:
        given = [state.group_id for state in outcome.done]
        await audited(request, "queue.release", given[0], {"groups": given})
    return json_response({"released": [named_state(state) for state in outcome.done]})


async def shelve(request: web.Request) -> web.Response:
    """Put groups aside until a moment, or all open groups of a right or a seller, those to come too."""
    body = await body_of(request, "group_ids", "right_id", "seller", "until", "note")
    now, stores, who = now_of(request), request.app[TRIAGE], actor_of(request)
    until, note = until_of(body, now, stores.policy), note_of(body, required=True)
    source = await _source_of(request, body)
    if source is not None:
        kind, value = source
        put = stores.judging.shelves.put
        await request.app[POOL].blocking(refusing(lambda: put(kind, value, who, now, until=until, note=note)))
        told(request, Outcome())
        await audited(request, f"shelf.put_{kind}", value, {"until": body["until"]})
        return json_response({"shelved": [], "refused": [], "source": {"kind": kind, "value": value}})
    group_ids = group_ids_of(body)
    found = await groups_of(request, group_ids)
    targets = [facts_of(group) for group in found.values()]
    shelving = stores.judging.shelve
    outcome = told(
        request, await request.app[POOL].blocking(lambda: shelving(targets, who, now, until=until, note=note))
    )
    return await _shelved(request, outcome, group_ids, found, "shelf.put")


async def unshelve(request: web.Request) -> web.Response:
    """Take groups, or a right or a seller, from the shelf before their time."""
    body = await body_of(request, "group_ids", "right_id", "seller")
    now, stores, who = now_of(request), request.app[TRIAGE], actor_of(request)
    source = await _source_of(request, body)
    if source is not None:
        kind, value = source
        ended = await request.app[POOL].blocking(lambda: stores.judging.shelves.end(kind, value, now))
        if not ended:
            raise Problem(404, "not_found", f"{kind} {value}: is not shelved")
        told(request, Outcome())
        await audited(request, f"shelf.end_{kind}", value)
        return json_response({"shelved": [], "refused": [], "source": {"kind": kind, "value": value}})
    group_ids = group_ids_of(body)
    found = await groups_of(request, group_ids)
    targets = [facts_of(group) for group in found.values()]
    outcome = told(request, await request.app[POOL].blocking(lambda: stores.judging.unshelve(targets, who, now)))
    return await _shelved(request, outcome, group_ids, found, "shelf.end")


async def _shelved(
    request: web.Request, outcome: Outcome, group_ids: list[str], found: dict[str, Group], action: str
) -> web.Response:
    if outcome.done:
        changed = [state.group_id for state in outcome.done]
        await audited(request, action, changed[0], {"groups": changed})
    unknown = [group_id for group_id in group_ids if group_id not in found]
    return json_response(
        {
            "shelved": [named_state(state) for state in outcome.done],
            "refused": refused_json(outcome.refused, unknown),
            "source": None,
        }
    )


async def _source_of(request: web.Request, body: dict[str, Any]) -> tuple[str, str] | None:
    """The right or the seller that a body names instead of groups.

    Raises:
        Problem: 400, it names more than one thing; 403, whoever asks sees only some of the alerts; 404, no such right.
    """
    named = [name for name in ("group_ids", "right_id", "seller") if body.get(name) is not None]
    if len(named) != 1:
        raise bad_field("group_ids", "give exactly one of group_ids, right_id and seller")
    if named == ["group_ids"]:
        return None
    value = body[named[0]]
    if not isinstance(value, str) or not 1 <= len(value) <= MOST_CAUSE or not value.isprintable():
        raise bad_field(named[0], f"must be a text of at most {MOST_CAUSE} characters")
    if not (await visible_of(request)).is_everything:
        detail = f"{named[0]}: a whole right or seller is shelved by those who see all alerts; name groups instead"
        raise Problem(403, "forbidden", detail, field=named[0])
    if named == ["right_id"]:
        rights = request.app[RIGHTS]
        if await request.app[POOL].blocking(lambda: rights.get(value)) is None:
            raise Problem(404, "not_found", f"right {value}: not on the watchlist")
        return "right", value
    return "seller", value
