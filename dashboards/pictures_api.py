"""`/api/v1/alerts/{id}/pictures/{digest}`: a picture that an alert's reasons name, the listing's or the right's.

Asked for through the alert, so that whoever may see an alert may see its pictures, and nobody any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from dashboards.access.visible import visible_of
from dashboards.alert_filters import parse_identity
from dashboards.keys import POOL, RIGHT_PICTURES
from dashboards.ports import AlertReader
from dashboards.problems import Problem
from detectors.pictures.colour import decode_colour
from detectors.pictures.outcomes import Refusal

LONGEST = 1024  # pixels
_DIGEST = re.compile(r"[0-9a-f]{64}")
HEADERS = {"Cache-Control": "private, max-age=86400, immutable"}  # its name is its content


async def picture(request: web.Request) -> web.Response:
    """A JPEG of our own making: a stranger's bytes are decoded within bounds, and never passed on as they are."""
    alert_id = parse_identity(request.match_info["alert_id"], "alert_id")
    digest = request.match_info["digest"]
    if not _DIGEST.fullmatch(digest):
        raise Problem(400, "bad_parameter", "digest: must be 64 lower-case hexadecimal digits", field="digest")
    visible = await visible_of(request)
    alert = await request.app[POOL].read(lambda reader: reader.alert(alert_id))
    if alert is not None and not visible.sees(alert):
        alert = None
    if alert is not None and _names(alert, "picture", digest):
        jpeg = await request.app[POOL].read(lambda reader: _evidence(reader, digest))
    elif alert is not None and _names(alert, "registered", digest):
        jpeg = await request.app[POOL].blocking(lambda: request.app[RIGHT_PICTURES].preview(digest))
    else:
        raise Problem(404, "not_found", f"picture {digest}: alert {alert_id} has no such picture")
    if jpeg is None:
        raise Problem(404, "not_found", f"picture {digest}: not in the store; it may be older than what is kept")
    return web.Response(body=jpeg, content_type="image/jpeg", headers=HEADERS)


def _names(alert: Mapping[str, Any], role: str, digest: str) -> bool:
    return any(reason.get(role) == digest for reason in alert["reasons"])


def _evidence(reader: AlertReader, digest: str) -> bytes | None:
    data = reader.picture(digest)
    shown = decode_colour(data, LONGEST) if data is not None else Refusal.EMPTY
    return None if isinstance(shown, Refusal) else shown.to_jpeg()
