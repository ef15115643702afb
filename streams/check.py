"""One listing through the very same pipeline as the stream: what `POST /api/v1/check` answers with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from detectors.pictures.gallery import Gallery
from detectors.pictures.looking import see
from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.pictures.words import Reader, with_words
from streams.pipeline import screen_page


def check_page(
    body: bytes,
    pictures: Mapping[str, bytes],
    watchlist: Watchlist,
    observed_at: datetime,
    gallery: Gallery | None = None,
    reader: Reader | None = None,
) -> Screening:
    """Screen NDJSON listings that nobody streamed, and show also what was screened and why.

    pictures: the files that the listings name by path. gallery: what both tiers look for in every one of them: somebody
    is waiting for all there is. reader: reads the words in them.
    """
    looks = {path: with_words(see(data, gallery), data, reader) for path, data in pictures.items()}
    return screen_page(Page(body=body, observed_at=observed_at), watchlist, looks=looks, show_screened=True)


def make_checker(
    watchlist: Callable[[], Watchlist],
    gallery: Callable[[], Gallery | None] = lambda: None,
    reader: Reader | None = None,
) -> Callable[[bytes, Mapping[str, bytes], datetime], Awaitable[Screening]]:
    """A checker for the web process; `watchlist` and `gallery` give those in force at the moment of asking.

    The kernels give up the interpreter lock, so a thread keeps the event loop free.
    """

    async def check(body: bytes, pictures: Mapping[str, bytes], observed_at: datetime) -> Screening:
        return await asyncio.to_thread(check_page, body, pictures, watchlist(), observed_at, gallery(), reader)

    return check
