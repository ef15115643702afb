"""`/api/v1/allow`: pictures that do not alert, and those that are quarantined until a person decides about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.keys import ALLOW, CLOCK, NAMES, POOL
from dashboards.ports import AlertReader
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from detectors.errors import RightError
from detectors.watchlist.allowed import ALLOWED, QUARANTINED, RELEASED, STATES, parse_allowed, parse_pdq

DECISIONS = (ALLOWED, RELEASED)  # what a person can say; only the flood watch quarantines
FIELDS = ("pdq", "state", "distance", "note")


async def entries(request: web.Request) -> web.Response:
    """What holds now: the quarantined first, then the newest."""
    unknown = set(request.query) - {"state", "lang"}
    if unknown:
        raise bad_field(min(unknown), "unknown; use state")
    state = request.query.get("state")
    if state is not None and state not in STATES:
        raise bad_field("state", f"must be one of {', '.join(sorted(STATES))}")
    held = await request.app[POOL].blocking(request.app[ALLOW].entries)
    wanted = [entry for entry in held if state in (None, entry["state"])]
    quarantined = sum(entry["state"] == QUARANTINED for entry in held)
    return json_response({"allow": wanted, "quarantined": quarantined})


async def entry(request: web.Request) -> web.Response:
    """One entry with alerts that the picture fired."""
    pdq = _pdq(request.match_info["pdq"])
    held = await request.app[POOL].blocking(lambda: request.app[ALLOW].get(pdq))
    if held is None:
        raise _not_listed(pdq)
    ids = held.get("fired", {}).get("alerts", [])
    alerts = await request.app[POOL].read(lambda reader: _alerts(reader, ids)) if ids else []
    return json_response({"allow": held, "alerts": alerts, "rights": await request.app[NAMES].of(alerts)})


async def decide(request: web.Request) -> web.Response:
    """A person's word about a picture: it never alerts (`allowed`), or it is to alert always (`released`)."""
    document = await _document(request)
    try:
        wanted = parse_allowed(document)
    except RightError as error:
        raise _bad(error) from error
    allow, now = request.app[ALLOW], request.app[CLOCK]()
    say = allow.allow if wanted.state == ALLOWED else allow.release
    by = principal_of(request).name
    note, distance = str(document.get("note") or "").strip(), document.get("distance")

    def change() -> tuple[int, Mapping[str, Any] | None]:
        return say(wanted.pdq, by=by, now=now, note=note, distance=distance), allow.get(wanted.pdq)

    revision, held = await request.app[POOL].blocking(refusing(change))
    await audited(request, f"allow.{wanted.state}", wanted.pdq, {"revision": revision, "distance": distance})
    return json_response({"revision": revision, "allow": held})


async def remove(request: web.Request) -> web.Response:
    """Take an entry off the list, as if nothing had been decided."""
    pdq = _pdq(request.match_info["pdq"])
    revision = await request.app[POOL].blocking(lambda: request.app[ALLOW].remove(pdq))
    if revision is None:
        raise _not_listed(pdq)
    await audited(request, "allow.remove", pdq, {"revision": revision})
    return json_response({"revision": revision})


async def _document(request: web.Request) -> dict[str, Any]:
    document = await json_object(request, FIELDS)
    if document.get("state") not in DECISIONS:
        raise bad_field("state", f"must be one of {', '.join(DECISIONS)}")
    return document


def _pdq(text: str) -> str:
    try:
        return parse_pdq(text)
    except RightError as error:
        raise _bad(error) from error


def _bad(error: RightError) -> Problem:
    return Problem(400, "bad_parameter", str(error), field=error.field.removeprefix("allow."))


def _not_listed(pdq: str) -> Problem:
    return Problem(404, "not_found", f"picture {pdq}: not on the allow-list; GET /api/v1/allow says what is")


def _alerts(reader: AlertReader, ids: list[str]) -> list[dict[str, Any]]:
    return [alert for alert_id in ids if (alert := reader.alert(alert_id)) is not None]
