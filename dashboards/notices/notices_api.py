"""`/api/v1/notices`: what was told to whom, what waits, and what nobody took."""

from __future__ import annotations

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.alert_filters import parse_identity
from dashboards.keys import CLOCK, POOL
from dashboards.notices.keys import NOTICES
from dashboards.notices.owning import owners_of
from dashboards.parameters import limit_of, moment_of, refuse_unknown
from dashboards.problems import Problem, bad_field, json_response
from sinks.operational.notice_records import STATES

PARAMETERS = ("state", "destination_id", "alert_id", "group_id", "before", "before_id", "limit", "lang")


async def notices(request: web.Request) -> web.Response:
    """Newest first, with where each stands."""
    parameters = request.query
    refuse_unknown(parameters, PARAMETERS)
    state = parameters.get("state") or None
    if state is not None and state not in STATES:
        raise bad_field("state", f"use one of {', '.join(STATES)}")
    ids = {
        name: str(parse_identity(parameters[name], name)) if parameters.get(name) else None
        for name in ("destination_id", "alert_id", "group_id", "before_id")
    }
    moment, before_id, limit = moment_of(parameters, "before"), ids["before_id"], limit_of(parameters, 100)
    if (moment is None) != (before_id is None):
        raise bad_field("before_id", "belongs to `before`: take both from `next`")
    before = None if moment is None or before_id is None else (moment, before_id)
    outbox, owners = request.app[NOTICES].outbox, owners_of(principal_of(request))
    found = await request.app[POOL].blocking(
        lambda: outbox.notices(
            owners,
            state=state,
            destination_id=ids["destination_id"],
            alert_id=ids["alert_id"],
            group_id=ids["group_id"],
            before=before,
            limit=limit,
        )
    )
    last = found[-1] if len(found) == limit else None
    following = None if last is None else {"before": last["at"], "before_id": last["notice_id"]}
    return json_response({"notices": found, "next": following})


async def notice(request: web.Request) -> web.Response:
    """One notice with each try."""
    notice_id = str(parse_identity(request.match_info["notice_id"], "notice_id"))
    outbox, owners = request.app[NOTICES].outbox, owners_of(principal_of(request))
    found = await request.app[POOL].blocking(lambda: outbox.notice(notice_id, owners))
    if found is None:
        raise _not_found()
    return json_response({"notice": found})


async def replay(request: web.Request) -> web.Response:
    """Have what nobody took sent again, under its own id."""
    notice_id = str(parse_identity(request.match_info["notice_id"], "notice_id"))
    outbox, owners, now = request.app[NOTICES].outbox, owners_of(principal_of(request)), request.app[CLOCK]()
    done = await request.app[POOL].blocking(lambda: outbox.replay(notice_id, owners, now))
    if done is None:
        raise _not_found()
    if not done:
        raise Problem(409, "not_dead", "only what was given up is sent again, where its destination is enabled")
    await audited(request, "notice.replay", notice_id)
    return json_response({"replayed": True})


def _not_found() -> Problem:
    return Problem(404, "not_found", "notice_id: no notice of yours has this id")
