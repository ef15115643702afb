"""What of a listing the peers look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text_of(listing: Mapping[str, Any]) -> str:
    """Its title, description, brand and attributes."""
    parts = [listing["title"], listing.get("description"), listing.get("brand")]
    parts += (listing.get("attributes") or {}).values()
    return "\n".join(str(part) for part in parts if part)
