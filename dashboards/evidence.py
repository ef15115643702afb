"""The listing as it was seen, taken out of the page that was kept. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from detectors.decode import decode_page
from detectors.digest import listing_digest
from detectors.records import Page, timestamp_text

KNOWN_FIELDS = (
    "platform",
    "listing_id",
    "url",
    "title",
    "description",
    "attributes",
    "category",
    "brand",
    "price",
    "currency",
    "condition",
    "lang",
    "seller",
    "state",
    "images",
    "ships_from",
    "market",
    "listed_at",
)
MAX_OTHER_FIELDS = 50
MAX_OTHER_TEXT = 2_000  # code points
MAX_RAW_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Evidence:
    """`listing` is None when the page does not hold the alert's listing, which should never be."""

    listing: dict[str, Any] | None
    page: dict[str, Any]


def evidence_of(page: Page, alert: Mapping[str, Any]) -> Evidence:
    """The alert's listing, decoded as the pipeline decoded it, and where it stands in the broker."""
    decoded = decode_page(page)
    place = {
        "digest": page.digest,
        "bytes": len(page.body),
        "topic": page.topic,
        "partition": page.partition,
        "offset": page.offset,
        "observed_at": timestamp_text(page.observed_at),
    }
    found = _position(decoded.listings, alert)
    if found is None:
        return Evidence(None, place)
    line = decoded.lines[found]
    raw = page.body.split(b"\n")[line - 1]
    place |= {"line": line, "raw": raw[:MAX_RAW_BYTES].decode("utf-8", "replace"), "raw_bytes": len(raw)}
    return Evidence(shown_listing(decoded.listings[found]), place)


def shown_listing(listing: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's fields as they are, which decoding made safe; any other as bounded text under `other`."""
    shown = {name: listing[name] for name in KNOWN_FIELDS if listing.get(name) is not None}
    others = [(name, value) for name, value in listing.items() if name not in KNOWN_FIELDS]
    if others:
        shown["other"] = {name[:MAX_OTHER_TEXT]: _as_text(value) for name, value in others[:MAX_OTHER_FIELDS]}
    return shown


def _position(listings: Sequence[Mapping[str, Any]], alert: Mapping[str, Any]) -> int | None:
    """An offer that stands twice in a page is told apart by its content."""
    identity = (alert["platform"], alert["listing_id"])
    places = [i for i, listing in enumerate(listings) if (listing["platform"], listing["listing_id"]) == identity]
    same = [place for place in places if listing_digest(listings[place]) == alert["listing_digest"]]
    return next(iter(same or places), None)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value[:MAX_OTHER_TEXT]
    try:
        return orjson.dumps(value).decode()[:MAX_OTHER_TEXT]
    except TypeError:  # too deep, or a number of more than 64 bits; the raw line shows it
        return "…"
