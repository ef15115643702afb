"""The link at the end of each letter (RFC 8058): opening it shows a page, posting to it ends the letters at once.

Whoever has the link may: no cookie is asked for, so that a mail program can do it. It says nothing of whose it is.
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from dashboards.access.audit import audit_as
from dashboards.access.principal import NOBODY
from dashboards.keys import CLOCK, POOL
from dashboards.notices.keys import NOTICES
from dashboards.problems import Problem, json_response

MOST_TOKEN = 64


async def unsubscribe(request: web.Request) -> web.Response:
    """End it; asking again changes nothing."""
    token, now = request.match_info["token"][:MOST_TOKEN], request.app[CLOCK]()
    store = request.app[NOTICES].outbox.destinations
    found = await request.app[POOL].blocking(lambda: store.by_token(token, now))
    if found is None or not await request.app[POOL].blocking(lambda: store.unsubscribe(token, now)):
        raise Problem(404, "not_found", "this link is no longer in use: nothing is sent for it")
    await audit_as(request, replace(NOBODY, name="unsubscribe link"), "destination.unsubscribe", found.destination_id)
    return json_response({"unsubscribed": True})
