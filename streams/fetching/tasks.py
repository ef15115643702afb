"""What stands in the topic `pictures`: listings whose pictures are to be fetched, apart from the pages. Pure functions.

Text alerts never wait for a picture: the worker that screened a page's texts sends these on, and others fetch. A
message is NDJSON like a page, one listing a line, so that the cost of a message is paid for many pictures:

    {"platform":"taobao","listing_id":"123","digest":"<listing digest>",
     "page":{"digest":"<SHA-256>","topic":"listings","partition":0,"offset":7},
     "images":[[0,"https://..."],[2,"https://..."]],"observed_at":"2026-11-21T10:00:00.123Z","revision":123}

`images` holds positions in the listing (a reason's `images[2]`) and URLs. `revision` is the watchlist's that screened
the texts; a picture is matched at the revision of its own time, which the alert carries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from detectors.clean import LISTING_ID_LIMIT, MAX_IMAGES, PLATFORM_LIMIT
from detectors.records import Listing, Page, timestamp_text
from streams.fetching.urls import MAX_URL_CHARACTERS

MAX_MESSAGE_BYTES = 900_000
MAX_MESSAGE_PICTURES = 200
"""A message counts as done when all of its pictures are, so it must not hold too many slow ones."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReference:
    """Where the listing stands."""

    digest: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTask:
    """One listing whose pictures are to be fetched. URLs may hold secrets, so they are not in the repr."""

    platform: str
    listing_id: str
    digest: str
    page: PageReference
    images: tuple[tuple[int, str], ...] = field(repr=False)
    observed_at: str
    revision: int


def picture_task(listing: Listing, digest: str, page: Page, revision: int) -> PictureTask | None:
    """The task of a clean listing (decode.py), None when it has no picture with a URL and without a fingerprint.

    A URL that is too long to be asked for stays, cut just beyond the bound, so that the fetcher refuses and counts it.
    """
    entries = enumerate(listing.get("images") or ())
    images = tuple(
        (index, image["url"][: MAX_URL_CHARACTERS + 1])
        for index, image in entries
        if image.get("url") and not image.get("pdq") and not image.get("path")
    )
    if not images:
        return None
    return PictureTask(
        platform=listing["platform"],
        listing_id=listing["listing_id"],
        digest=digest,
        page=PageReference(digest=page.digest, topic=page.topic, partition=page.partition, offset=page.offset),
        images=images,
        observed_at=timestamp_text(page.observed_at),
        revision=revision,
    )


def pack(tasks: Iterable[PictureTask]) -> list[bytes]:
    """The tasks as messages, in order, each within the bounds above."""
    messages: list[bytes] = []
    lines: list[bytes] = []
    size = pictures = 0
    for task in tasks:
        line = _line(task)
        too_much = size + len(line) + 1 > MAX_MESSAGE_BYTES or pictures + len(task.images) > MAX_MESSAGE_PICTURES
        if lines and too_much:
            messages.append(b"\n".join(lines))
            lines, size, pictures = [], 0, 0
        lines.append(line)
        size += len(line) + 1
        pictures += len(task.images)
    return [*messages, b"\n".join(lines)] if lines else messages


def unpack(message: bytes) -> tuple[list[PictureTask], Counter[str]]:
    """The tasks of a message, and what was wrong with its other lines, by reason. Never raises."""
    tasks: list[PictureTask] = []
    bad: Counter[str] = Counter()
    if len(message) > MAX_MESSAGE_BYTES:
        return tasks, Counter(too_large=1)
    for line in message.split(b"\n"):
        task = _read(line) if line.strip() else None
        if task is not None:
            tasks.append(task)
        elif line.strip():
            bad["malformed"] += 1
    return tasks, bad


def _line(task: PictureTask) -> bytes:
    place = task.page
    return orjson.dumps(
        {
            "platform": task.platform,
            "listing_id": task.listing_id,
            "digest": task.digest,
            "page": {
                "digest": place.digest,
                "topic": place.topic,
                "partition": place.partition,
                "offset": place.offset,
            },
            "images": task.images,
            "observed_at": task.observed_at,
            "revision": task.revision,
        }
    )


def _read(line: bytes) -> PictureTask | None:
    try:
        value = orjson.loads(line)
        place = value["page"]
        task = PictureTask(
            platform=_text(value, "platform", PLATFORM_LIMIT),
            listing_id=_text(value, "listing_id", LISTING_ID_LIMIT),
            digest=_matching(value, "digest", _DIGEST),
            page=PageReference(
                digest=_matching(place, "digest", _DIGEST),
                topic=_text(place, "topic", 249, least=0),
                partition=_whole(place["partition"], -1),
                offset=_whole(place["offset"], -1),
            ),
            images=tuple(_image(entry) for entry in value["images"][: MAX_IMAGES + 1]),
            observed_at=_matching(value, "observed_at", _TIMESTAMP),
            revision=_whole(value["revision"], 0),
        )
    except (ValueError, TypeError, KeyError):  # orjson.JSONDecodeError is a ValueError
        return None
    return task if 0 < len(task.images) <= MAX_IMAGES else None


def _image(entry: Any) -> tuple[int, str]:
    index, url = entry
    if not isinstance(url, str) or len(url) > MAX_URL_CHARACTERS + 1:
        raise ValueError(url)
    return _whole(index, 0), url


def _text(value: Mapping[str, Any], name: str, most: int, least: int = 1) -> str:
    text = value[name]
    if not isinstance(text, str) or not least <= len(text) <= most:
        raise ValueError(name)
    return text


def _matching(value: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    text = _text(value, name, 64)
    if not pattern.fullmatch(text):
        raise ValueError(name)
    return text


def _whole(value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(value)
    return value
