"""Errors as RFC 9457 problem documents: they name the place and the remedy, and never carry a traceback."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import orjson
from aiohttp import web

from sinks.errors import StoreRefused

Answer = TypeVar("Answer")
CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer other than success. `code` is stable and what pages translate; `detail` is for people."""

    def __init__(self, status: int, code: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.extra = extra

    def response(self) -> web.Response:
        document = {
            "type": f"urn:rightswatch:problem:{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }
        response = web.Response(body=orjson.dumps(document), status=self.status, content_type=CONTENT_TYPE)
        if self.status in (429, 503):
            response.headers["Retry-After"] = str(self.extra.get("retry_after", 2))
        if self.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response


def refusing(work: Callable[[], Answer]) -> Callable[[], Answer]:
    """The work, where what a store refuses is the asker's business: 400 with what it says."""

    def run() -> Answer:
        try:
            return work()
        except StoreRefused as error:
            raise Problem(400, "refused", str(error)) from error

    return run


def bad_field(field: str, remedy: str) -> Problem:
    return Problem(400, "bad_parameter", f"{field}: {remedy}", field=field)


async def json_object(
    request: web.Request, fields: Collection[str], *, most_bytes: int | None = None
) -> dict[str, Any]:
    """The body: an object of these fields. Only JSON, which no form of another site can send without being asked.

    `most_bytes`: for what anybody may send; else as much as any body may have.

    Raises:
        Problem: it is something else, has other fields, or is too large.
    """
    if request.content_type != "application/json":
        raise Problem(415, "wrong_content_type", "Content-Type: send application/json", field="Content-Type")
    wanted = ", ".join(fields)
    try:
        document = orjson.loads(await _body(request, most_bytes))
    except orjson.JSONDecodeError as error:
        raise bad_field("body", f"is not JSON: send an object with {wanted}") from error
    if not isinstance(document, dict):
        raise bad_field("body", f"must be a JSON object with {wanted}")
    if unknown := document.keys() - set(fields):
        raise bad_field(min(unknown)[:40], f"unknown; use {wanted}")
    return document


async def _body(request: web.Request, most_bytes: int | None) -> bytes:
    if most_bytes is None:
        return await request.read()
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > most_bytes:
            raise Problem(413, "body_too_large", f"body: larger than {most_bytes} bytes", field="body")
    return bytes(body)


def json_response(document: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json")
