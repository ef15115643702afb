"""Keeps the pictures of rights that are read from a file, packed for the second tier, with a preview for people."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from detectors.pictures.gallery import Gallery
from detectors.pictures.keeping import packed, unpacked
from detectors.pictures.looking import Watched
from sinks.operational.picture_store import CHUNK, PictureStore, StoredPicture


class PictureKeeper:
    """Puts pictures into the store, many at a time; what it has been given is there after `flush`.

    Raises (every method): StoreError, as the store does.
    """

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._waiting: dict[str, StoredPicture] = {}

    def keep(self, pictures: Sequence[Watched]) -> None:
        """Those that the store has are not worked on again."""
        wanted = {one.digest: one for one in pictures if one.digest not in self._waiting}
        for digest in sorted(self._store.missing(wanted)):
            self._waiting[digest] = _stored(wanted[digest])
        if len(self._waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        self._store.add(list(self._waiting.values()))
        self._waiting = {}


def gallery_of(store: PictureStore, digests: Collection[str]) -> Gallery:
    """Those of the pictures that the store has: what a replay looks for again, since none is ever thrown away.

    Whatever else a gallery holds, a picture is found at the same place; among fewer pictures none is overlooked.

    Raises:
        KeepingError: one of them is damaged.
        StoreError: as the store does.
    """
    chunks = store.features(digests)
    return Gallery({digest: unpacked(content) for chunk in chunks for digest, content in chunk.items()})


def _stored(picture: Watched) -> StoredPicture:
    height, width = picture.picture.height, picture.picture.width
    features = packed(picture.exemplar)
    return StoredPicture(digest=picture.digest, features=features, preview=picture.preview, height=height, width=width)
