"""What whoever asks may see: to be passed to every query, and asked of every alert and right that is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from dashboards.access.principal import Principal, principal_of
from dashboards.keys import ACCESS, POOL
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
    held = await app[POOL].blocking(lambda: app[ACCESS].holders.rights_of(holders))
    return Visible(holders=holders, rights=held.rights, regions=principal.regions, revision=held.revision)


async def sees_right(request: web.Request, right: Mapping[str, Any]) -> bool:
    """Whether a right (its JSON) is there for whoever asks: to a region belong the rights that its alerts are about.

    Raises:
        Problem: 503 when a store is away.
    """
    visible = await visible_of(request)
    if not visible.owns(right):
        return False
    return visible.regions is None or bool(await _alerted(request, [right["right_id"]], visible))


async def seen_rights(request: web.Request, right_ids: Iterable[str]) -> frozenset[str] | None:
    """Those of the rights that are there for whoever asks; None: all, and what is no right, too.

    Raises:
        Problem: 503 when a store is away.
    """
    visible = await visible_of(request)
    if visible.is_everything:
        return None
    own = frozenset(right_ids) if visible.rights is None else visible.rights.intersection(right_ids)
    return own if visible.regions is None else await _alerted(request, sorted(own), visible)


async def _alerted(request: web.Request, right_ids: list[str], visible: Visible) -> frozenset[str]:
    return frozenset(await request.app[POOL].read(lambda reader: reader.alerted(right_ids, visible)))
