"""What happens to one message of topic `pictures`: fetched, looked at, kept, screened, and its alerts acknowledged.

What was seen is stored before the watchlist is taken that screens it. That has all that the operational database had
once it was stored, so a right is either known to the pass or is swept for later. An alert's pictures are stored before
the alert is sent, so that nobody meets an alert without them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from yarl import URL

from detectors.decode import decode_page
from detectors.pictures.seen import Looks, Seen
from detectors.records import Alert, Listing, Page, Screening
from detectors.watchlist import Watchlist
from sinks.clickhouse.picture_rows import EvidenceRow, LookRow
from sinks.errors import StoreError
from streams.broker.batches import Message
from streams.broker.messages import dead_letter_bytes, result_messages, whole_page_dead
from streams.fetching.tasks import PictureTask, picture_urls, unpack
from streams.fetching.urls import shown
from streams.log_lines.traces import tracing
from streams.metrics import PictureMetrics
from streams.pictures.fetching import Picture, PictureFetching
from streams.pictures.storing import PictureTables
from streams.worker.handling import Handling
from streams.worker.screener import Clock, observed_at

logger = logging.getLogger(__name__)
STAGE = "screen_pictures"
READING = "read_pictures"
WATCHLIST_SECONDS = 60.0  # so long a watchlist is waited for that is as new as it must be
LOOK_AGAIN_SECONDS = 0.05

ScreenPictures = Callable[[Page, Watchlist, Looks], Screening]


@dataclass(frozen=True, slots=True)
class _Work:
    """A message, read: its task, its listings, and the risk of each URL to fetch."""

    task: PictureTask
    listings: Sequence[Listing]
    risks: dict[str, float]


@dataclass(kw_only=True)
class PictureScreener:
    """Handles messages; several may be in hand at once."""

    screen: ScreenPictures
    watchlist: Callable[[], Watchlist]
    newest: Callable[[], int]  # the operational database's revision; blocking, raises StoreError
    fetching: PictureFetching
    store: PictureTables
    handling: Handling
    metrics: PictureMetrics
    clock: Clock
    shed_seconds: float  # a message older than this is too late for pictures that nothing speaks for
    keep_days: int  # what was seen is of use to sweeps for so long; 0: it is not kept

    async def handle(self, body: bytes, timestamp_ms: int, place: tuple[str, int, int]) -> None:
        """See to everything about the message. `place` is its topic, partition and offset."""
        page = Page(body, observed_at(timestamp_ms), *place)
        await self.handling.guard(self._handle(page), page)

    async def _handle(self, message: Page) -> None:
        work = await self.handling.attempt(READING, message, partial(_read, message.body))
        if not isinstance(work, _Work):
            await self._bury(message, "pictures_unreadable")
            return
        with tracing(work.task.page):  # from here on it is about the page that the listings came on
            await self._see_to(message, work)

    async def _see_to(self, message: Page, work: _Work) -> None:
        page = work.task.page
        pictures = await self.fetching.pictures(self._worth_fetching(message, work.risks), self.watchlist())
        await self.store.insert_looks(list(self._look_rows(work, pictures)))
        started = time.perf_counter()
        watchlist = await self._watchlist_since(max(work.task.revision, await self._newest()))
        looks = {url: picture.seen for url, picture in pictures.items()}
        screening = await self.handling.attempt(STAGE, page, partial(self.screen, page, watchlist, looks))
        if screening is None:
            await self._bury(page, "pictures_failed")
            return
        self.metrics.stages.took(STAGE, time.perf_counter() - started)
        await self._keep_evidence(screening.alerts, pictures)
        await self.handling.send(page, result_messages(page, screening, self.handling.topics))
        logger.debug("pictures screened at revision %d: %d alerts", watchlist.revision, len(screening.alerts))
        self._count(page, screening)

    def _worth_fetching(self, message: Page, risks: dict[str, float]) -> dict[str, float]:
        """Of a message that waited too long only the pictures of listings whose texts alert: the queue must end."""
        if (self.clock() - message.observed_at).total_seconds() <= self.shed_seconds:
            return risks
        kept = {url: risk for url, risk in risks.items() if risk > 0}
        self.metrics.pictures.labels("shed_old").inc(len(risks) - len(kept))
        return kept

    async def _bury(self, page: Page, reason: str) -> None:
        self.metrics.stages.dropped(STAGE, reason, 1)
        letter = dead_letter_bytes(whole_page_dead(page, reason))
        await self.handling.send(page, [Message(self.handling.topics.dead, page.digest.encode(), letter)])

    async def _newest(self) -> int:
        """A sweep may have passed this page already for a right that the watchlist's log does not have yet."""
        try:
            return await asyncio.to_thread(self.newest)
        except StoreError as error:
            self.metrics.watchlist_behind.inc()
            logger.warning("pictures are screened without asking how new their watchlist must be: %s", error)
            return 0

    async def _watchlist_since(self, revision: int) -> Watchlist:
        """A right that the texts were screened with, or that was swept for, must be known here too."""
        deadline = time.monotonic() + WATCHLIST_SECONDS
        while (watchlist := self.watchlist()).revision < revision:
            if time.monotonic() > deadline:
                self.metrics.watchlist_behind.inc()
                logger.error("pictures are screened at revision %d, which should be %d by now: is the watchlist log "
                             "published and followed?", watchlist.revision, revision)  # fmt: skip
                break
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return watchlist

    def _look_rows(self, work: _Work, pictures: Mapping[str, Picture]) -> Iterator[LookRow]:
        if not self.keep_days:
            return
        kept_until = self.clock() + timedelta(days=self.keep_days)
        for listing in work.listings:
            for number, image in enumerate(listing.get("images") or ()):
                picture = pictures.get(image.get("url") or "")
                if picture is not None and isinstance(picture.seen, Seen):
                    yield LookRow(
                        page=work.task.page.digest,
                        platform=listing["platform"],
                        listing_id=listing["listing_id"],
                        image=number,
                        url=image["url"],
                        seen=picture.seen,
                        fetched_at=picture.fetched_at,
                        kept_until=kept_until,
                    )

    async def _keep_evidence(self, alerts: Sequence[Alert], pictures: Mapping[str, Picture]) -> None:
        """The pictures that the alerts name, each once."""
        named = {reason.picture for alert in alerts for reason in alert.reasons if reason.picture}
        rows: dict[str, EvidenceRow] = {}
        for url, picture in pictures.items():
            seen = picture.seen
            if isinstance(seen, Seen) and seen.digest in named and seen.digest not in rows:
                content = picture.content if picture.content is not None else await self._content(url, seen.digest)
                if content is not None:
                    rows[seen.digest] = _evidence_row(picture, seen, content)
        is_stored = await self.store.insert_evidence(list(rows.values()))
        self.metrics.evidence.labels("stored" if is_stored else "refused").inc(len(rows))
        self.metrics.evidence.labels("lost").inc(len(named - rows.keys()))

    async def _content(self, url: str, digest: str) -> bytes | None:
        fetched = await self.fetching.again(url, digest)
        return fetched.content if fetched is not None else None

    def _count(self, page: Page, screening: Screening) -> None:
        metrics, stages = self.metrics, self.metrics.stages
        stages.received(STAGE, screening.listings)
        stages.sent(STAGE, len(screening.alerts))
        for reason, number in screening.screened.items():
            stages.dropped(STAGE, reason, number)
        for reason, number in screening.warnings.items():
            metrics.warnings.labels(reason).inc(number)
        metrics.messages.inc()
        metrics.alerts.inc(len(screening.alerts))
        if screening.alerts:
            metrics.alert_latency.observe(max(0.0, (self.clock() - page.observed_at).total_seconds()))


def _read(body: bytes) -> _Work | str:
    """The message's work; a text where it is no message of ours."""
    task = unpack(body)
    if task is None:
        return "unreadable"
    decoded = decode_page(task.page)
    risks: dict[str, float] = {}
    for listing, line in zip(decoded.listings, decoded.lines, strict=True):
        for url in picture_urls(listing):
            risks[url] = max(risks.get(url, 0.0), task.risk(line - 1))
    return _Work(task, decoded.listings, risks)


def _evidence_row(picture: Picture, seen: Seen, content: bytes) -> EvidenceRow:
    height, width = seen.size
    return EvidenceRow(
        digest=seen.digest,
        content=content,
        media_type=picture.media_type,
        url=shown(URL(picture.final_url)),
        width=round(width),
        height=round(height),
        fetched_at=picture.fetched_at,
    )
