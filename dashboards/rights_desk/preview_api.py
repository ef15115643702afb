"""`/api/v1/rights/{right_id}/preview`: what a change would have raised and silenced last week."""

from __future__ import annotations

import asyncio
from functools import partial

from aiohttp import web

from dashboards.access.visible import visible_of
from dashboards.keys import CLOCK, SETTINGS
from dashboards.problems import Problem, json_object, json_response
from dashboards.rights_desk.checking import checked_right
from dashboards.rights_desk.keys import DESK, PREVIEWS
from dashboards.rights_desk.sight import asked_right_id, not_there, seen_right
from detectors.errors import RightswatchError
from sinks.errors import StoreError


async def preview(request: web.Request) -> web.Response:
    """The right of the body in place of the one that holds, over a sample of last week's pages. Nothing is changed."""
    right_id = asked_right_id(request)
    body = await json_object(request, ("right",))
    held = await seen_right(request, right_id)
    before = held.document if held else None
    after = None
    if "right" not in body or body["right"] is not None:
        after = checked_right(body.get("right"), right_id, await visible_of(request))
    if before is None and after is None:
        raise not_there(right_id)
    work = partial(request.app[DESK].previewer.preview, right_id, before, after, now=request.app[CLOCK]())
    try:
        async with asyncio.timeout(request.app[SETTINGS].upload_seconds):
            await request.app[PREVIEWS].acquire()
    except TimeoutError as error:
        raise Problem(503, "busy", "other changes are being previewed: try again shortly") from error
    try:
        return json_response((await asyncio.to_thread(work)).to_json())
    except StoreError as error:
        detail = "a store does not answer: run `rightswatch doctor` on the server"
        raise Problem(503, "store_unavailable", detail) from error
    except RightswatchError as error:  # what holds came from an older program, and this one does not read it
        raise Problem(400, "refused", str(error)) from error
    finally:
        request.app[PREVIEWS].release()
