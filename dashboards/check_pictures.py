"""A check with photographs: multipart/form-data with an optional part `listing` (JSON) and parts `picture`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from dashboards.problems import Problem

MAX_PICTURES = 8
MAX_PICTURE_BYTES = 20 << 20
MAX_ALL_BYTES = 40 << 20
MAX_LISTING_BYTES = 1 << 20
UNTITLED = "photograph"  # the title of an offer of which there is nothing but pictures


@dataclass(frozen=True, slots=True)
class Photographed:
    """A listing as JSON that names each picture by its path, and the pictures."""

    listing: bytes
    pictures: Mapping[str, bytes]
    defaults: Mapping[str, str]


async def read_photographed(request: web.Request) -> Photographed:
    """The parts of the request.

    Raises:
        Problem: 413 or 422, naming the part and what to do about it.
    """
    listing, pictures, room = b"{}", dict[str, bytes](), MAX_ALL_BYTES
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "listing":
                listing = await read_part(part, MAX_LISTING_BYTES)
            elif isinstance(part, BodyPartReader) and part.name == "picture":
                if len(pictures) == MAX_PICTURES:
                    raise bad_parts("picture", f"comes more than {MAX_PICTURES} times: send fewer at once")
                name = f"picture {len(pictures) + 1}"
                pictures[name] = await read_part(part, min(room, MAX_PICTURE_BYTES))
                room -= len(pictures[name])
            else:
                raise bad_parts(
                    "body", f"has a part that is not asked for: send `listing` and up to {MAX_PICTURES} `picture`"
                )
    except (ValueError, BadHttpMessage) as error:  # what aiohttp says of a body that is no multipart
        raise bad_parts("body", "is not multipart/form-data as its header says") from error
    if not pictures:
        raise bad_parts("picture", "is missing: send at least one, or the listing alone as application/json")
    return _joined(listing, pictures)


def _joined(listing: bytes, pictures: Mapping[str, bytes]) -> Photographed:
    try:
        document = orjson.loads(listing)
    except orjson.JSONDecodeError as error:
        raise bad_parts("listing", "is not JSON: send one listing as a JSON object") from error
    if not isinstance(document, dict):
        raise bad_parts("listing", "must be one JSON object")
    given = document.get("images")
    document["images"] = [*(given if isinstance(given, list) else []), *({"path": name} for name in pictures)]
    defaults = {} if document.get("title") else {"title": UNTITLED}
    return Photographed(orjson.dumps(document | defaults), pictures, defaults)


async def read_part(part: BodyPartReader, limit: int) -> bytes:
    """The part's content. Raises Problem 413 when it is longer than the limit."""
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > limit:
            most = f"{MAX_PICTURE_BYTES >> 20} MiB a picture and {MAX_ALL_BYTES >> 20} MiB in all"
            detail = f"{part.name}: is more than is taken, {most}: send less at once"
            raise Problem(413, "body_too_large", detail, field=part.name)
    return bytes(content)


def bad_parts(field: str, remedy: str) -> Problem:
    return Problem(422, "bad_parts", f"{field}: {remedy}", field=field)
