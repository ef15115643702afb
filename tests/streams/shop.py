"""A shop's picture server on loopback, and a right whose picture it shows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from PIL import ImageOps

from detectors.pictures.looking import see
from detectors.pictures.seen import Seen
from detectors.watchlist import Watchlist, WatchlistBuilder
from tests.detectors.pictures.made import encoded, photograph
from tests.fetching.net import AUTHORITY, HOST, Net, https_server

PHOTOGRAPH = encoded(photograph(), "JPEG", quality=85)
PLAIN = encoded(photograph().point(lambda _: 128), "JPEG", quality=85)


def edited(number: int) -> bytes:
    """The photograph as a seller might show it, each with bytes of its own."""
    picture = photograph() if number % 2 else ImageOps.mirror(photograph())
    return encoded(picture, "JPEG", quality=60 + number % 35)


def right_of_the_photograph(right_id: str = "CN-D-1") -> dict[str, Any]:
    """The change that puts it on the watchlist."""
    seen = see(PHOTOGRAPH)
    assert isinstance(seen, Seen)
    image = {"path": "bridge.jpg", "pdq": seen.look.fingerprints[0].hex}
    return {"op": "put", "right": {"right_id": right_id, "kind": "design", "images": [image]}}


def watchlist(revision: int = 1) -> Watchlist:
    builder = WatchlistBuilder()
    builder.apply({"revision": revision, **right_of_the_photograph()})
    builder.apply({"op": "checkpoint", "revision": revision})
    return builder.build()


@dataclass
class Shop:
    """Answers by path: /copy/N.jpg the photograph edited, /plain.jpg nothing to see; `closed` paths do not answer.

    pictures: what it shows under other paths.
    """

    port: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    closed: set[str] = field(default_factory=set)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        return f"https://{HOST}:{self.port}/{path}"

    def offer(self, number: int, *paths: str, **fields: Any) -> bytes:
        images = [{"url": path if "://" in path else self.url(path)} for path in paths]
        listing = {"platform": "taobao", "listing_id": str(number), "title": "poster", "images": images, **fields}
        return orjson.dumps(listing)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.lstrip("/")
        self.asked[path] += 1
        if path in self.closed:
            await self.opened.wait()
        if path.startswith("copy/"):
            return web.Response(body=edited(int(path[5:-4])), content_type="image/jpeg")
        if path in self.pictures:
            return web.Response(body=self.pictures[path], content_type="image/jpeg")
        if path == "plain.jpg":
            return web.Response(body=PLAIN, content_type="image/jpeg")
        if path == "page.jpg":
            return web.Response(body=b"<html>sold out</html>", content_type="image/jpeg")
        raise web.HTTPServiceUnavailable if path == "down.jpg" else web.HTTPNotFound

    def variables(self, folder: Path) -> dict[str, str]:
        """What the process of pictures needs to reach it."""
        authority = folder / "authority.pem"
        AUTHORITY.cert_pem.write_to_path(str(authority))
        return {
            "TEST_PICTURES_PORT": str(self.port),
            "RIGHTSWATCH_FETCHING_EXTRA_PORTS": str(self.port),
            "RIGHTSWATCH_FETCHING_CA_FILE": str(authority),
            "RIGHTSWATCH_FETCHING_BACKOFF_SECONDS": "0.01",
            "RIGHTSWATCH_FETCHING_HOST_RATE": "1000",
            "RIGHTSWATCH_FETCHING_ADDRESS_RATE": "1000",
        }


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    shop = Shop()
    async with https_server(Net(), shop.answer) as port:
        shop.port = port
        try:
            yield shop
        finally:
            shop.opened.set()
