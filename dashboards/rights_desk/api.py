"""`/api/v1/rights`: the rights on the watchlist, searched, read and changed, and the history of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.access.visible import visible_of
from dashboards.keys import CLOCK, POOL
from dashboards.ports import AlertReader
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from dashboards.rights_desk.cards import card_of, history_of
from dashboards.rights_desk.checking import checked_right, digests_of, refuse_unknown_pictures
from dashboards.rights_desk.keys import DESK
from dashboards.rights_desk.queries import history_place, right_query, whole_number
from dashboards.rights_desk.sight import asked_right_id, known_right, not_there, seen_right
from sinks.errors import StaleRevision
from sinks.operational.right_history_store import MOST_REASON, Author
from sinks.operational.right_list_store import MOST_ROWS, ListedRight, RightPage, RightQuery
from sinks.visible import Visible

FIELDS = ("right", "based_on", "reason")
MOST_LOOKS = 20  # for the rights of a region: then the page is short
CATCH_UP = 4  # steps that a reader takes himself, so that he sees what he changed a moment ago


async def rights(request: web.Request) -> web.Response:
    """A page of the rights, in the order of their ids. It may be short and have a `next`: not all are for everybody."""
    visible = await visible_of(request)
    query = right_query(request.query, visible)
    if visible.regions is None:
        page = await request.app[POOL].blocking(lambda: _find(request, query))
    else:
        page = await _of_regions(request, query, visible)
    return json_response(
        {"rights": [card_of(right) for right in page.rights], "next": page.next, "behind": page.behind}
    )


async def _of_regions(request: web.Request, query: RightQuery, visible: Visible) -> RightPage:
    """The rights that alerts of the regions are about. It goes from such a right to such a right, and `next` is one of
    them: how many others there are between, and which, it does not tell.
    """
    found: list[ListedRight] = []
    after, behind = query.after or "", 0
    for _ in range(MOST_LOOKS):
        ids = await request.app[POOL].read(partial(_alerted, visible, after))
        if not ids:
            return RightPage(tuple(found), behind)
        some = replace(query, ids=ids, after=None, limit=MOST_ROWS)
        page = await request.app[POOL].blocking(partial(_find, request, some))
        found += sorted(page.rights, key=lambda right: str(right.document["right_id"]))
        after, behind = ids[-1], page.behind
        if len(found) > query.limit:
            shown = found[: query.limit]
            return RightPage(tuple(shown), behind, str(shown[-1].document["right_id"]))
    return RightPage(tuple(found), behind, after)


def _alerted(visible: Visible, after: str, reader: AlertReader) -> list[str]:
    return reader.alerted_rights(visible, after, MOST_ROWS)


def _find(request: web.Request, query: RightQuery) -> RightPage:
    listed = request.app[DESK].listed
    for _ in range(CATCH_UP):
        if not listed.catch_up():
            break
    return listed.find(query)


async def right(request: web.Request) -> web.Response:
    """A right in the contract's JSON, as the operational database holds it now; its revision is the ETag."""
    right_id = asked_right_id(request)
    held = await known_right(request, right_id)
    if held.document is None:
        raise not_there(right_id)
    response = json_response(held.document)
    response.headers["ETag"] = f'"{held.revision}"'
    return response


async def history(request: web.Request) -> web.Response:
    """The right as it is, withdrawn or not, and who changed what in it and why, the newest first."""
    right_id = asked_right_id(request)
    before, limit = history_place(request.query)
    held = await known_right(request, right_id)
    read = request.app[DESK].history.history
    changes = await request.app[POOL].blocking(lambda: read(right_id, before=before, limit=limit))
    return json_response(history_of(right_id, held, changes, limit, await visible_of(request)))


async def put(request: web.Request) -> web.Response:
    """The whole right as it is to be. It names the revision that it was made from, so nobody's change is lost."""
    right_id = asked_right_id(request)
    body = await json_object(request, FIELDS)
    based_on, reason = _based_on(body.get("based_on")), _reason(body.get("reason"))
    held = await seen_right(request, right_id)
    document = checked_right(body.get("right"), right_id, await visible_of(request))
    _refuse_stale(right_id, based_on, held.revision if held else 0)
    desk, author, now = request.app[DESK], _author(request), request.app[CLOCK]()
    before = held.document if held else None

    def change() -> int:
        refuse_unknown_pictures(document, before, desk.pictures.missing(digests_of(document)))
        return desk.history.put(document, based_on=based_on, author=author, now=now, reason=reason)

    revision = await _changed(request, change)
    await audited(request, "right.put", right_id, {"revision": revision, "based_on": based_on})
    return json_response({"revision": revision, "right": document})


async def withdraw(request: web.Request) -> web.Response:
    """Take the right off the watchlist. It keeps its history, and a put brings it back."""
    right_id = asked_right_id(request)
    if unknown := set(request.query) - {"based_on", "reason", "lang"}:
        raise bad_field(min(unknown), "unknown; use based_on and reason")
    based_on = _based_on(whole_number(request.query.get("based_on")))
    reason = _reason(request.query.get("reason"))
    if not reason:
        raise bad_field("reason", "is required: say why, for those who look for the right later")
    held = await known_right(request, right_id)
    if held.document is None:
        raise not_there(right_id)
    _refuse_stale(right_id, based_on, held.revision)
    desk, author, now = request.app[DESK], _author(request), request.app[CLOCK]()

    def change() -> int:
        return desk.history.withdraw(right_id, based_on=based_on, author=author, now=now, reason=reason)

    revision = await _changed(request, change)
    await audited(request, "right.withdraw", right_id, {"revision": revision, "based_on": based_on})
    return json_response({"revision": revision})


async def _changed(request: web.Request, change: Callable[[], int]) -> int:
    def run() -> int:
        try:
            return change()
        except StaleRevision as error:
            raise _stale(error) from error

    return await request.app[POOL].blocking(refusing(run))


def _author(request: web.Request) -> Author:
    principal = principal_of(request)
    return Author(principal.account_id, principal.name)


def _based_on(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise bad_field("based_on", "is required: the revision that you changed, from its history; 0 for a new right")
    return value


def _reason(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise bad_field("reason", "must be a text")
    reason = (value or "").strip()
    if len(reason) > MOST_REASON:
        raise bad_field("reason", f"give at most {MOST_REASON} characters")
    return reason


def _refuse_stale(right_id: str, based_on: int, present: int) -> None:
    """Whose right it is was read of this revision; the store looks again when it writes."""
    if based_on != present:
        raise _stale(StaleRevision(right_id, based_on, present))


def _stale(error: StaleRevision) -> Problem:
    return Problem(409, "stale", str(error), field="based_on", revision=error.revision)
