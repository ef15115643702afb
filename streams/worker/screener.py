"""What happens to one page in a worker: screened, its results acknowledged by the broker, then counted.

Nothing leaves `handle` but the end of the process: Faust acknowledges a message whose handling raised, so an exception
that escaped would lose the page. `streams/worker/app.py` calls this from the agent's body.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.broker.messages import dead_letter_bytes, proof_message, result_messages, whole_page_dead
from streams.broker.producer import Message, Sender
from streams.broker.retry import Retry
from streams.broker.topics import Topics
from streams.metrics import WorkerMetrics

logger = logging.getLogger(__name__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MILLISECOND = 10_000_000_000_000  # in the year 2286; every store of ours takes it
OWN_FAULT_EXIT = 70
STOPPED_UNSENT_EXIT = 75
STAGE = "screen"

ScreenPage = Callable[[Page, Watchlist], Screening]
End = Callable[[int], NoReturn]
Clock = Callable[[], datetime]


class Unsent(Exception):
    """The broker did not acknowledge everything; the rest is sent again."""


@dataclass(slots=True)
class Progress:
    """How far this worker is. Written in the event loop, read by the watchdog's thread and the pulse."""

    pages: int = 0
    listings: int = 0
    matches: int = 0
    alerts: int = 0
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
    progress: Progress = field(default_factory=Progress)
    _failed_in_a_row: int = 0

    async def handle(self, body: bytes, timestamp_ms: int, place: tuple[str, int, int]) -> None:
        """Screen the page and have everything about it acknowledged. `place` is topic, partition, offset."""
        page = Page(body, observed_at(timestamp_ms), *place)
        try:
            await self._handle(page)
        except Exception:
            logger.critical(
                "%s/%d@%d cannot be handled: the fault is ours; ending without a commit, so that it is screened again",
                *place,
                exc_info=True,
            )
            self.end(OWN_FAULT_EXIT)

    async def _handle(self, page: Page) -> None:
        started = time.perf_counter()
        watchlist = self.watchlist()
        screening = await self._screen(page, watchlist)
        ends = await self._send(page, result_messages(page, screening, self.topics))
        screened_by = {"revision": watchlist.revision, "versions": dict(watchlist.versions), "worker": self.worker_id}
        await self._send(page, [proof_message(page, screening, self.topics, screened_by, ends)])
        self._count(page, screening, time.perf_counter() - started)

    async def _screen(self, page: Page, watchlist: Watchlist) -> Screening:
        loop = asyncio.get_running_loop()
        for attempt in (1, 2):
            try:
                screening = await loop.run_in_executor(self.executor, self.screen, page, watchlist)
            except Exception as error:  # noqa: BLE001 - whatever it is, the page must not be lost
                _log_failure(page, attempt, error)
                self.metrics.stages.retried(STAGE)
            else:
                self._failed_in_a_row = 0
                return screening
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= self.failed_pages_limit:
            logger.critical(
                "screening failed for %d pages in a row: the fault is ours; ending without a commit, so that they are "
                "screened again. See the errors above; `rightswatch doctor` checks the installation",
                self._failed_in_a_row,
            )
            self.end(OWN_FAULT_EXIT)
        return Screening(dead_letters=(whole_page_dead(page, "screening_failed"),))

    async def _send(self, page: Page, messages: list[Message]) -> dict[TopicPartition, int]:
        """Where the messages end in their topics, once all are acknowledged; asks again only for what is not."""
        remaining = [self._fitting(page, message) for message in messages]
        ends: dict[TopicPartition, int] = {}

        async def attempt() -> None:
            nonlocal remaining
            sent = await self.sender.send_all(remaining)
            remaining = sent.unsent
            ends.update(sent.ends)
            if remaining:
                raise Unsent(f"{len(remaining)} of {len(messages)} messages not acknowledged")

        retry = Retry(
            what="sending a page's results to the broker",
            errors=(Unsent, KafkaError, OSError),
            max_pause_seconds=self.max_pause_seconds,
            on_failure=lambda: self.metrics.stages.retried("send"),
            give_up=self.is_stopping,
        )
        try:
            await retry.run(attempt)
        except (Unsent, KafkaError, OSError):
            logger.warning("stopping while the broker is away: the page is not committed and will be screened again")
            self.end(STOPPED_UNSENT_EXIT)
        return ends

    def _fitting(self, page: Page, message: Message) -> Message:
        """The message, or in its place the proof that it could not be sent: the broker would never take it."""
        if self.sender.fits(message):
            return message
        self.metrics.stages.dropped("send", "too_large", 1)
        letter = whole_page_dead(page, "result_too_large")
        return Message(self.topics.dead, message.key, dead_letter_bytes(letter))

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


def _log_failure(page: Page, attempt: int, error: Exception) -> None:
    logger.error(
        "screening %s/%d@%d failed (try %d of 2)", page.topic, page.partition, page.offset, attempt, exc_info=error
    )
