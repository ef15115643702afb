"""Raw NDJSON lines batched into page bodies, for feeds and files: no page over its limits, no line lost.

Pure: an iterator in, an iterator out. A line too long for any page is shrunk: read tolerantly, cleaned by the rules
of decode.py, which bound every text, and written again with `"_received": {"bytes", "sha256"}` of the line as it
came. Decoding the shrunk line gives the same clean listing, so the same matches and the same digest, as decoding
the original would. What cannot be screened at all goes on as its first 64 KiB behind a mark, `[!received ...] `, that
tells decode.py the true reason, length and hash for the dead letter.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from detectors.clean import OPTIONAL_FIELDS, UnusableListing
from detectors.decode import HEAD_BYTES, MAX_PAGE_BYTES, MAX_PAGE_LISTINGS, decode_line, is_blank

_KEPT = ("platform", "listing_id", "title", *OPTIONAL_FIELDS)


def pages(
    lines: Iterable[bytes], *, max_listings: int = MAX_PAGE_LISTINGS, max_bytes: int = MAX_PAGE_BYTES
) -> Iterator[bytes]:
    """Page bodies of at most `max_listings` lines and `max_bytes` bytes, in order, blank lines left out.

    A shrunk line needs up to 850,000 bytes. Under a smaller `max_bytes` one that does not fit loses text from the
    end of its longest fields until it does, and is then no longer screened whole.

    Raises:
        ValueError: a limit leaves no room for a listing.
    """
    if max_listings < 1 or max_bytes < 4_096:
        raise ValueError(f"max_listings={max_listings}, max_bytes={max_bytes}: give at least 1 and 4096")
    batch: list[bytes] = []
    size = 0
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if is_blank(line):
            continue
        if len(line) > max_bytes:
            line = shrink_line(line, max_bytes)
        if batch and (len(batch) == max_listings or size + len(line) > max_bytes):
            yield b"\n".join(batch)
            batch, size = [], 0
        batch.append(line)
        size += len(line) + 1
    if batch:
        yield b"\n".join(batch)


def shrink_line(line: bytes, max_bytes: int = MAX_PAGE_BYTES) -> bytes:
    """One line that fits, and what it was: see the module's docstring."""
    sha256 = hashlib.sha256(line).hexdigest()
    try:
        listing = decode_line(line, Counter(), {})
    except UnusableListing as unusable:
        mark = f"[!received reason={unusable.reason} bytes={len(line)} sha256={sha256}] ".encode()
        return mark + line[: min(HEAD_BYTES, max_bytes - len(mark))]
    kept = {name: listing[name] for name in _KEPT if listing.get(name) is not None}
    kept["_received"] = {"bytes": len(line), "sha256": sha256}
    shrunk = orjson.dumps(kept)
    while len(shrunk) > max_bytes:
        _halve(kept)
        shrunk = orjson.dumps(kept)
    return shrunk


def _halve(listing: dict[str, Any]) -> None:
    """Cut the field that takes most room to half; ids stay whole."""
    names = [name for name in listing if name not in ("platform", "listing_id", "_received")]
    name = max(names, key=lambda candidate: len(orjson.dumps(listing[candidate])))
    value = listing[name]
    if isinstance(value, str | list) and len(value) > 1:
        listing[name] = value[: len(value) // 2]
    elif isinstance(value, dict) and len(value) > 1:
        listing[name] = dict(list(value.items())[: len(value) // 2])
    else:
        listing.pop(name)
