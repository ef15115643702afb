"""Keeps a gallery as the watchlist in force wants it: what a process needs that looks at pictures in the second tier.

follower = GalleryFollower(PictureStore(connections.operational), watchlist_follower.current, metrics)
tasks.create_task(follower.run())
see(data, follower.gallery, pays=...)            # at any time, from any thread
await follower.wait_loaded()                     # first, where nothing may be missed
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from detectors.pictures.copies import Exemplar
from detectors.pictures.gallery import Gallery
from detectors.pictures.keeping import unpacked
from detectors.pictures.thumbnails import KeepingError
from detectors.watchlist import Watchlist
from sinks.errors import StoreError
from sinks.operational.picture_store import PictureStore
from streams.metrics import GalleryMetrics
from streams.watchlist_log.follower import NotLoaded

logger = logging.getLogger(__name__)
POLL_SECONDS: Final = 0.25  # the watchlist is looked at so often, which costs nothing while its revision stays
RETRY_SECONDS: Final = 5.0
LOADED_AT_ONCE: Final = 2_000  # pictures: 28 MB until they are in the gallery


class GalleryFollower:
    """One gallery, which changes in place. Run `run` as a task."""

    def __init__(
        self,
        store: PictureStore,
        watchlist: Callable[[], Watchlist],
        metrics: GalleryMetrics,
    ) -> None:
        self._store = store
        self._watchlist = watchlist
        self._metrics = metrics
        self._seen: Watchlist | None = None
        self._unreadable: set[str] = set()
        self._loaded = asyncio.Event()
        self.gallery = Gallery()

    @property
    def revision(self) -> int:
        """The watchlist's revision that the gallery was made for; 0 before the first."""
        return self._seen.revision if self._seen else 0

    async def wait_loaded(self) -> None:
        """Until the gallery has held all pictures of a watchlist."""
        await self._loaded.wait()

    async def run(self) -> None:
        """Follow until cancelled. A store that is away is waited for; the gallery stays as it is."""
        while True:
            try:
                await self.follow()
            except NotLoaded:
                await asyncio.sleep(POLL_SECONDS)
            except StoreError as error:
                logger.warning("reading rights' pictures failed (%s); trying again", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await asyncio.sleep(POLL_SECONDS)

    async def follow(self) -> None:
        """Bring the gallery up to the watchlist in force, in a thread.

        Raises:
            NotLoaded: there is none yet.
            StoreError: the store is away; what was read so far is in the gallery.
        """
        watchlist = self._watchlist()
        if watchlist is not self._seen:
            if self._seen is None or watchlist.revision != self._seen.revision:
                await asyncio.to_thread(self.bring_up_to, watchlist)
            self._seen = watchlist
            self._loaded.set()

    def bring_up_to(self, watchlist: Watchlist) -> None:
        """Load what the gallery lacks and drop what nobody watches for. Blocking; for one caller at a time.

        Raises StoreError.
        """
        wanted = watchlist.picture_digests()
        self.gallery.keep_only(wanted)
        lacking = wanted - self.gallery.digests
        waiting: dict[str, Exemplar] = {}
        for chunk in self._store.features(lacking):
            waiting |= {digest: one for digest, content in chunk.items() if (one := self._unpacked(digest, content))}
            if len(waiting) >= LOADED_AT_ONCE:
                self.gallery.change(waiting)
                waiting = {}
        self.gallery.change(waiting)
        self._metrics.pictures.set(len(self.gallery))
        self._metrics.missing.set(len(wanted) - len(self.gallery))

    def _unpacked(self, digest: str, content: bytes) -> Exemplar | None:
        """None where it is damaged, which is our fault and said once: the other pictures are watched for."""
        try:
            return unpacked(content)
        except KeepingError as error:
            if digest not in self._unreadable:
                self._unreadable.add(digest)
                logger.error("the right's picture %s is found by its fingerprint only: %s", digest, error)  # noqa: TRY400
            return None
