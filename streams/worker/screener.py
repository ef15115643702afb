"""What happens to one page in a worker: screened, its results acknowledged by the broker, then counted.

Nothing leaves `handle` but the end of the process: Faust acknowledges a message whose handling raised, so an exception
that escaped would lose the page. `streams/worker/app.py` calls this from the agent's body.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.broker.batches import Message
from streams.broker.messages import dead_letter_bytes, proof_message, result_messages, whole_page_dead
from streams.broker.producer import Sender
from streams.broker.topics import Topics
from streams.fetching.tasks import picture_messages
from streams.metrics import WorkerMetrics
from streams.worker.handling import End, Handling
from streams.worker.in_hand import InHand

logger = logging.getLogger(__name__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MILLISECOND = 10_000_000_000_000  # in the year 2286; every store of ours takes it
STAGE = "screen"
PICTURES_STAGE = "send_pictures"

ScreenPage = Callable[[Page, Watchlist], Screening]
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Progress:
    """How far this worker is. Written in the event loop, read by the watchdog's thread and the pulse."""

    pages: int = 0
    listings: int = 0
    matches: int = 0
    alerts: int = 0
    refusals: int = 0  # tries to send that the broker did not acknowledge: no page gets through, and nothing is stalled
    last_observed_at: datetime | None = None
    positions: dict[tuple[str, int], int] = field(default_factory=dict)  # next offset of each partition


@dataclass(kw_only=True)
class PageScreener:
    """Handles pages one after the other."""

    screen: ScreenPage
    watchlist: Callable[[], Watchlist]
    sender: Sender
    topics: Topics
    metrics: WorkerMetrics
    worker_id: str
    clock: Clock
    executor: Executor  # one thread: the kernels give up the interpreter lock, and the event loop stays free
    is_stopping: Callable[[], bool]
    end: End  # ends the process at once, without a commit, so that the page is replayed
    max_pause_seconds: float = 10.0
    failed_pages_limit: int = 20
    asks_for_pictures: bool = False  # whether pictures behind URLs are sent on to be fetched
    reads_words: bool = False  # whether the words in them are read, which may be of any right
    in_hand: InHand | None = None
    prepared: Callable[[], Awaitable[None]] | None = None  # a page waits for it before it is in hand; it may raise
    progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        self._handling = Handling(
            sender=self.sender,
            topics=self.topics,
            stages=self.metrics.stages,
            executor=self.executor,
            is_stopping=self.is_stopping,
            end=self.end,
            max_pause_seconds=self.max_pause_seconds,
            failed_pages_limit=self.failed_pages_limit,
            in_hand=self.in_hand,
            on_refusal=self._refused,
        )

    def _refused(self) -> None:
        self.progress.refusals += 1

    async def handle(self, body: bytes, timestamp_ms: int, place: tuple[str, int, int]) -> None:
        """Screen the page and have everything about it acknowledged. `place` is topic, partition, offset."""
        page = Page(body, observed_at(timestamp_ms), *place)
        await self._handling.guard(self._handle(page), page)

    async def _handle(self, page: Page) -> None:
        if self.prepared is not None:
            await self.prepared()
        started = time.perf_counter()
        watchlist = self.watchlist()
        screening = await self._screen(page, watchlist)
        ends = await self._handling.send(page, result_messages(page, screening, self.topics))
        await self._send_pictures(page, screening, watchlist)
        screened_by = {"revision": watchlist.revision, "versions": dict(watchlist.versions), "worker": self.worker_id}
        await self._handling.send(page, [proof_message(page, screening, self.topics, screened_by, ends)])
        logger.debug(
            "screened at revision %d: %d listings, %d alerts, %d dead letters",
            *(watchlist.revision, screening.listings, len(screening.alerts), len(screening.dead_letters)),
        )
        self._count(page, screening, time.perf_counter() - started)

    async def _screen(self, page: Page, watchlist: Watchlist) -> Screening:
        screening = await self._handling.attempt(STAGE, page, partial(self.screen, page, watchlist))
        return screening or Screening(dead_letters=(whole_page_dead(page, "screening_failed"),))

    async def _send_pictures(self, page: Page, screening: Screening, watchlist: Watchlist) -> None:
        """What is still to be fetched goes on, once all that the texts raised is acknowledged."""
        if not self.asks_for_pictures or not screening.listings or not (watchlist.has_pictures or self.reads_words):
            return
        make = partial(picture_messages, page, screening.alerts, watchlist.revision)
        bodies = await self._handling.attempt(PICTURES_STAGE, page, make)
        if bodies is None:
            self.metrics.stages.dropped(PICTURES_STAGE, "failed", 1)
            letter = dead_letter_bytes(whole_page_dead(page, "pictures_failed"))
            await self._handling.send(page, [Message(self.topics.dead, page.digest.encode(), letter)])
        elif bodies:
            key = page.digest.encode()
            await self._handling.send(page, [Message(self.topics.pictures, key, body) for body in bodies])
            self.metrics.stages.sent(PICTURES_STAGE, len(bodies))

    def _count(self, page: Page, screening: Screening, seconds: float) -> None:
        stages, metrics, progress = self.metrics.stages, self.metrics, self.progress
        stages.received(STAGE, screening.listings + len(screening.dead_letters))
        stages.sent(STAGE, len(screening.alerts))
        stages.took(STAGE, seconds)
        for reason, number in screening.screened.items():
            stages.dropped(STAGE, reason, number)
        for letter in screening.dead_letters:
            stages.dropped(STAGE, letter.reason, 1)
        for reason, number in screening.warnings.items():
            metrics.warnings.labels(reason).inc(number)
        metrics.pages.inc()
        metrics.listings.inc(screening.listings)
        metrics.matches.inc(screening.matches)
        metrics.alerts.inc(len(screening.alerts))
        if screening.alerts:
            metrics.alert_latency.observe(max(0.0, (self.clock() - page.observed_at).total_seconds()))
        progress.pages += 1
        progress.listings += screening.listings
        progress.matches += screening.matches
        progress.alerts += len(screening.alerts)
        progress.last_observed_at = page.observed_at
        progress.positions[page.topic, page.partition] = page.offset + 1


def observed_at(timestamp_ms: int) -> datetime:
    """The broker's timestamp as a moment. A missing (-1) or absurd one becomes the nearest that can be stored."""
    return EPOCH + timedelta(milliseconds=min(max(timestamp_ms, 0), LAST_MILLISECOND))
