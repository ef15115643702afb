"""The desk's way to the rights' pictures: kept as `rights import` keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from detectors.pictures.looking import Watched
from sinks.operational.picture_store import PictureStore
from streams.watched_pictures import PictureKeeper


class DeskPictures:
    """Usable from any thread. Raises (every method): StoreError, as the store does."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store

    def keep(self, pictures: Sequence[Watched]) -> None:
        """They are in the store afterwards, those that were there as they were."""
        keeper = PictureKeeper(self._store)
        keeper.keep(pictures)
        keeper.flush()

    def missing(self, digests: Collection[str]) -> frozenset[str]:
        return self._store.missing(digests)

    def preview(self, digest: str) -> bytes | None:
        return self._store.preview(digest)
