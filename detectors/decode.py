"""A page of bytes made into listings: the first step of the flow, and its hot path.

Every non-blank line comes out either as a listing with clean fields (clean.py says what that means) or as a dead
letter with a reason; nothing is lost silently. Lines are separated by a line feed alone.

A kernel looks at the bytes (lines.py): most lines are plainly clean listings, and their objects are made only when
somebody looks at one (listings.py). A line in doubt is judged as an object (plain.py), and what orjson refuses is
read by recover.py. A name given twice would hide the first value: the quotes in the bytes are counted against the
texts that were decoded, and where they differ recover.py, which keeps both, reads the line.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from detectors.clean import UnusableListing, clean_listing
from detectors.lines import read_lines
from detectors.listings import Listings
from detectors.plain import PLAIN_LINE_BYTES, Shapes, judge_listing
from detectors.records import DeadLetter, Page
from detectors.recover import read_listing

HEAD_BYTES = 65_536
MAX_PAGE_BYTES = 900_000
MAX_PAGE_LISTINGS = 1_000

REASONS = frozenset({"not_json", "not_an_object", "empty_page", "no_platform", "no_listing_id", "no_title"})
"""Why a line becomes a dead letter."""

_BOTH_ORDERS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le", b"\0{": "utf-16-be"}
_RECEIVED = re.compile(rb"\[!received reason=([a-z_]{1,30}) bytes=([0-9]{1,15}) sha256=([0-9a-f]{64})\] ")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one page held. `warnings` counts repairs by reason."""

    listings: Listings
    dead_letters: list[DeadLetter]
    warnings: dict[str, int]

    @property
    def lines(self) -> list[int]:
        """The line of each listing, counted from 1."""
        lines: list[int] = (self.listings.numbers + 1).tolist()
        return lines


def decode_page(page: Page) -> Decoded:
    """Decode every line of a page. Never raises on bad input."""
    body, encoding = page.body, _BOTH_ORDERS.get(page.body[:2])
    decoded = _read_lines(page, _as_utf_8(body))
    if encoding is not None:
        decoded.warnings["utf_16"] = 1
    if len(body) > MAX_PAGE_BYTES:
        decoded.warnings["page_over_limit"] = 1
    if len(decoded.listings) + len(decoded.dead_letters) > MAX_PAGE_LISTINGS:
        decoded.warnings["too_many_listings"] = 1
    return decoded


def line_of(page: Page, number: int) -> bytes:
    """The bytes of a line as decoding reads it, counted from 1; nothing where the page has no such line."""
    lines = _as_utf_8(page.body).split(b"\n")
    return lines[number - 1] if 1 <= number <= len(lines) else b""


def dead_letter(page: Page, reason: str, line: int, content: bytes) -> DeadLetter:
    """The start of what could not be screened, with its length, digest and place.

    Content that paging.py cut short carries a mark with what it was; anybody could write such a mark, which at worst
    makes a dead letter's length and hash untrue. Reasons stay our own words: they are counted under their names.
    """
    mark = _RECEIVED.match(content)
    marked = mark[1].decode() if mark else reason
    return DeadLetter(
        reason=marked if marked in REASONS else reason,
        line=line,
        head=content[mark.end() if mark else 0 :][:HEAD_BYTES],
        length=int(mark[2]) if mark else len(content),
        sha256=mark[3].decode() if mark else hashlib.sha256(content).hexdigest(),
        topic=page.topic,
        partition=page.partition,
        offset=page.offset,
        observed_at=page.observed_at,
        page=page.digest,
    )


def is_blank(line: bytes) -> bool:
    """Whether a line holds nothing: such lines are not counted."""
    return not line or line.isspace()


def _as_utf_8(body: bytes) -> bytes:
    encoding = _BOTH_ORDERS.get(body[:2])
    return body if encoding is None else body.decode(encoding, "replace").encode()


def _read_lines(page: Page, body: bytes) -> Decoded:
    lines = read_lines(body)
    warnings: Counter[str] = Counter()
    dead_letters = []
    shapes: Shapes = {}
    used = lines.plain.copy()
    cleaned: dict[int, dict[str, Any]] = {}
    for number in np.flatnonzero(~lines.plain).tolist():
        line = lines.content[lines.starts[number] : lines.ends[number]]
        if is_blank(line):
            continue
        try:
            cleaned[number] = decode_line(line, warnings, shapes)
            used[number] = True
        except UnusableListing as unusable:
            dead_letters.append(dead_letter(page, unusable.reason, number + 1, line))
    numbers = np.flatnonzero(used)
    if not numbers.size and not dead_letters:
        dead_letters.append(dead_letter(page, "empty_page", 0, body))
    places = np.searchsorted(numbers, list(cleaned)).tolist()
    read = dict(zip(places, cleaned.values(), strict=True))
    return Decoded(Listings(lines, numbers, read), dead_letters, warnings)


def decode_line(line: bytes, warnings: Counter[str], shapes: Shapes) -> dict[str, Any]:
    """One line as a clean listing.

    Raises:
        UnusableListing: there is nothing to screen, with the dead letter's reason.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return clean_listing(_recover(line, warnings), line, warnings)
    if type(value) is not dict:
        raise UnusableListing("not_an_object")
    return _clean(value, line, warnings, shapes)


def _clean(value: dict[str, Any], line: bytes, warnings: Counter[str], shapes: Shapes) -> dict[str, Any]:
    """The object that orjson made of the line, as a clean listing."""
    texts, is_plain = judge_listing(value, shapes)
    quotes = _count_quotes(line)
    if 2 * texts == quotes and is_plain and len(line) <= PLAIN_LINE_BYTES:
        return value
    if 2 * texts != quotes:
        recovered = read_listing(line)
        if "duplicate_key" in recovered.warnings:
            warnings["duplicate_key"] += 1
            value = recovered.value
    return clean_listing(value, line, warnings)


def _count_quotes(line: bytes) -> int:
    """How many quotes open or close a string in valid JSON; 0 for a line whose control characters must be replaced."""
    quotes = line.count(b'"')
    if b"\\" not in line:
        return quotes
    if b"\\\\" in line:
        line = line.replace(b"\\\\", b"")  # so that what follows a backslash belongs to it
    if b"\\u000" in line or b"\\u001" in line:
        return 0
    return quotes - line.count(b'\\"')


def _recover(line: bytes, warnings: Counter[str]) -> dict[str, Any]:
    recovered = read_listing(line)
    if not recovered.found:
        raise UnusableListing("not_json")
    warnings["repaired_json"] += 1
    warnings.update(recovered.warnings)
    return recovered.value
