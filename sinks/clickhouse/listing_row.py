"""A listing as its narrow row in the `listings` table. Pure functions, no I/O. Values are hostile: bounded, or null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from detectors.records import Listing, Page
from sinks.text import storable

MAX_WORD = 100  # code points kept of a category, currency, market, state or condition
MAX_ID = 1_000  # code points kept of a seller's id


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRow:
    """One listing seen on one page; `line` is its 1-based line, `listing_digest` and `page` are SHA-256 in hex."""

    platform: str
    listing_id: str
    page: str
    line: int
    listing_digest: str
    observed_at: datetime
    seller_id: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    market: str = ""
    state: str = ""
    condition: str = ""
    listed_at: datetime | None = None


def listing_row(listing: Listing, page: Page, line: int, listing_digest: str) -> ListingRow:
    """The row for a decoded listing. Only platform and listing_id must be there; the rest may have any form."""
    seller = listing.get("seller")
    return ListingRow(
        platform=listing["platform"],
        listing_id=listing["listing_id"],
        page=page.digest,
        line=line,
        listing_digest=listing_digest,
        observed_at=page.observed_at,
        seller_id=_word(seller.get("id"), MAX_ID) if isinstance(seller, Mapping) else "",
        price=_price(listing.get("price")),
        currency=_word(listing.get("currency")),
        category=_word(listing.get("category")),
        market=_word(listing.get("market")),
        state=_word(listing.get("state")),
        condition=_word(listing.get("condition")),
        listed_at=_moment(listing.get("listed_at")),
    )


def _word(value: Any, limit: int = MAX_WORD) -> str:
    return storable(value[:limit]) if isinstance(value, str) else ""


def _price(value: Any) -> float | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or (isinstance(value, str) and len(value) > 40)
    ):
        return None
    try:
        price = float(value)
    except (ValueError, OverflowError):
        return None
    return price if math.isfinite(price) else None


def _moment(value: Any) -> datetime | None:
    """A date and time; one without a zone is taken as UTC, one outside 1900 to 2299 has no place in the column."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1900 <= moment.year <= 2298 else None
