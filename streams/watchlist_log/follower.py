"""Follows the watchlist log and keeps the compiled watchlist in force in this process.

It reads the whole log without a group, so that every worker has every right. Compiling happens in a thread while the
old watchlist stays in force; the new one takes its place in one assignment. A burst of changes is compiled once, and
only what changed; now and then everything is, in a thread of its own, which no change waits for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from detectors.errors import RightswatchError
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.base import Base
from detectors.watchlist.builder import MANY_CHANGES
from streams.broker.topics import client_options, topic_names
from streams.configuration.sections import KafkaSettings
from streams.metrics import WatchlistMetrics

logger = logging.getLogger(__name__)
FETCH_WAIT_SECONDS = 0.1  # the embedded broker answers an empty fetch no sooner; a change must be in force in 1 s
ENTRIES_PER_STEP = 5_000
RECONNECT_SECONDS = 1.0
LOGGED_MALFORMED = 5
MERGE_RETRY_SECONDS = 60.0
MERGING_SHARE = 0.02  # of the time may go into compiling everything anew for the sake of a few changes


Compiled = TypeVar("Compiled", Watchlist, Base)


class NotLoaded(RightswatchError):
    """The watchlist is not in memory yet, so nothing can be screened."""


class _LogStartedAgain(Exception):
    """The log is not the one that was read so far: shorter than that, or with another number in its checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerState:
    """How current this process's watchlist is."""

    loaded: bool
    revision: int
    rights: int
    age_seconds: float  # since the last answer from the broker about the log; endless before the first
    behind_entries: int


class WatchlistFollower:
    """Run `run` as a task; ask `current` for the watchlist in force."""

    def __init__(
        self,
        kafka: KafkaSettings,
        metrics: WatchlistMetrics,
        *,
        make_builder: Callable[[], WatchlistBuilder] = WatchlistBuilder,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kafka = kafka
        self._metrics = metrics
        self._monotonic = monotonic
        self._make_builder = make_builder
        self._builder = make_builder()
        self._log = TopicPartition(topic_names(kafka.topic_prefix).watchlist, 0)
        self._watchlist: Watchlist | None = None
        self._loaded = asyncio.Event()
        self._passed_checkpoint = False
        self._log_number: Any = None  # of the last checkpoint
        self._reached_end = False  # with a checkpoint behind it, since the log was read from its beginning
        self._is_stale = False  # entries were applied that the watchlist in force does not hold
        self._merging: asyncio.Task[Base] | None = None
        self._merge_after = 0.0  # by the monotonic clock, unless there are many changes
        self._no_merge_before = 0.0  # however many; after a failure
        self._contact_at: float | None = None
        self._contact_mark: int | None = None
        self._behind = 0
        self._malformed = 0

    def current(self) -> Watchlist:
        """Raises NotLoaded until the whole log has been read once."""
        if self._watchlist is None or not self._loaded.is_set():
            raise NotLoaded(f"the watchlist is not loaded yet: still reading the topic {self._log.topic!r}")
        return self._watchlist

    def state(self) -> FollowerState:
        contact = self._contact_at
        return FollowerState(
            loaded=self._loaded.is_set(),
            revision=self._watchlist.revision if self._watchlist else 0,
            rights=len(self._watchlist) if self._watchlist else 0,
            age_seconds=self._monotonic() - contact if contact is not None else float("inf"),
            behind_entries=self._behind,
        )

    async def wait_loaded(self) -> None:
        await self._loaded.wait()

    async def run(self) -> None:
        """Follow until cancelled. A broker that is away is waited for; the watchlist in force stays."""
        while True:
            consumer = AIOKafkaConsumer(
                **client_options(self._kafka),
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                fetch_max_wait_ms=round(FETCH_WAIT_SECONDS * 1000),
                max_partition_fetch_bytes=8_000_000,
            )
            try:
                await consumer.start()
                consumer.assign([self._log])
                await consumer.seek_to_beginning(self._log)
                self._start_over()
                while True:
                    await self._step(consumer)
            except (KafkaError, OSError, _LogStartedAgain) as error:
                logger.warning("following the watchlist log failed (%s); trying again", type(error).__name__)
            finally:
                await consumer.stop()
            await asyncio.sleep(RECONNECT_SECONDS)

    def _start_over(self) -> None:
        """Read into an empty builder: a log that was published anew need not name what was withdrawn before."""
        self._builder = self._make_builder()
        if self._merging is not None:  # what an old builder still compiles is of no use, nor how long it took
            self._merging.cancel()
        self._merging, self._merge_after = None, 0.0
        self._passed_checkpoint = False
        self._reached_end = False
        self._is_stale = True

    async def _step(self, consumer: AIOKafkaConsumer) -> None:
        records = await consumer.getmany(timeout_ms=200, max_records=ENTRIES_PER_STEP)
        if entries := [record for batch in records.values() for record in batch]:
            await asyncio.to_thread(self._apply_all, entries)
        highwater = consumer.highwater(self._log)
        self._note_contact(consumer.last_poll_timestamp(self._log))
        if highwater is None:
            return
        position = await consumer.position(self._log)
        self._behind = max(0, highwater - position)
        if highwater < position:  # an embedded broker that was started again begins a new log
            raise _LogStartedAgain
        if self._behind == 0 and self._passed_checkpoint:
            self._reached_end = True
            await self._put_in_force()

    async def _put_in_force(self) -> None:
        if self._merging is not None and self._merging.done():
            self._take_merged(self._merging)
        if self._is_stale or self._watchlist is None:
            self._is_stale = False
            self._watchlist = await self._compile(self._builder.update)
        if self._merging is None and self._is_merging_due():
            self._merging = asyncio.create_task(self._compile(self._builder.merging()))
        if not self._loaded.is_set():
            logger.info("watchlist loaded: revision %d, %d rights", self._watchlist.revision, len(self._watchlist))
            self._loaded.set()

    def _take_merged(self, merging: asyncio.Task[Base]) -> None:
        """The watchlist in force lacks nothing when a new base could not be compiled: it is tried again later."""
        self._merging = None
        error = merging.exception()
        if error is not None:
            logger.warning("compiling the watchlist anew failed (%s); trying again later", type(error).__name__)
            self._no_merge_before = self._monotonic() + MERGE_RETRY_SECONDS
            return
        self._builder.adopt(merging.result())
        self._is_stale = True

    async def _compile(self, compile_: Callable[[], Compiled]) -> Compiled:
        started = self._monotonic()
        compiled = await asyncio.to_thread(compile_)
        seconds = self._monotonic() - started
        self._metrics.build_seconds.observe(seconds)
        if isinstance(compiled, Base) or compiled.changes is None:
            self._merge_after = started + seconds / MERGING_SHARE
        return compiled

    def _is_merging_due(self) -> bool:
        changes = self._builder.changes
        if self._monotonic() < self._no_merge_before:
            return False
        return changes > MANY_CHANGES or (changes > 0 and self._monotonic() >= self._merge_after)

    def _apply_all(self, records: Sequence[Any]) -> None:
        for record in records:
            try:
                self._apply(record.value)
            except (RightswatchError, orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
                self._malformed += 1
                self._metrics.malformed.inc()
                if self._malformed <= LOGGED_MALFORMED:
                    kind = type(error).__name__
                    logger.warning("watchlist log: entry at offset %d left out (%s)", record.offset, kind)

    def _apply(self, value: bytes | None) -> None:
        if not value:  # a tombstone of compaction
            return
        entry: Mapping[str, Any] = orjson.loads(value)
        if self._builder.apply(entry):
            self._is_stale = True
        if entry.get("op") == "checkpoint":
            self._pass_checkpoint(entry.get("log"))

    def _pass_checkpoint(self, log_number: Any) -> None:
        """A memory-only broker may come back with a log that is as long as the old one, and other entries in it."""
        if self._reached_end and log_number != self._log_number:
            raise _LogStartedAgain
        self._log_number = log_number
        self._passed_checkpoint = True

    def _note_contact(self, mark: int | None) -> None:
        if mark is not None and mark != self._contact_mark:
            self._contact_mark = mark
            self._contact_at = self._monotonic()

    def report(self) -> None:
        """Bring the gauges up to date."""
        state = self.state()
        self._metrics.revision.set(state.revision)
        self._metrics.rights.set(state.rights)
        self._metrics.age.set(state.age_seconds)
        self._metrics.behind.set(state.behind_entries)
