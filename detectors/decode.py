"""A page of bytes made into listings: the first step of the flow, and its hot path.

Every non-blank line comes out either as a listing with clean fields (clean.py says what that means) or as a dead
letter with a reason; nothing is lost silently. Lines are separated by a line feed alone.

Two ways lead to the same result. A page of nothing but objects is decoded by one call of orjson, with commas for its
line feeds, and its lines are told apart and judged by a kernel that looks at the bytes alone (lines.py). A line in
doubt, and every line of any other page, is judged as an object (plain.py), and what orjson refuses is read by
recover.py. A name given twice would hide the first value: the quotes in the bytes are counted against the texts that
were decoded, and where they differ recover.py, which keeps both, reads the line.

Measured beside `orjson.loads` line by line of the same page: 1.6 for small listings and 1.5 for full ones, of which
orjson itself 0.75 and 1.1, the kernel 0.4 (judging objects alone took 2.0 and 2.5). A quarter of the rest is Python's
garbage collector, which counts the new objects.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from detectors.clean import UnusableListing, clean_listing
from detectors.lines import doubtful_lines
from detectors.plain import PLAIN_LINE_BYTES, Shapes, judge_listing
from detectors.records import DeadLetter, Page
from detectors.recover import read_listing

HEAD_BYTES = 65_536
MAX_PAGE_BYTES = 900_000
MAX_PAGE_LISTINGS = 1_000

_BOTH_ORDERS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"{\0": "utf-16-le", b"\0{": "utf-16-be"}
_RECEIVED = re.compile(rb"\[!received reason=([a-z_]{1,30}) bytes=([0-9]{1,15}) sha256=([0-9a-f]{64})\] ")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one page held. `lines[i]` is the 1-based line of `listings[i]`; `warnings` counts repairs by reason."""

    listings: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)


def decode_page(page: Page) -> Decoded:
    """Decode every line of a page. Never raises on bad input."""
    body, encoding = page.body, _BOTH_ORDERS.get(page.body[:2])
    if encoding is None:
        decoded = _decode_whole(body)
        if decoded is None:
            decoded = _decode_lines(page, body)
    else:
        decoded = _decode_lines(page, body.decode(encoding, "replace").encode())
        decoded.warnings["utf_16"] = 1
    if len(body) > MAX_PAGE_BYTES:
        decoded.warnings["page_over_limit"] = 1
    if len(decoded.listings) + len(decoded.dead_letters) > MAX_PAGE_LISTINGS:
        decoded.warnings["too_many_listings"] = 1
    return decoded


def dead_letter(page: Page, reason: str, line: int, content: bytes) -> DeadLetter:
    """The start of what could not be screened, with its length, digest and place.

    Content that paging.py cut short carries a mark with what it was; anybody could write such a mark, which at worst
    makes a dead letter's length and hash untrue.
    """
    mark = _RECEIVED.match(content)
    return DeadLetter(
        reason=mark[1].decode() if mark else reason,
        line=line,
        head=content[mark.end() if mark else 0 :][:HEAD_BYTES],
        length=int(mark[2]) if mark else len(content),
        sha256=mark[3].decode() if mark else hashlib.sha256(content).hexdigest(),
        topic=page.topic,
        partition=page.partition,
        offset=page.offset,
        observed_at=page.observed_at,
    )


def is_blank(line: bytes) -> bool:
    """Whether a line holds nothing: such lines are not counted."""
    return not line or line.isspace()


def _decode_whole(body: bytes) -> Decoded | None:
    """The page at one stroke, or None when it must go line by line."""
    if body.endswith(b"\n"):
        body = body[:-1]
    try:
        listings: list[Any] = orjson.loads(b"[" + body.replace(b"\n", b",") + b"]")
    except orjson.JSONDecodeError:
        return None
    doubtful = doubtful_lines(body, len(listings)) if listings else None
    if doubtful is None:
        return None
    warnings: Counter[str] = Counter()
    shapes: Shapes = {}
    lines = body.split(b"\n") if doubtful else []
    for position in doubtful:
        try:
            listings[position] = _clean(listings[position], lines[position], warnings, shapes)
        except UnusableListing:
            return None
    return Decoded(listings, list(range(1, len(listings) + 1)), [], warnings)


def _decode_lines(page: Page, body: bytes) -> Decoded:
    warnings: Counter[str] = Counter()
    decoded = Decoded(warnings=warnings)
    shapes: Shapes = {}
    for number, line in enumerate(body.split(b"\n"), 1):
        if is_blank(line):
            continue
        try:
            decoded.listings.append(decode_line(line, warnings, shapes))
            decoded.lines.append(number)
        except UnusableListing as unusable:
            decoded.dead_letters.append(dead_letter(page, unusable.reason, number, line))
    if not decoded.listings and not decoded.dead_letters:
        decoded.dead_letters.append(dead_letter(page, "empty_page", 0, body))
    return decoded


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
