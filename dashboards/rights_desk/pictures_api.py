"""`/api/v1/rights/{right_id}/pictures`: files that become pictures of a right, and what people are shown of them.

A file that was taken is kept under its digest; the right has it once a PUT names it among its `images`. So a picture is
previewed, saved, refused as stale and taken back like every other field.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from dashboards.access.audit import audited
from dashboards.check_api import MULTIPART, room_for_pictures
from dashboards.check_pictures import MAX_ALL_BYTES, MAX_PICTURE_BYTES, MAX_PICTURES, bad_parts, read_part
from dashboards.keys import POOL, SETTINGS
from dashboards.problems import Problem, bad_field, json_response, refusing
from dashboards.rights_desk.keys import DESK
from dashboards.rights_desk.sight import asked_right_id, known_right, seen_right
from detectors.pictures.looking import Watched, watch
from detectors.pictures.outcomes import Refusal

LONGEST_NAME = 200
UNNAMED = "picture"
HEADERS = {"Cache-Control": "private, max-age=86400, immutable"}  # its name is its content
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    content: bytes


async def add(request: web.Request) -> web.Response:
    """Keep the pictures; the answer holds what to put into the right's `images`. All are taken, or none.

    The right need not be there yet: a new one gets its pictures before it is put.
    """
    right_id = asked_right_id(request)
    await seen_right(request, right_id)
    if request.content_type != MULTIPART:
        raise Problem(415, "wrong_content_type", "Content-Type: send multipart/form-data", field="Content-Type")
    seconds = request.app[SETTINGS].upload_seconds
    async with room_for_pictures(request):
        try:
            files = await asyncio.wait_for(_read(request), seconds)
        except TimeoutError as error:
            raise Problem(408, "too_slow", "body: took too long to arrive: send smaller pictures") from error
        try:
            pictures = await asyncio.wait_for(asyncio.to_thread(_watched, files), seconds)
        except TimeoutError as error:
            raise Problem(503, "busy", "the pictures take too long to look at: try again, with fewer") from error
        keep = request.app[DESK].pictures.keep
        await request.app[POOL].blocking(refusing(lambda: keep(pictures)))
    await audited(request, "right.pictures", right_id, {"digests": [picture.digest for picture in pictures]})
    named = zip(files, pictures, strict=True)
    return json_response({"images": [{"path": file.name, **picture.fields} for file, picture in named]})


async def picture(request: web.Request) -> web.Response:
    """A JPEG of at most 640 pixels of a picture that the right has, or had when it was withdrawn."""
    right_id, digest = asked_right_id(request), request.match_info["digest"]
    if not _DIGEST.fullmatch(digest):
        raise bad_field("digest", "must be 64 lower-case hexadecimal digits")
    held = await known_right(request, right_id)
    images = (held.last or {}).get("images") or []
    jpeg = None
    if any(str(image.get("digest") or "").lower() == digest for image in images):
        jpeg = await request.app[POOL].blocking(lambda: request.app[DESK].pictures.preview(digest))
    if jpeg is None:
        raise Problem(404, "not_found", f"picture {digest}: right {right_id} has no such picture")
    return web.Response(body=jpeg, content_type="image/jpeg", headers=HEADERS)


async def _read(request: web.Request) -> list[SentFile]:
    files: list[SentFile] = []
    room = MAX_ALL_BYTES
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name != "picture":
                raise bad_parts("body", f"has a part that is not asked for: send up to {MAX_PICTURES} `picture`")
            if len(files) == MAX_PICTURES:
                raise bad_parts("picture", f"comes more than {MAX_PICTURES} times: send fewer at once")
            content = await read_part(part, min(room, MAX_PICTURE_BYTES))
            files.append(SentFile(_name(part.filename, len(files) + 1), content))
            room -= len(content)
    except (ValueError, BadHttpMessage) as error:  # what aiohttp says of a body that is no multipart
        raise bad_parts("body", "is not multipart/form-data as its header says") from error
    if not files:
        raise bad_parts("picture", "is missing: send at least one")
    return files


def _name(sent: str | None, number: int) -> str:
    """What people will know the picture by: the file's own name without folders or what cannot be printed."""
    last = PurePosixPath((sent or "").replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:LONGEST_NAME].strip() or f"{UNNAMED} {number}"


def _watched(files: Sequence[SentFile]) -> list[Watched]:
    """Raises Problem 422 naming every file that cannot be watched for, and why."""
    pictures: list[Watched] = []
    faults: list[dict[str, Any]] = []
    for file in files:
        picture = watch(file.content)
        if isinstance(picture, Refusal):
            detail = f"picture: {file.name!r} cannot be watched for: {picture}"
            faults.append({"field": "picture", "name": file.name, "reason": str(picture), "detail": detail})
        else:
            pictures.append(picture)
    if faults:
        raise Problem(422, "bad_pictures", faults[0]["detail"], field="picture", errors=faults)
    return pictures
