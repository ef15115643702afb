"""A photograph, and a watchlist whose one right has it."""

from __future__ import annotations

from detectors.pictures.gallery import Gallery
from detectors.pictures.looking import Watched, watch
from detectors.watchlist import Watchlist, WatchlistBuilder
from tests.detectors.pictures.made import encoded, photograph

PICTURE = encoded(photograph(), "JPEG", quality=85)


def watching_the_photograph() -> Watchlist:
    return watching(PICTURE)[0]


def watching(content: bytes) -> tuple[Watchlist, Gallery]:
    """A watchlist whose one right has that picture, and the gallery that goes with it."""
    picture = watch(content)
    assert isinstance(picture, Watched)
    builder = WatchlistBuilder()
    right = {"right_id": "CN-D-1", "kind": "design", "images": [{"path": "bridge.jpg", **picture.fields}]}
    builder.apply({"revision": 1, "op": "put", "right": right})
    return builder.build(), Gallery({picture.digest: picture.exemplar})
