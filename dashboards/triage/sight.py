"""What handlers of judging look up: groups that may be seen, who asks, and what is known beside ClickHouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from dashboards.access.principal import LOCAL, principal_of
from dashboards.access.visible import visible_of
from dashboards.keys import CLOCK, POOL
from dashboards.triage.items import facts_of, state_json, state_of
from dashboards.triage.keys import QUEUE_COUNTS, TRIAGE, TRIAGE_METRICS
from dashboards.triage.queries import no_group
from sinks.clickhouse.queue_groups import Group
from sinks.clickhouse.queue_query import Known, Pending
from sinks.operational.triage_records import Actor, Facts, Outcome, Shelf
from sinks.verdict_codes import SHELVED


def actor_of(request: web.Request) -> Actor:
    who = principal_of(request)
    return Actor(who.account_id, who.name)


def is_alone(request: web.Request) -> bool:
    """Whether there are no accounts: nobody else could look a second time."""
    return principal_of(request).account_id == LOCAL.account_id


async def groups_of(request: web.Request, group_ids: Sequence[str]) -> dict[str, Group]:
    """Those of the groups that are there for whoever asks.

    Raises:
        Problem: 503 when ClickHouse is away.
    """
    visible = await visible_of(request)
    return await request.app[POOL].read(lambda reader: reader.groups(group_ids, visible))


async def group_of(request: web.Request, group_id: str) -> Group:
    """One group.

    Raises:
        Problem: 404, there is none for whoever asks.
    """
    found = await groups_of(request, [group_id])
    if group_id not in found:
        raise no_group(group_id)
    return found[group_id]


async def group_state(request: web.Request, group_id: str) -> dict[str, Any] | None:
    """A group's state as answers show it; None where the group is not there for whoever asks."""
    found = (await groups_of(request, [group_id])).get(group_id)
    if found is None:
        return None
    stores, now = request.app[TRIAGE], now_of(request)
    states, shelves = await request.app[POOL].blocking(
        lambda: (stores.judging.states([group_id], now), stores.judging.shelves.at(now))
    )
    return state_json(state_of(found, states, shelves, stores.policy), await visible_of(request))


async def judged_facts(request: web.Request, group: Group, alert_id: str | None) -> Facts:
    """What an act on the group pins: the alert with this id, where it is one of the group's, else the newest.

    Raises:
        Problem: 404, the group has no such alert.
    """
    if alert_id is None or alert_id == group.alert["alert_id"]:
        return facts_of(group)
    alert = await request.app[POOL].read(lambda reader: reader.alert(alert_id))
    if alert is None or alert["group_id"] != group.group_id or not (await visible_of(request)).sees(alert):
        raise no_group(group.group_id)
    return facts_of(group, alert)


def known_beside(request: web.Request, now: datetime) -> tuple[Known, Sequence[Shelf]]:
    """What the operational database knows that ClickHouse may not. Blocking."""
    judging, account_id = request.app[TRIAGE].judging, principal_of(request).account_id
    shelves = judging.shelves.at(now)
    claimed = judging.claimed(now)
    known = Known(
        pending=[_pending(one) for one in judging.outbox.pending()],
        mine=[group_id for group_id, owner in claimed.items() if owner == account_id],
        claimed_by_others=[group_id for group_id, owner in claimed.items() if owner != account_id],
        shelved_rights=[shelf.value for shelf in shelves if shelf.kind == "right"],
        shelved_sellers=[shelf.value for shelf in shelves if shelf.kind == "seller"],
    )
    return known, shelves


def _pending(announced: dict[str, Any]) -> Pending:
    state = announced["state"]
    until = datetime.fromisoformat(state["shelved_until"]) if state["state"] == SHELVED else None
    return Pending(announced["group_id"], state["version"], state["state"], until)


def told(request: web.Request, outcome: Outcome) -> Outcome:
    """What becomes of an act is counted, and seen by the next who asks how much waits."""
    for refusal in outcome.refused:
        request.app[TRIAGE_METRICS].refused.labels(refusal.code).inc()
    request.app[QUEUE_COUNTS].forget()
    return outcome


def now_of(request: web.Request) -> datetime:
    return request.app[CLOCK]()
