"""The listing digest: a name for what the detectors read of a listing, so that the same content has the same name.

Canonical form: one JSON array without spaces, UTF-8, SHA-256 in hex over it:

    ["listing-1", title, description, brand, category, condition, lang, market, ships_from,
     [[attribute name, text], ... sorted by name and text], [seller id, name, uscc], [[path, url, pdq], ...]]

A field that is absent or null counts as "". Image URLs stand without query and fragment, PDQ in lower case; images
keep their order. Price, currency, dates, state, URLs of offer and seller, and fields we do not know are left out: a
changed price is the same content. Only clean listings (decode.py) may be digested.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import orjson

from detectors.records import Listing

_TEXTS = ("title", "description", "brand", "category", "condition", "lang", "market", "ships_from")
_QUERY = re.compile("[?#]")


def listing_digest(listing: Listing) -> str:
    """SHA-256 in hex over the fields that detectors read, as the module docstring writes them down."""
    attributes: Mapping[str, str] = listing.get("attributes") or {}
    seller: Mapping[str, str | None] = listing.get("seller") or {}
    canonical = [
        "listing-1",
        *(listing.get(name) or "" for name in _TEXTS),
        sorted([name, text or ""] for name, text in attributes.items()),
        [seller.get(name) or "" for name in ("id", "name", "uscc")],
        [_image(image) for image in listing.get("images") or ()],
    ]
    return hashlib.sha256(orjson.dumps(canonical)).hexdigest()


def _image(image: Mapping[str, str | None]) -> list[str]:
    url = _QUERY.split(image.get("url") or "", maxsplit=1)[0]
    return [image.get("path") or "", url, (image.get("pdq") or "").lower()]
