"""Follows the watchlist log and keeps the compiled watchlist in force in this process.

It reads the whole log without a group, so that every worker has every right. Compiling happens in a thread while the
old watchlist stays in force; the new one takes its place in one assignment. A burst of changes is compiled once, and
only what changed; now and then everything is, in a thread of its own, which no change waits for. Where a snapshot is
there, the base is mapped from it and only the log's tail is read; a new base is made for all processes of the host.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from detectors.errors import RightswatchError
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.broker.consumers import own_cancellations_are_faults, stop_consumer
from streams.broker.topics import client_options, topic_names
from streams.configuration.sections import KafkaSettings
from streams.metrics import WatchlistMetrics
from streams.snapshot.sharing import SnapshotSharing
from streams.snapshot.store import LogPlace
from streams.watchlist_log.renewing import BaseRenewal

logger = logging.getLogger(__name__)
FETCH_WAIT_SECONDS = 0.1  # the embedded broker answers an empty fetch no sooner; a change must be in force in 1 s
ENTRIES_PER_STEP = 5_000
RECONNECT_SECONDS = 1.0
LOGGED_MALFORMED = 5


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
    snapshot_revision: int | None = None  # of the snapshot that the base is mapped from
    snapshot_age_seconds: float | None = None


class WatchlistFollower:
    """Run `run` as a task; ask `current` for the watchlist in force."""

    def __init__(
        self,
        kafka: KafkaSettings,
        metrics: WatchlistMetrics,
        *,
        sharing: SnapshotSharing | None = None,
        make_builder: Callable[[], WatchlistBuilder] = WatchlistBuilder,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kafka = kafka
        self._metrics = metrics
        self._monotonic = monotonic
        self._make_builder = make_builder
        self._builder = make_builder()
        self._renewal = BaseRenewal(self._builder, metrics, monotonic, sharing)
        self._log = TopicPartition(topic_names(kafka.topic_prefix).watchlist, 0)
        self._watchlist: Watchlist | None = None
        self._loaded = asyncio.Event()
        self._passed_checkpoint = False
        self._sharing = sharing
        self._place: LogPlace | None = None  # of the last checkpoint
        self._resumed_at: LogPlace | None = None  # the snapshot's, until the log has shown that it is the same
        self._checking: asyncio.Task[None] | None = None  # the snapshot's arrays, once it is in force
        self._reached_end = False  # with a checkpoint behind it, since the log was read from its beginning
        self._is_stale = False  # entries were applied that the watchlist in force does not hold
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
        held = self._sharing.held if self._sharing else None
        return FollowerState(
            loaded=self._loaded.is_set(),
            revision=self._watchlist.revision if self._watchlist is not None else 0,
            rights=len(self._watchlist) if self._watchlist is not None else 0,
            age_seconds=self._monotonic() - contact if contact is not None else float("inf"),
            behind_entries=self._behind,
            snapshot_revision=held.base.revision if held else None,
            snapshot_age_seconds=self._sharing.age_seconds() if self._sharing else None,
        )

    async def wait_loaded(self) -> None:
        await self._loaded.wait()

    async def run(self) -> None:
        """Follow until cancelled. A broker that is away is waited for; the watchlist in force stays.

        Raises:
            SnapshotError: the snapshot that is in force is damaged. It is removed: start the process again.
        """
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
                with own_cancellations_are_faults():
                    await consumer.start()
                    consumer.assign([self._log])
                    await self._begin(consumer)
                    while True:
                        await self._step(consumer)
            except (KafkaError, OSError, _LogStartedAgain) as error:
                if isinstance(error, OffsetOutOfRangeError | _LogStartedAgain):
                    self._refuse_snapshot()
                logger.warning("following the watchlist log failed (%s); trying again", type(error).__name__)
            finally:
                await stop_consumer(consumer)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _begin(self, consumer: AIOKafkaConsumer) -> None:
        """Go to where reading begins: the log's start, or the last checkpoint that the snapshot has taken in."""
        self._start_over()
        snapshot = await asyncio.to_thread(self._sharing.resume) if self._sharing else None
        if snapshot is None:
            await consumer.seek_to_beginning(self._log)
            return
        self._renewal.resume(snapshot)
        self._resumed_at = self._place = snapshot.place
        consumer.seek(self._log, snapshot.place.offset)

    def _refuse_snapshot(self) -> None:
        """The log does not go on where the snapshot ends: it is another log's."""
        if self._resumed_at is not None and not self._reached_end and self._sharing and self._sharing.held:
            self._sharing.refuse(self._sharing.held.name, "it is of another log")

    def _start_over(self) -> None:
        """Read into an empty builder: a log that was published anew need not name what was withdrawn before."""
        self._renewal.close()
        self._builder = self._make_builder()
        self._renewal = BaseRenewal(self._builder, self._metrics, self._monotonic, self._sharing)
        if self._checking is not None:
            self._checking.cancel()
        self._checking = self._place = self._resumed_at = None
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
        if self._renewal.take_made():
            self._is_stale = True
        if self._is_stale or self._watchlist is None:
            self._is_stale = False
            self._watchlist = await self._renewal.compile(self._builder.update)
        self._renewal.begin_due(self._place)
        if not self._loaded.is_set():
            logger.info("watchlist loaded: revision %d, %d rights", self._watchlist.revision, len(self._watchlist))
            self._loaded.set()
        self._check_snapshot()

    def _check_snapshot(self) -> None:
        """All of a snapshot is read once, after the start from it. With a damaged one in memory the process ends."""
        if self._resumed_at is None or self._sharing is None:
            return
        if self._checking is None:
            self._checking = asyncio.create_task(asyncio.to_thread(self._sharing.check_held))
        elif self._checking.done():
            self._checking.result()

    def _apply_all(self, records: Sequence[Any]) -> None:
        resumed_at, first = self._resumed_at, records[0]
        if resumed_at and first.offset == resumed_at.offset and first.timestamp != resumed_at.timestamp_ms:
            raise _LogStartedAgain
        for record in records:
            try:
                self._apply(record)
            except (RightswatchError, orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
                self._malformed += 1
                self._metrics.malformed.inc()
                if self._malformed <= LOGGED_MALFORMED:
                    kind = type(error).__name__
                    logger.warning("watchlist log: entry at offset %d left out (%s)", record.offset, kind)

    def _apply(self, record: Any) -> None:
        if not record.value:  # a tombstone of compaction
            return
        entry: Mapping[str, Any] = orjson.loads(record.value)
        if self._builder.apply(entry):
            self._is_stale = True
        if entry.get("op") == "checkpoint":
            self._pass_checkpoint(LogPlace(record.offset, record.timestamp, entry.get("log")))

    def _pass_checkpoint(self, place: LogPlace) -> None:
        """A memory-only broker may come back with a log that is as long as the old one, and other entries in it."""
        is_known = self._reached_end or self._resumed_at is not None
        if is_known and self._place is not None and place.number != self._place.number:
            raise _LogStartedAgain
        self._place = place
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
        if self._sharing is not None:
            self._sharing.report()
