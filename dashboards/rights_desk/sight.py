"""Which rights somebody sees. What he does not see does not exist for him: 404, and lists leave it out."""

from __future__ import annotations

from aiohttp import web

from dashboards.access.visible import sees_right, visible_of
from dashboards.keys import POOL
from dashboards.problems import Problem, bad_field
from dashboards.rights_desk.keys import DESK
from sinks.operational.changes import MAX_RIGHT_ID
from sinks.operational.right_history_store import HeldRight
from sinks.visible import Visible


def asked_right_id(request: web.Request) -> str:
    """Raises Problem 400 when no right can have the id."""
    right_id = request.match_info["right_id"]
    if len(right_id) > MAX_RIGHT_ID or "\0" in right_id:
        raise bad_field("right_id", f"give at most {MAX_RIGHT_ID} characters without NUL")
    return right_id


async def seen_right(request: web.Request, right_id: str) -> HeldRight | None:
    """The right as it is now, withdrawn ones too; None when there never was one and whoever asks may make one.

    Whoever is limited to holders makes rights only under ids that begin with such a holder's own: where any free id
    would do, one could try which ids are taken by others.

    Raises:
        Problem: 404, it is another's or may not be made, which looks the same; 503.
    """
    visible = await visible_of(request)
    held = await request.app[POOL].blocking(lambda: request.app[DESK].history.held(right_id))
    if held is not None:
        is_theirs = await sees_right(request, {**(held.last or {}), "right_id": right_id})
    else:
        is_theirs = visible.may_name(right_id)
    if not is_theirs:
        raise not_theirs(right_id, visible)
    return held


async def known_right(request: web.Request, right_id: str) -> HeldRight:
    """The same. Raises Problem 404 also when there never was one."""
    held = await seen_right(request, right_id)
    if held is None:
        raise not_there(right_id)
    return held


def not_theirs(right_id: str, visible: Visible) -> Problem:
    if not visible.holders:
        return not_there(right_id)
    own = min(visible.holders)
    detail = f"right {right_id}: none of yours; the id of a new one begins with your own: {own}:{right_id}"
    return Problem(404, "not_found", detail, field="right_id")


def not_there(right_id: str) -> Problem:
    return Problem(404, "not_found", f"right {right_id}: not on the watchlist; `rightswatch rights import` adds it")
