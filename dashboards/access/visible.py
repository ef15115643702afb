"""What whoever asks may see: to be passed to every query, and asked of every alert and right that is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from dashboards.access.principal import Principal, principal_of
from dashboards.keys import ACCESS, POOL
from sinks.clickhouse.query import AlertQuery
from sinks.visible import Visible

_VISIBLE = web.RequestKey("visible", Visible)


async def visible_of(request: web.Request) -> Visible:
    """What the present request may see; found out once. What it does not see is answered like what does not exist.

    Raises:
        Problem: 503 when the operational database is away.
    """
    known: Visible | None = request.get(_VISIBLE)
    if known is None:
        known = request[_VISIBLE] = await visible_to(request.app, principal_of(request))
    return known


async def visible_to(app: web.Application, principal: Principal) -> Visible:
    """What a principal may see now: rights change hands, so ask again before long."""
    holders = principal.holders
    if holders is None:
        return Visible(regions=principal.regions)
    rights = await app[POOL].blocking(lambda: app[ACCESS].holders.rights_of(holders))
    return Visible(holders=holders, rights=rights, regions=principal.regions)


async def sees_right(request: web.Request, right: Mapping[str, Any]) -> bool:
    """Whether a right (its JSON) is there for whoever asks: to a region belong the rights that its alerts are about.

    Raises:
        Problem: 503 when a store is away.
    """
    visible = await visible_of(request)
    if not visible.owns(right):
        return False
    if visible.regions is None:
        return True
    query = AlertQuery(right_id=right["right_id"], limit=1, visible=visible)
    return bool(await request.app[POOL].read(lambda reader: reader.recent(query)))
