"""The static files, read once into memory and named by a digest of them all: browsers keep them until they change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Assets:
    """Files by their path below `static/`; no request ever touches the disk."""

    version: str
    files: dict[str, tuple[str, bytes]]  # path -> content type, bytes

    @property
    def prefix(self) -> str:
        return f"/static/{self.version}"


def load_assets(folder: Path) -> Assets:
    files = {
        path.relative_to(folder).as_posix(): (CONTENT_TYPES[path.suffix], path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.suffix in CONTENT_TYPES
    }
    digest = hashlib.sha256()
    for name, (_, body) in files.items():
        digest.update(f"{name}\0{len(body)}\0".encode())
        digest.update(body)
    return Assets(digest.hexdigest()[:16], files)


def asset_handler(assets: Assets) -> web.RouteDef:
    async def asset(request: web.Request) -> web.Response:
        entry = assets.files.get(request.match_info["path"])
        if entry is None or request.match_info["version"] != assets.version:
            raise web.HTTPNotFound
        content_type, body = entry
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)

    return web.get("/static/{version}/{path:.+}", asset)
