"""The demo's feed: real listings as if newly listed, without end. The content is made in `streams/demo/`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from detectors.records import timestamp_text
from streams.demo.stream import SEED, demo_listings
from streams.feeds.base import Cursor, FeedPage

SHARE = 0.02  # of made listings, see streams/demo/README.md


class DemoFeed:
    """Goes on where it stopped: the same seed gives the same listings, so the cursor is a count."""

    name = "demo"

    def __init__(self, clock: Callable[[], datetime], share: float = SHARE, seed: int = SEED) -> None:
        self._clock = clock
        self._share = share
        self._seed = seed

    async def pages(self, cursor: Cursor | None, page_listings: Callable[[], int]) -> AsyncIterator[FeedPage]:
        sent = int(cursor["listings"]) if cursor else 0
        listings = islice(demo_listings(self._share, self._seed), sent, None)
        while batch := list(islice(listings, page_listings())):
            sent += len(batch)
            yield FeedPage(self._body(batch), len(batch), {"listings": sent})

    def _body(self, batch: list[dict[str, Any]]) -> bytes:
        listed_at = timestamp_text(self._clock())
        return b"\n".join(orjson.dumps({**listing, "listed_at": listed_at}) for listing in batch)
