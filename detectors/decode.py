"""A page of bytes made into listings: the first step of the flow, and its hot path.

Every non-blank line comes out either as a listing with clean fields (clean.py says what that means) or as a dead
letter with a reason; nothing is lost silently. Lines are separated by a line feed alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from detectors.clean import UnusableListing, clean_listing
from detectors.records import DeadLetter, Page
from detectors.recover import read_listing

HEAD_BYTES = 65_536
MAX_PAGE_BYTES = 900_000
MAX_PAGE_LISTINGS = 1_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one page held. `lines[i]` is the 1-based line of `listings[i]`."""

    listings: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)


def decode_page(page: Page) -> Decoded:
    """Decode every line of a page. Never raises on bad input."""
    warnings: Counter[str] = Counter()
    if len(page.body) > MAX_PAGE_BYTES:
        warnings["page_over_limit"] += 1
    decoded = Decoded(warnings=warnings)
    for number, line in enumerate(page.body.split(b"\n"), 1):
        if line and not line.isspace():
            _decode_line(page, number, line, decoded, warnings)
    if len(decoded.listings) + len(decoded.dead_letters) > MAX_PAGE_LISTINGS:
        warnings["too_many_listings"] += 1
    if not decoded.listings and not decoded.dead_letters:
        decoded.dead_letters.append(dead_letter(page, "empty_page", 0, page.body))
    return decoded


def _decode_line(page: Page, number: int, line: bytes, decoded: Decoded, warnings: Counter[str]) -> None:
    try:
        value = _read(line, warnings)
        decoded.listings.append(clean_listing(value, line, warnings))
        decoded.lines.append(number)
    except UnusableListing as unusable:
        decoded.dead_letters.append(dead_letter(page, unusable.reason, number, line))


def _read(line: bytes, warnings: Counter[str]) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        recovered = read_listing(line)
        warnings.update(recovered.warnings)
        if not recovered.found:
            raise UnusableListing("not_json") from None
        return recovered.value
    if type(value) is not dict:
        raise UnusableListing("not_an_object")
    return value


def dead_letter(page: Page, reason: str, line: int, content: bytes) -> DeadLetter:
    """The start of what could not be screened, with its length, digest and place."""
    return DeadLetter(
        reason=reason,
        line=line,
        head=content[:HEAD_BYTES],
        length=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        topic=page.topic,
        partition=page.partition,
        offset=page.offset,
        observed_at=page.observed_at,
    )
