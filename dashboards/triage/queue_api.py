"""`/api/v1/queue` and `/api/v1/groups/{id}`: what waits to be judged, and one group with all that happened to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aiohttp import web

from dashboards.access.principal import principal_of
from dashboards.access.visible import visible_of
from dashboards.keys import NAMES, POOL
from dashboards.problems import json_response, refusing
from dashboards.triage.counting import counts_json, flood_json
from dashboards.triage.items import history_json, is_of, item_json, state_of
from dashboards.triage.keys import QUEUE_COUNTS, TRIAGE, TRIAGE_METRICS
from dashboards.triage.queries import causes_query, group_id_of, queue_query
from dashboards.triage.sight import group_of, known_beside, now_of
from detectors.records import timestamp_text
from sinks.clickhouse.query import AlertQuery
from sinks.clickhouse.queue_groups import Cause, Counts
from sinks.clickhouse.queue_query import QueueQuery

GROUP_ROWS = 200


async def queue(request: web.Request) -> web.Response:
    """A page of groups with their states. It may be short and have a `next`: what was closed meanwhile is left out."""
    now, stores = now_of(request), request.app[TRIAGE]
    query = queue_query(request.query, now, stores.policy)
    known, shelves = await request.app[POOL].blocking(lambda: known_beside(request, now))
    query = replace(query, known=known, visible=await visible_of(request))
    page = await request.app[POOL].read(lambda reader: refusing(lambda: reader.queue(query))())
    ids = [group.group_id for group in page.groups]
    states = await request.app[POOL].blocking(lambda: stores.judging.states(ids, now))
    account_id = principal_of(request).account_id
    shown = [(group, state_of(group, states, shelves, stores.policy)) for group in page.groups]
    shown = [(group, state) for group, state in shown if is_of(query.state, state, account_id)]
    counts = await _counts(request, query, now)
    at_work = await request.app[POOL].blocking(lambda: stores.judging.at_work(now))
    return json_response(
        {
            "items": [item_json(group, state, query.visible) for group, state in shown],
            "rights": await request.app[NAMES].of(group.alert for group, _ in shown),
            "next": page.next,
            "counts": counts_json(counts, len(known.mine)),
            "flood": flood_json(counts, at_work, stores.policy),
        }
    )


async def _counts(request: web.Request, query: QueueQuery, now: datetime) -> Counts:
    async def count() -> Counts:
        found = await request.app[POOL].read(lambda reader: reader.queue_counts(query))
        if query.visible.is_everything:
            request.app[TRIAGE_METRICS].flood.set(found.new)
        return found

    return await request.app[QUEUE_COUNTS].of(query.visible, now, count)


async def causes(request: web.Request) -> web.Response:
    """What the groups of the queue share: their sellers, rights or fingerprints, those of the most groups first."""
    now = now_of(request)
    query = causes_query(request.query, now, request.app[TRIAGE].policy)
    known, _ = await request.app[POOL].blocking(lambda: known_beside(request, now))
    query = replace(query, known=known, visible=await visible_of(request))
    found = await request.app[POOL].read(lambda reader: refusing(lambda: reader.causes(query))())
    return json_response({"causes": [_cause_json(cause) for cause in found]})


async def group(request: web.Request) -> web.Response:
    """One group: its newest alert, its other alerts, its state, and what people did with it."""
    now, stores = now_of(request), request.app[TRIAGE]
    group_id = group_id_of(request)
    visible = await visible_of(request)
    found = await group_of(request, group_id)
    query = AlertQuery(group_id=group_id, limit=GROUP_ROWS, visible=visible)
    alerts = await request.app[POOL].read(lambda reader: reader.recent(query))
    states, shelves, history = await request.app[POOL].blocking(
        lambda: (
            stores.judging.states([group_id], now),
            stores.judging.shelves.at(now),
            stores.judging.history(group_id),
        )
    )
    return json_response(
        {
            **item_json(found, state_of(found, states, shelves, stores.policy), visible),
            "history": history_json(history, visible),
            "group": alerts,
            "rights": await request.app[NAMES].of(alerts),
        }
    )


def _cause_json(cause: Cause) -> dict[str, object]:
    return {
        "cause": cause.cause,
        "label": cause.label,
        "groups": cause.groups,
        "alerts": cause.alerts,
        "first_seen": timestamp_text(cause.first_seen),
        "last_seen": timestamp_text(cause.last_seen),
        "highest_tier": cause.highest_tier,
    }
