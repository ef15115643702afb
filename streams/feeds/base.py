"""What a feed is. A new source of listings is a class with these two members and a line in `sources.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Cursor = Mapping[str, Any]
"""Where to go on after a page: whatever the feed needs, as JSON."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page that a feed yields, and where to go on behind it."""

    body: bytes  # NDJSON
    listings: int
    cursor: Cursor


class Feed(Protocol):
    """A source of listings. It only reads: the runner publishes, keeps the cursor and sets the rate."""

    @property
    def name(self) -> str:
        """Names the cursor's file: the same source must have the same name after a restart."""
        ...

    def pages(self, cursor: Cursor | None, page_listings: Callable[[], int]) -> AsyncIterator[FeedPage]:
        """Pages behind `cursor` (None: from the beginning), of at most `page_listings()` listings each.

        Ends when the source ends. May wait, never blocks the event loop for more than a page.

        Raises:
            FeedError: the source cannot be read, or the cursor does not fit it any more.
        """
        ...
