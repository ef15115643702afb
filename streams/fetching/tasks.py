"""What stands in the topic `pictures`: listings whose pictures are to be fetched, apart from the pages. Pure functions.

Text alerts never wait for a picture: the worker that screened a page's texts sends these on, and others fetch. A
message is a line that says where its listings stand, and the listings' own lines as they were received:

    {"page":"<SHA-256>","topic":"listings","partition":0,"offset":7,"observed_at":"2026-11-21T10:00:00.123Z",
     "revision":123,"risks":[0.9,0]}
    {"platform":"taobao","listing_id":"123","title":"...","images":[{"url":"https://..."}]}
    ...

`revision` is the watchlist's that screened the texts: the pictures are screened at that or a later one, which their
alerts carry. A risk is the best text alert's score of its listing, 0 for none: where to look closer first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from detectors.decode import decode_page
from detectors.records import Alert, Listing, Page, timestamp_text

MAX_MESSAGE_BYTES = 900_000
"""Of the listings in a message; one listing that is larger stands alone."""
MAX_MESSAGE_PICTURES = 200
"""A message counts as done when all of its pictures are, so it must not hold too many slow ones."""
MAX_TOPIC_CHARACTERS = 249  # Kafka's own bound
_MAY_HAVE_IMAGES = re.compile(rb"i\0?m\0?a\0?g\0?e\0?s|\\\0?u\0?0\0?0")  # also in UTF-16, or a letter of it escaped
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTask:
    """Listings whose pictures are to be fetched.

    page : they alone, at the time and place of the page they were received on, and under its name.
    risks : of each of its lines; URLs may hold secrets, so the page is not in the repr.
    """

    page: Page = field(repr=False)
    revision: int
    risks: tuple[float, ...]

    def risk(self, line: int) -> float:
        """Of the listing on a line of the page's, counted from 0."""
        return self.risks[line] if line < len(self.risks) else 0.0


def picture_urls(listing: Listing) -> list[str]:
    """The URLs of a clean listing's pictures that are to be fetched: those that bring no fingerprint along."""
    images: Iterable[Mapping[str, Any]] = listing.get("images") or ()
    return [image["url"] for image in images if image.get("url") and not image.get("pdq")]


def picture_messages(page: Page, alerts: Iterable[Alert], revision: int) -> list[bytes]:
    """The page's listings that have pictures to fetch as messages, in order, each within the bounds above.

    alerts : what the texts of the page's listings have raised.
    """
    if not _MAY_HAVE_IMAGES.search(page.body):
        return []
    risks: defaultdict[tuple[str, str], float] = defaultdict(float)
    for alert in alerts:
        offer = alert.platform, alert.listing_id
        risks[offer] = max(risks[offer], alert.score)
    messages: list[bytes] = []
    lines: list[bytes] = []
    of_lines: list[float] = []
    size = pictures = 0
    for line, listing, count in _with_pictures(page):
        if lines and (size + len(line) + 1 > MAX_MESSAGE_BYTES or pictures + count > MAX_MESSAGE_PICTURES):
            messages.append(_message(page, revision, lines, of_lines))
            lines, of_lines, size, pictures = [], [], 0, 0
        lines.append(line)
        of_lines.append(risks.get((listing["platform"], listing["listing_id"]), 0.0))
        size += len(line) + 1
        pictures += count
    return [*messages, _message(page, revision, lines, of_lines)] if lines else messages


def unpack(message: bytes) -> PictureTask | None:
    """The task of a message; None where it is none. Never raises."""
    head, _, lines = message.partition(b"\n")
    try:
        value = orjson.loads(head)
        page = Page(
            b"\n" + lines,  # behind a line feed no two bytes of a listing look like the mark of another encoding
            _moment(value["observed_at"]),
            _text(value["topic"], MAX_TOPIC_CHARACTERS),
            _whole(value["partition"], -1),
            _whole(value["offset"], -1),
            of=_digest(value["page"]),
        )
        revision = _whole(value["revision"], 0)
        risks = tuple(float(risk) for risk in value["risks"])
    except (ValueError, TypeError, KeyError):  # orjson.JSONDecodeError is a ValueError
        return None
    return PictureTask(page=page, revision=revision, risks=(0.0, *risks))


def _with_pictures(page: Page) -> Iterator[tuple[bytes, Listing, int]]:
    """The lines of the listings that have pictures to fetch, the listings, and how many those are."""
    listings = decode_page(page).listings
    lines = listings.lines
    for place, number in enumerate(listings.numbers.tolist()):
        line = lines.content[lines.starts[number] : lines.ends[number]]
        # An object is made only of a listing that may have some.
        if _MAY_HAVE_IMAGES.search(line) and (count := len(picture_urls(listings[place]))):
            yield line, listings[place], count


def _message(page: Page, revision: int, lines: list[bytes], risks: list[float]) -> bytes:
    head = orjson.dumps(
        {
            "page": page.digest,
            "topic": page.topic,
            "partition": page.partition,
            "offset": page.offset,
            "observed_at": timestamp_text(page.observed_at),
            "revision": revision,
            "risks": risks,
        }
    )
    return b"\n".join((head, *lines))


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(value)
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(value)
    return value


def _whole(value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(value)
    return value
