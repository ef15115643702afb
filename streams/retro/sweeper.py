"""Sweeps the stored listings for rights that are new or widened, one batch of pages after the other.

One process at a time does it, whoever holds the lock. A batch counts as done once its alerts are stored, so a killed
sweep, a broker that lost its memory, and a store that was away all mean the same: the batch is done again, with the
same moment and so with the same alerts, and what is stored already is not raised again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from aiokafka.errors import KafkaError

from detectors.pictures.seen import Looks
from sinks.clickhouse.stored_pages import Proof, StoredPages
from sinks.errors import StoreRefused, StoreUnavailable
from sinks.operational.retro_store import RetroStore, Sweep
from sinks.operational.rights_store import RightsStore
from streams.broker.batches import Message
from streams.broker.ends import unread
from streams.broker.messages import dead_letter_bytes, whole_page_dead
from streams.broker.producer import Sender
from streams.broker.topics import topic_names
from streams.configuration.sections import KafkaSettings, RetroSettings
from streams.errors import BrokerError
from streams.log_lines.traces import about
from streams.metrics import RetroMetrics
from streams.pipeline import NO_LOOKS
from streams.retro.attempting import Attempts
from streams.retro.course import Course, Place
from streams.retro.scope import Attempt, Found, Scope, needs_sweep, offer_of, scope_of, screen_again, still_offered
from streams.worker.screener import Clock
from streams.writer.lanes import lane_group
from streams.writer.proofs import ResultsNotStored, stored_ends

logger = logging.getLogger(__name__)
STAGE = "retro"
PASSING = (StoreUnavailable, BrokerError, KafkaError, OSError, ResultsNotStored)
LONGEST_PAUSE_SECONDS = 10.0


class _Stopped(Exception):
    """The process ends while a batch's alerts are not stored yet: the batch is not counted."""


@dataclass(slots=True)
class _Running:
    """What this process knows of a sweep beside what is kept."""

    course: Course
    news_at: float  # when it was last through with a page
    scope: Scope | None = None


@dataclass(kw_only=True)
class Sweeper:
    """Run `run` as a task; it ends once `stop` is set."""

    store: RetroStore
    rights: RightsStore
    pages: StoredPages
    sender: Sender
    kafka: KafkaSettings
    settings: RetroSettings
    metrics: RetroMetrics
    clock: Clock
    stop: asyncio.Event
    monotonic: Callable[[], float] = time.monotonic
    on_step: Callable[[], None] = lambda: None  # told that it goes on, at least once for each batch
    attempt: Attempt = field(default_factory=Attempts)
    _running: dict[int, _Running] = field(default_factory=dict)

    async def run(self) -> None:
        """Sweep whenever there is something to sweep for. Stores and brokers that are away are waited for."""
        pause = self.settings.poll_seconds
        while not self.stop.is_set():
            try:
                await self._turn()
                pause = self.settings.poll_seconds
            except _Stopped:
                return
            except PASSING as error:
                logger.warning("sweeping failed (%s); trying again", error)
                self.metrics.stages.retried(STAGE)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            await self._rest(pause)

    async def _turn(self) -> None:
        """As long as there is a sweep to go on with, and as this process alone may."""
        self._running.clear()  # another process may have gone on meanwhile
        with self.store.lock() as held:
            while held and not self.stop.is_set():
                await self._take_changes()
                sweeps = await asyncio.to_thread(self._open_sweeps)
                await asyncio.to_thread(self._report)
                if not sweeps:
                    return
                went_on = [await self._go_on(sweep) for sweep in sweeps]
                if not any(went_on):
                    await self._rest(self.settings.poll_seconds)

    async def _take_changes(self) -> None:
        while not self.stop.is_set():
            taken = await asyncio.to_thread(self.store.take_changes, needs_sweep)
            if taken.left_sweeps:
                for running in self._running.values():
                    running.scope = None
            if not taken.changes:
                return

    def _open_sweeps(self) -> tuple[Sweep, ...]:
        """A new one begins once those before it have only late pages to wait for."""
        sweeps = self.store.open_sweeps()
        if all(self._know(sweep).course.passes for sweep in sweeps):
            begun = self.store.begin(self.clock(), self.settings.days)
            if begun is not None:
                logger.info("sweep %d begins: %d rights, watchlist revision %d", begun.id, begun.rights, begun.revision)
                return (*sweeps, begun)
        return sweeps

    def _know(self, sweep: Sweep) -> _Running:
        running = self._running.get(sweep.id)
        if running is None:
            read = partial(self._proofs, max(self.store.rights_of(sweep).values(), default=0))
            running = self._running[sweep.id] = _Running(Course(sweep.cursor, read), self.monotonic())
        return running

    def _proofs(self, below: int, after: Place, limit: int) -> list[Proof]:
        return self.pages.proofs(below, after, limit)

    async def _go_on(self, sweep: Sweep) -> bool:
        """One batch of a sweep; False when nothing was there to sweep, and then it may be done."""
        self.on_step()
        running = self._know(sweep)
        batch = await asyncio.to_thread(running.course.next_batch)
        may_end = not batch and self._has_settled(running) and await self._is_all_stored()
        if may_end:  # read once more: some of it was stored since
            batch = await asyncio.to_thread(running.course.next_batch)
        if batch and (scope := await asyncio.to_thread(self._scope, sweep, running)).rights:
            await self._sweep_by_halves(sweep, running.course, batch, scope)
            running.news_at = self.monotonic()
            return True
        if batch or may_end:
            await asyncio.to_thread(self.store.finish, sweep, self.clock())
            del self._running[sweep.id]
            self.metrics.sweeps.inc()
            logger.info("sweep %d is done: %d pages, %d alerts", sweep.id, sweep.pages, sweep.alerts)
        return False

    def _has_settled(self, running: _Running) -> bool:
        return self.monotonic() - running.news_at >= self.settings.settle_seconds

    async def _is_all_stored(self) -> bool:
        """Whether no proof waits for the writer, however long that stood still: an older one may be among them."""
        topic = topic_names(self.kafka.topic_prefix).screenings
        return not await unread(self.kafka, topic, lane_group(self.kafka, "screenings"))

    def _scope(self, sweep: Sweep, running: _Running) -> Scope:
        if running.scope is None:
            rights = self.store.rights_of(sweep)
            running.scope = scope_of(self.rights.at(sweep.revision, rights), rights, sweep.revision)
        return running.scope

    async def _sweep_by_halves(self, sweep: Sweep, course: Course, batch: list[Proof], scope: Scope) -> None:
        """A query about a batch may be more than the store's limits allow; about one page it never should be.

        Raises:
            StoreRefused: it is all the same, so its limits or our rights there are not fit for this.
        """
        try:
            await self._sweep(sweep, course, batch, scope)
        except StoreRefused:
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                await self._sweep_by_halves(sweep, course, half, scope)

    async def _sweep(self, sweep: Sweep, course: Course, batch: list[Proof], scope: Scope) -> None:
        started = self.monotonic()
        found = await asyncio.to_thread(self._find, sweep, batch, scope)
        alerts, busy_seconds = found.alerts, self.monotonic() - started
        await self._raise(found)
        course.swept(batch)
        end = partial(self.store.end_batch, sweep, course.cursor, pages=len(batch), alerts=len(alerts))
        await asyncio.to_thread(end)
        self.metrics.pages.inc(len(batch))
        self.metrics.alerts.inc(len(alerts))
        self.metrics.stages.took(STAGE, busy_seconds)
        await self._rest(busy_seconds * (1 / self.settings.share - 1))

    def _find(self, sweep: Sweep, batch: list[Proof], scope: Scope) -> Found:
        moment = self.store.begin_batch(sweep, self.clock())
        digests = [proof.page for proof in batch]
        pictured = self.pages.with_looks(digests, words_only=not scope.watchlist.has_pictures)

        def looks(page: str) -> Looks:
            return self.pages.looks([page]).get(page, NO_LOOKS) if page in pictured else NO_LOOKS

        found = screen_again(batch, self.pages.pages(digests), scope, moment, looks, self.attempt)
        for digest in digests if logger.isEnabledFor(logging.DEBUG) else ():
            logger.debug("swept by sweep %d", sweep.id, extra=about(digest, "", -1, -1))
        raised = self.pages.raised({alert.alert_id for alert in found.alerts})
        new = [alert for alert in found.alerts if alert.alert_id not in raised]
        alerts = still_offered(new, self.pages.latest({offer_of(alert) for alert in new}))
        stages = self.metrics.stages
        stages.received(STAGE, len(found.alerts) + len(found.quarantined))
        stages.dropped(STAGE, "quarantined", len(found.quarantined))
        stages.dropped(STAGE, "raised_before", len(found.alerts) - len(new))
        stages.dropped(STAGE, "offer_changed", len(new) - len(alerts))
        stages.dropped(STAGE, "screening_failed", len(found.failed))
        stages.sent(STAGE, len(alerts))
        return Found(alerts, found.quarantined, found.failed)

    async def _raise(self, found: Found) -> None:
        """Returns once they are stored.

        Raises:
            BrokerError, ResultsNotStored: not all of them are; the batch is to be done again.
        """
        topics = topic_names(self.kafka.topic_prefix)
        messages = [
            *(Message(topics.alerts, alert.alert_id.encode(), alert.to_bytes()) for alert in found.alerts),
            *(Message(topics.screened, one.alert.alert_id.encode(), one.to_bytes()) for one in found.quarantined),
            *(
                Message(topics.dead, page.digest.encode(), dead_letter_bytes(whole_page_dead(page, "screening_failed")))
                for page in found.failed
            ),
        ]
        sent = await self.sender.send_all(messages)
        if sent.unsent:
            raise BrokerError(f"sweep: {len(sent.unsent)} of {len(messages)} of a batch's results not acknowledged")
        async with contextlib.AsyncExitStack() as stack:
            if sent.ends:
                lanes = {topics.alerts: "alerts", topics.screened: "screened", topics.dead: "dead"}
                groups = {topic: lane_group(self.kafka, lane) for topic, lane in lanes.items()}
                stored = await stack.enter_async_context(stored_ends(self.kafka, groups))
                lost = await stored.wait_for(sent.ends, self.stop)
                if lost is None:
                    raise _Stopped
                if lost:
                    raise ResultsNotStored("a topic was made anew, and the results of a batch went with it")

    def _report(self) -> None:
        state = self.store.state()
        self.metrics.waiting_rights.set(state.waiting)
        age = self.clock() - state.oldest_change if state.oldest_change else None
        self.metrics.pending_age.set(max(0.0, age.total_seconds()) if age else 0.0)

    async def _rest(self, seconds: float) -> None:
        self.on_step()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()
