"""Reading pictures back: one that an alert names, and what was seen in those of some pages."""

from __future__ import annotations

from collections.abc import Collection

from detectors.pictures.seen import Seen
from sinks.clickhouse.columns import digest_bytes
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.picture_rows import SEEN_COLUMNS, seen_of

_CONTENT = "SELECT content FROM picture_evidence WHERE digest = unhex({digest:String}) LIMIT 1"
_LOOKS = f"""
SELECT lower(hex(page)), url, {SEEN_COLUMNS} FROM picture_looks
WHERE page IN (SELECT toFixedString(unhex(arrayJoin({{pages:Array(String)}})), 32))
ORDER BY first_wins DESC
LIMIT 1 BY page, platform, listing_id, image"""  # noqa: S608 - column names of our own
_SEEN = """
SELECT DISTINCT lower(hex(page)) FROM picture_looks
WHERE page IN (SELECT toFixedString(unhex(arrayJoin({pages:Array(String)})), 32))
    AND ({words:UInt8} = 0 OR lines != '[]')"""

PageLooks = dict[str, dict[str, Seen]]
"""By the page's digest and the picture's URL as the listing gives it."""


def read_picture(connection: Connection, digest: str) -> bytes | None:
    """The bytes of a picture that an alert names, by their SHA-256 in hex; None when they are not kept."""
    try:
        digest_bytes(digest)
    except ValueError:
        return None
    rows = connection.query(_CONTENT, {"digest": digest}, as_bytes=True)
    return rows[0][0] if rows else None


def read_looks(connection: Connection, pages: Collection[str]) -> PageLooks:
    """What was seen in the pictures of pages, as far as it is kept."""
    found: PageLooks = {}
    if pages:
        for page, url, *seen in connection.query(_LOOKS, {"pages": list(pages)}):
            found.setdefault(page, {})[url] = seen_of(seen)
    return found


def pages_with_looks(connection: Connection, pages: Collection[str], *, words_only: bool) -> set[str]:
    """Those of the pages of whose pictures it is kept what was seen, or only those with words that were read."""
    values = {"pages": list(pages), "words": int(words_only)}
    return {page for (page,) in connection.query(_SEEN, values)} if pages else set()
