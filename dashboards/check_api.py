"""`POST /api/v1/check`: one listing through the same pipeline as the stream, answered with matches and with why not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web

from dashboards.access.visible import seen_rights
from dashboards.check_pictures import Photographed, read_photographed
from dashboards.keys import CHECKER, CLOCK, NAMES, READINESS, SETTINGS, UPLOADS
from dashboards.problems import Problem, json_response
from detectors.records import DeadLetter, Screening
from detectors.recover import read_listing

MULTIPART = "multipart/form-data"
MAX_BODY_BYTES = 1024 * 1024
DEFAULTS = {"platform": "check", "listing_id": "check"}
REMEDIES = {
    "no_title": ("title", "is required: give the offer's title as a text"),
    "no_platform": ("platform", "must be a text; leave it out for a quick check"),
    "no_listing_id": ("listing_id", "must be a text; leave it out for a quick check"),
    "not_json": ("body", "is not JSON: send one listing as a JSON object"),
    "not_an_object": ("body", "must be one JSON object, the listing"),
}


async def check(request: web.Request) -> web.Response:
    """Screen one listing now. `platform` and `listing_id` may be left out; `defaults` in the answer says so."""
    readiness = request.app[READINESS]()
    if not readiness.loaded:
        raise Problem(503, "not_ready", f"the watchlist is not loaded yet: {readiness.detail or 'try again shortly'}")
    async with room_for_pictures(request):
        return await _check(request, readiness.revision)


@asynccontextmanager
async def room_for_pictures(request: web.Request) -> AsyncIterator[None]:
    """Pictures are large, and larger decoded: so many requests with some at once, the others wait their turn.

    Raises:
        Problem: 503, too many are before this one.
    """
    if request.content_type != MULTIPART:
        yield
        return
    uploads, settings = request.app[UPLOADS], request.app[SETTINGS]
    try:
        await asyncio.wait_for(uploads.acquire(), settings.upload_seconds)
    except TimeoutError as error:
        raise Problem(503, "busy", "too many pictures are being looked at: try again shortly") from error
    try:
        yield
    finally:
        uploads.release()


async def _check(request: web.Request, revision: int) -> web.Response:
    asked = await _asked(request)
    page, defaults = as_page(asked.listing)
    settings = request.app[SETTINGS]
    try:
        screening = await asyncio.wait_for(
            request.app[CHECKER](page, asked.pictures, request.app[CLOCK]()),
            settings.upload_seconds if asked.pictures else settings.check_timeout_seconds,
        )
    except TimeoutError as error:
        raise Problem(503, "busy", "the check took too long: try again, or send a shorter listing") from error
    if screening.dead_letters:
        raise _unusable(screening.dead_letters[0])
    seen = await seen_rights(request, _rights_of(screening))
    answer = _answer(screening, seen)
    names = await request.app[NAMES].of([*answer["alerts"], *answer["screened"]])
    return json_response({"revision": revision, **answer, "rights": names, "defaults": {**asked.defaults, **defaults}})


def as_page(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The listing as a page of one line, and the defaults put in for what it lacks.

    Line breaks mean nothing in JSON outside of strings, where they are not allowed.

    Raises:
        Problem: 422, the body is no JSON object.
    """
    line = body.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b" ").replace(b"\n", b" ").strip()
    listing = _read(line)
    defaults = {name: value for name, value in DEFAULTS.items() if listing.get(name) is None}
    if not defaults:
        return line, {}
    if line.startswith(b"{") and line.endswith(b"}") and len(listing) > 0:
        return line[:-1] + b"," + orjson.dumps(defaults)[1:], defaults  # the last of a name given twice holds
    return orjson.dumps(defaults) + line, defaults  # broken or empty: decoding reads several objects as one


def _read(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        recovered = read_listing(line)
        if not recovered.found:
            raise _problem("not_json") from None
        return recovered.value
    if not isinstance(value, dict):
        raise _problem("not_an_object")
    return value


async def _asked(request: web.Request) -> Photographed:
    if request.content_type == MULTIPART:
        try:
            return await asyncio.wait_for(read_photographed(request), request.app[SETTINGS].upload_seconds)
        except TimeoutError as error:
            raise Problem(408, "too_slow", "body: took too long to arrive: send smaller pictures") from error
    return Photographed(await _body(request), {}, {})


async def _body(request: web.Request) -> bytes:
    if request.content_type != "application/json":
        remedy = "Content-Type: send application/json, or multipart/form-data with pictures"
        raise Problem(415, "wrong_content_type", remedy, field="Content-Type")
    if request.charset not in (None, "utf-8"):
        raise Problem(415, "wrong_content_type", "Content-Type: send JSON as UTF-8", field="Content-Type")
    body = await request.read()
    if not body.strip():
        raise _problem("not_json")
    return body


def _unusable(letter: DeadLetter) -> Problem:
    return _problem(letter.reason, dead_letters=[_dead_letter(letter)])


def _problem(reason: str, **extra: Any) -> Problem:
    field, remedy = REMEDIES.get(reason, ("body", f"cannot be screened ({reason})"))
    return Problem(422, reason, f"{field}: {remedy}", field=field, **extra)


def _rights_of(screening: Screening) -> set[str]:
    found = [alert.right_id for alert in screening.alerts] + [shown.match.right_id for shown in screening.shown]
    return {right_id for right_id in found if right_id is not None}


def _answer(screening: Screening, seen: Collection[str] | None) -> dict[str, Any]:
    """About the rights in `seen` only; None: about all, and about claimed patents that are nobody's right here."""
    return {
        "alerts": [alert.to_json() for alert in screening.alerts if seen is None or alert.right_id in seen],
        "screened": [shown.to_json() for shown in screening.shown if seen is None or shown.match.right_id in seen],
        "warnings": dict(screening.warnings),
        "dead_letters": [_dead_letter(letter) for letter in screening.dead_letters],
    }


def _dead_letter(letter: DeadLetter) -> dict[str, Any]:
    return {"reason": letter.reason, "line": letter.line, "length": letter.length, "sha256": letter.sha256}
