"""Somebody's server that webhooks are posted to, and the check of their signatures as the specification words it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from tests.fetching.net import Net, https_server, server_tls


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as it came."""

    host: str
    path: str
    headers: Mapping[str, str]  # names in small letters
    body: bytes

    @property
    def type(self) -> str:
        return str(self.document["type"])

    @property
    def document(self) -> dict[str, Any]:
        return dict(orjson.loads(self.body))

    def is_signed_with(self, secret: str) -> bool:
        """By standardwebhooks.com alone: HMAC-SHA256 of `id.timestamp.body`, its key the base64 after `whsec_`."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        told = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.{self.body.decode()}"
        wanted = base64.b64encode(hmac.new(key, told.encode(), hashlib.sha256).digest()).decode()
        versions = [given.partition(",") for given in self.headers["webhook-signature"].split(" ")]
        return any(version == "v1" and hmac.compare_digest(given, wanted) for version, _, given in versions)


@contextmanager
def hook_server(*names: str) -> Iterator[tuple[list[Posted], int]]:
    """What is posted to a server with these names, and its port. It runs in a thread of its own: Playwright keeps a
    loop running in the test's."""
    posted: list[Posted] = []

    async def receive(request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        posted.append(Posted(request.host.partition(":")[0], request.path, headers, await request.read()))
        return web.Response(status=204)

    async def serve(started: Future[int], stop: Future[None]) -> None:
        async with https_server(Net(), receive, server_tls(*names)) as port:
            started.set_result(port)
            await asyncio.wrap_future(stop)

    started, stop = Future[int](), Future[None]()
    thread = threading.Thread(target=lambda: asyncio.run(serve(started, stop)), daemon=True)
    thread.start()
    try:
        yield posted, started.result(timeout=30)
    finally:
        stop.set_result(None)
        thread.join(timeout=30)
