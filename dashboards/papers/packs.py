"""What handlers of complaint packs share: that the risk was read, what is known, and the forms that a pack has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.access.visible import visible_of
from dashboards.evidence import Evidence, evidence_of
from dashboards.keys import ACCESS, CLOCK, POOL, RIGHT_PICTURES, RIGHTS
from dashboards.papers.complaint import RISKS, Complaint, complaint_of
from dashboards.papers.document import Document, as_json
from dashboards.papers.html import html_of
from dashboards.papers.keys import PAPERS
from dashboards.papers.languages import words_of
from dashboards.papers.pdf import pdf_of
from dashboards.parameters import refuse_unknown
from dashboards.ports import AlertReader
from dashboards.problems import Problem, bad_field, json_object
from dashboards.triage.keys import TRIAGE
from dashboards.triage.sight import group_state
from detectors.pictures.colour import decode_colour
from detectors.pictures.outcomes import Refusal
from sinks.operational.audit_store import AuditQuery
from sinks.verdict_codes import JUDGE, NOT_INFRINGING, REVIEW

PDF, HTML, JSON = "pdf", "html", "json"
FORMATS = {PDF: "application/pdf", HTML: "text/html", JSON: "application/json"}
ACKNOWLEDGED = "complaint.acknowledge"
HOLDS = timedelta(days=1)  # so long after one read the risk, packs of that alert are made
LONGEST_SIDE = 800  # pixels of a picture
MOST_PICTURES = 8


def form_of(request: web.Request) -> str:
    """Raises Problem: 400, there is no such form or language."""
    words_of(request)
    refuse_unknown(request.query, ("format", "lang"))
    form = request.query.get("format") or PDF
    if form not in FORMATS:
        raise bad_field("format", f"use one of {', '.join(FORMATS)}")
    return form


async def acknowledged(request: web.Request, subject: str, alert: Mapping[str, Any]) -> dict[str, Any]:
    """Keep that whoever asks has read the risk of what has this id; the risk and where the pack is to be had for a day.

    Raises:
        Problem: 400, they do not say so.
    """
    body = await json_object(request, ("acknowledged",))
    if body.get("acknowledged") is not True:
        raise bad_field("acknowledged", "must be true: read `risk` first, and what article 42 says of a wrong notice")
    await audited(request, ACKNOWLEDGED, subject, {"group_id": alert["group_id"], "right_id": alert["right_id"]})
    words = words_of(request)
    papers = {form: f"{request.path}?format={form}&lang={words.language}" for form in FORMATS}
    return {"risk": [words.say(key) for key in RISKS], "papers": papers}


async def pack(request: web.Request, known: Complaint, form: str, name: str) -> web.Response:
    """The pack in a form, to be kept as a file."""
    words = words_of(request)
    document = complaint_of(known, words)
    async with request.app[PAPERS]:
        made = await asyncio.to_thread(_bytes_of, document, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{words.language}.{form}"'}
    return web.Response(
        body=made, content_type=FORMATS[form], headers=headers, charset="utf-8" if form == HTML else None
    )


def _bytes_of(document: Document, form: str) -> bytes:
    if form == JSON:
        return orjson.dumps(as_json(document))
    return pdf_of(document) if form == PDF else html_of(document)


async def alert_of(request: web.Request, alert_id: str) -> Mapping[str, Any]:
    visible = await visible_of(request)
    found = await request.app[POOL].read(lambda reader: reader.alert(alert_id))
    if found is None or not visible.sees(found):
        raise Problem(404, "not_found", f"alert {alert_id}: not in the store; it may be older than what is kept")
    return found


async def refuse_innocent(request: web.Request, alert: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The group's state. Raises Problem: 409, people judged that nothing is infringed."""
    state = await group_state(request, alert["group_id"])
    if state is not None and state["verdict"] == NOT_INFRINGING:
        detail = f"alert {alert['alert_id']}: judged not to infringe; overrule that first"
        raise Problem(409, "not_infringing", detail)
    return state


async def require_acknowledged(request: web.Request, subject: str) -> None:
    """Raises Problem: 428, whoever asks has not said within a day that they read the risk."""
    who, app = principal_of(request).account_id, request.app
    wanted = AuditQuery(by=who, action=ACKNOWLEDGED, subject=subject, after=app[CLOCK]() - HOLDS, limit=20)
    entries = await app[POOL].blocking(lambda: app[ACCESS].audit.page(wanted))
    if not any(entry.by_id == who for entry in entries):
        detail = 'acknowledged: read what a wrong notice costs, then POST {"acknowledged": true} to this address'
        raise Problem(428, "risk_not_acknowledged", detail)


async def known_of(request: web.Request, alert: Mapping[str, Any], verdict: Mapping[str, Any] | None) -> Complaint:
    """What is known of an alert, its group's verdict and the right, as they are now."""
    pool, rights, right_id = request.app[POOL], request.app[RIGHTS], alert.get("right_id")
    evidence = await pool.read(lambda reader: _evidence(reader, alert))
    right = await pool.blocking(lambda: rights.get(right_id)) if isinstance(right_id, str) else None
    return Complaint(
        alert=alert,
        right=right,
        listing=None if evidence is None else evidence.listing,
        page=None if evidence is None else evidence.page,
        verdict=verdict,
        pictures=await _pictures(request, alert),
        judged=await _judged(request, alert, verdict),
    )


async def _judged(
    request: web.Request, alert: Mapping[str, Any], verdict: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """What the verdict that stands was given on."""
    if verdict is None or verdict["verdict"] is None:
        return None
    judging = request.app[TRIAGE].judging
    history = await request.app[POOL].blocking(lambda: judging.history(alert["group_id"]))
    given = [one for one in history if one["act"] in (JUDGE, REVIEW) and one["verdict"] == verdict["verdict"]]
    return {name: given[-1][name] for name in ("alert_id", "listing_digest")} if given else None


def _evidence(reader: AlertReader, alert: Mapping[str, Any]) -> Evidence | None:
    page = reader.page(alert["page"]) if alert.get("page") else None
    return evidence_of(page, alert) if page else None


async def _pictures(request: web.Request, alert: Mapping[str, Any]) -> dict[str, bytes]:
    """The first pictures that the reasons name, as JPEGs of our own making; those that are kept."""
    offered, registered = (
        list(dict.fromkeys(one[whose] for one in alert["reasons"] if one.get(whose)))[:MOST_PICTURES]
        for whose in ("picture", "registered")
    )
    kept, pool = request.app[RIGHT_PICTURES], request.app[POOL]
    found = await pool.read(lambda reader: {digest: _small(reader.picture(digest)) for digest in offered})
    found |= await pool.blocking(lambda: {digest: kept.preview(digest) for digest in registered})
    return {digest: jpeg for digest, jpeg in found.items() if jpeg is not None}


def _small(data: bytes | None) -> bytes | None:
    shown = decode_colour(data, LONGEST_SIDE) if data is not None else Refusal.EMPTY
    return None if isinstance(shown, Refusal) else shown.to_jpeg()
