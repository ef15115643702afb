"""A photograph, and a watchlist whose one right has it."""

from __future__ import annotations

from detectors.pictures.looking import watched_image
from detectors.watchlist import Watchlist, WatchlistBuilder
from tests.detectors.pictures.made import encoded, photograph

PICTURE = encoded(photograph(), "JPEG", quality=85)


def watching_the_photograph() -> Watchlist:
    image = watched_image(PICTURE)
    assert isinstance(image, dict)
    builder = WatchlistBuilder()
    right = {"right_id": "CN-D-1", "kind": "design", "images": [{"path": "bridge.jpg", **image}]}
    builder.apply({"revision": 1, "op": "put", "right": right})
    return builder.build()
