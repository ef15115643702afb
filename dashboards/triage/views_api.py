"""`/api/v1/views`: filters of the queue that a person keeps under a name."""

from __future__ import annotations

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.keys import CLOCK, POOL
from dashboards.problems import Problem, bad_field, json_response, refusing
from dashboards.triage.keys import TRIAGE
from dashboards.triage.queries import body_of

MOST_NAME = 100  # code points
MOST_QUERY = 2_000


async def views(request: web.Request) -> web.Response:
    """The views of whoever asks, by their names."""
    kept = request.app[TRIAGE].judging.views
    found = await request.app[POOL].blocking(lambda: kept.of(principal_of(request).account_id))
    return json_response({"views": [{"name": name, "query": query} for name, query in found.items()]})


async def put(request: web.Request) -> web.Response:
    """Keep a view under a name, in place of what had it."""
    name = _name(request)
    query = (await body_of(request, "query")).get("query")
    if not isinstance(query, str) or len(query) > MOST_QUERY or not (query.isprintable() or not query):
        raise bad_field("query", f"must be a query string of at most {MOST_QUERY} characters")
    kept, now = request.app[TRIAGE].judging.views, request.app[CLOCK]()
    account_id = principal_of(request).account_id
    await request.app[POOL].blocking(refusing(lambda: kept.put(account_id, name, query, now)))
    await audited(request, "view.put", name)
    return json_response({"name": name, "query": query})


async def remove(request: web.Request) -> web.Response:
    name = _name(request)
    kept = request.app[TRIAGE].judging.views
    if not await request.app[POOL].blocking(lambda: kept.remove(principal_of(request).account_id, name)):
        raise Problem(404, "not_found", f"view {name}: none of yours has this name")
    await audited(request, "view.remove", name)
    return json_response({"removed": name})


def _name(request: web.Request) -> str:
    name = request.match_info["name"]
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable():
        raise bad_field("name", f"must be a text of at most {MOST_NAME} characters that can be printed")
    return name
