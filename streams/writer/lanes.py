"""Moves topics into ClickHouse: one lane for each topic, with its own group, connection and thread.

A lane gathers a batch, inserts it, hands alerts to the live stream, then commits: at least once, and the tables make it
once. Proofs of screening come after what they prove: `proofs.py`. ClickHouse away: the lane waits without committing
and catches up. Redis away: counted and skipped.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError, KafkaError

from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreUnavailable
from sinks.live import LiveStream
from sinks.settings import ClickHouseSettings
from streams.broker.consumers import own_cancellations_are_faults, stop_consumer
from streams.broker.lag import EndsOfTopics
from streams.broker.retry import Retry
from streams.broker.topics import client_options, topic_names
from streams.configuration.sections import KafkaSettings, WriterSettings
from streams.metrics import WriterMetrics
from streams.processes.shutdown import end_now
from streams.processes.watchdog import Watchdog
from streams.worker.screener import Clock, observed_at
from streams.writer.batch import Batch, Batches, Limits
from streams.writer.progress import LaneProgress, report_all
from streams.writer.proofs import (
    NOTHING_LOST,
    Ends,
    ResultsNotStored,
    StoredEnds,
    ends_of,
    is_lost,
    stored_ends,
)
from streams.writer.rows import (
    OldestPage,
    RowWriter,
    StoreRows,
    alert_of,
    document_of,
    oldest_page_of,
    page_named,
    page_of,
    sampled_of,
    store_alerts,
    store_dead_letters,
    store_pages,
    store_screened,
    store_screenings,
)
from streams.writer.showing import Showing

logger = logging.getLogger(__name__)
MAX_POLL_SECONDS = 86_400  # an outage of ClickHouse must not cost the lane its place in the group
SLOW_FETCH_WAIT_SECONDS = 0.5
RECONNECT_SECONDS = 1.0
MOST_STATEMENTS = 2  # of one insert: pages come with their listings


@dataclass(frozen=True, slots=True, kw_only=True)
class LanePlan:
    """What one lane moves and how it gathers."""

    stage: str
    topic: str
    limits: Limits
    parse: Callable[[Any], Any]
    store: StoreRows
    fetch_wait_seconds: float
    is_live: bool = False
    oldest_page: OldestPage = lambda items: None
    follows: Mapping[str, str] = field(default_factory=dict)  # topics stored before this one, and their lanes' groups


def plans(kafka: KafkaSettings, writer: WriterSettings) -> tuple[LanePlan, ...]:
    topics = topic_names(kafka.topic_prefix)
    slow = Limits(writer.alert_rows, writer.page_bytes, writer.page_linger_seconds)
    patient = max(kafka.fetch_wait_seconds, SLOW_FETCH_WAIT_SECONDS)
    return (
        LanePlan(
            stage="alerts",
            topic=topics.alerts,
            limits=Limits(writer.alert_rows, writer.page_bytes, writer.alert_linger_seconds),
            parse=alert_of,
            store=store_alerts,
            fetch_wait_seconds=kafka.fetch_wait_seconds,
            is_live=True,
            oldest_page=oldest_page_of,
        ),
        LanePlan(
            stage="listings",
            topic=topics.listings,
            limits=slow,
            parse=page_of,
            store=store_pages,
            fetch_wait_seconds=patient,
        ),
        LanePlan(
            stage="screened",
            topic=topics.screened,
            limits=slow,
            parse=sampled_of,
            store=store_screened,
            fetch_wait_seconds=patient,
        ),
        LanePlan(
            stage="screenings",
            topic=topics.screenings,
            limits=slow,
            parse=document_of,
            store=store_screenings,
            fetch_wait_seconds=patient,
            follows={
                topics.listings: lane_group(kafka, "listings"),
                topics.alerts: lane_group(kafka, "alerts"),
                topics.screened: lane_group(kafka, "screened"),
                topics.dead: lane_group(kafka, "dead"),
            },
        ),
        LanePlan(
            stage="dead",
            topic=topics.dead,
            limits=slow,
            parse=document_of,
            store=store_dead_letters,
            fetch_wait_seconds=patient,
        ),
    )


def lane_group(kafka: KafkaSettings, stage: str) -> str:
    """The group of a lane: what it has committed is stored."""
    return f"{topic_names(kafka.topic_prefix).writer_group}-{stage}"


class Lane:
    """One topic on its way into its table. Run `run` as a task; it ends once `stop` is set and its batch is through,
    or when it is cancelled, and for no other reason: what waits in its topic waits for it alone."""

    def __init__(
        self,
        plan: LanePlan,
        *,
        kafka: KafkaSettings,
        clickhouse: ClickHouseSettings,
        max_pause_seconds: float,
        live: LiveStream,
        metrics: WriterMetrics,
        progress: LaneProgress,
        stop: asyncio.Event,
        clock: Clock,
    ) -> None:
        self._plan = plan
        self._progress = progress
        self._insert_seconds = clickhouse.connect_timeout_seconds + clickhouse.write_timeout_seconds
        self._clock = clock
        self._kafka = kafka
        self._showing = Showing(live, metrics.live_failed.inc)
        self._metrics = metrics
        self._stop = stop
        self._max_pause_seconds = max_pause_seconds
        self._table = TableWriter(clickhouse)
        self._rows = RowWriter(
            *(plan.stage, self._table, metrics.stages, plan.parse, plan.store, plan.oldest_page),
            on_insert=lambda: progress.inserts(MOST_STATEMENTS * self._insert_seconds),
        )
        self._thread = ThreadPoolExecutor(1, f"writer-{plan.stage}")

    async def run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    with own_cancellations_are_faults():
                        await self._consume()
                except (KafkaError, OSError) as error:
                    self._metrics.stages.retried(self._plan.stage)
                    logger.warning("writer, %s: the broker failed (%s); trying again", self._plan.topic, error)
                    await asyncio.sleep(RECONNECT_SECONDS)
                except ResultsNotStored as error:
                    self._metrics.stages.retried(self._plan.stage)
                    logger.warning("writer, %s: %s; reading it again", self._plan.topic, error)
        finally:
            await self._showing.close()
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._table.close()

    async def _consume(self) -> None:
        consumer = AIOKafkaConsumer(
            self._plan.topic,
            **client_options(self._kafka),
            group_id=lane_group(self._kafka, self._plan.stage),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=round(self._plan.fetch_wait_seconds * 1000),
            max_partition_fetch_bytes=4_000_000,
            max_poll_interval_ms=MAX_POLL_SECONDS * 1000,
            session_timeout_ms=round(self._kafka.session_timeout_seconds * 1000),
            rebalance_timeout_ms=round(self._kafka.session_timeout_seconds * 1000),
            heartbeat_interval_ms=round(self._kafka.session_timeout_seconds * 1000 / 6),
        )
        batches = Batches(consumer, self._plan.limits, took=self._progress.took)
        self._progress.asks_the_broker()
        try:
            await consumer.start()
            async with stored_ends(self._kafka, self._plan.follows) as stored:
                while not self._stop.is_set():
                    self._progress.reads(consumer)
                    batch = await batches.next()
                    self._progress.asks_the_broker()
                    records = await self._to_write(batch, stored)
                    if batch.records and records is not None and await self._write(records):
                        await self._commit(consumer, batch)
        finally:
            self._progress.stopped()
            await stop_consumer(consumer)

    async def _to_write(self, batch: Batch, stored: StoredEnds) -> Sequence[Any] | None:
        """The records, once what must be stored before them is, less proofs of what is gone; None at a stop.

        Raises:
            ResultsNotStored: see there; or these records are gone from the log themselves, and it is to be read anew.
        """
        records: Sequence[Any] = batch.records
        while self._plan.follows and (lost := await stored.wait_for(ends_of(records), self._stop)) != NOTHING_LOST:
            if lost is None:
                return None
            if not await stored.reaches(batch.offsets):
                raise ResultsNotStored(f"topic {self._plan.topic} was made anew while it was read")
            self._give_up([record for record in records if is_lost(record, lost)], lost)
            records = [record for record in records if not is_lost(record, lost)]
        return records

    def _give_up(self, proofs: Sequence[Any], lost: Ends) -> None:
        """They are not stored, so that nobody believes that everything about their pages is kept."""
        self._metrics.stages.received(self._plan.stage, len(proofs))
        self._metrics.stages.dropped(self._plan.stage, "results_lost", len(proofs))
        logger.error(
            "%d pages count as not screened: topics end before their results do (%s), so were they made anew? Send the "
            "pages again, from the first one: %s",
            len(proofs),
            ", ".join(f"{place.topic}/{place.partition}@{end}" for place, end in lost.items()),
            page_named(proofs[0]),
        )

    async def _write(self, records: Sequence[Any]) -> bool:
        """Whether they are stored; False when the writer stops while ClickHouse is away."""
        started = time.perf_counter()
        loop = asyncio.get_running_loop()
        stage = self._plan.stage
        self._metrics.stages.received(stage, len(records))
        retry = Retry(
            what=f"writer, {self._plan.topic}: inserting",
            errors=(StoreUnavailable,),
            max_pause_seconds=self._max_pause_seconds,
            on_failure=lambda: self._note_failure(stage),
            give_up=self._stop.is_set,
        )

        def insert() -> asyncio.Future[list[Any]]:
            self._progress.inserts(MOST_STATEMENTS * self._insert_seconds)
            return loop.run_in_executor(self._thread, self._rows.write, records)

        try:
            stored = await retry.run(insert)
        except StoreUnavailable:
            return False
        self._progress.stored()
        self._metrics.stages.sent(stage, len(stored))
        self._metrics.stages.took(stage, time.perf_counter() - started)
        if self._rows.oldest_stored is not None:
            seen = datetime.fromisoformat(self._rows.oldest_stored)
            self._metrics.listing_latency.observe(max(0.0, (self._clock() - seen).total_seconds()))
        if self._plan.is_live and stored:
            oldest = observed_at(min(record.timestamp for record in stored))
            self._metrics.row_latency.observe(max(0.0, (self._clock() - oldest).total_seconds()))
            await self._showing.show([record.value for record in stored])
        return True

    def _note_failure(self, stage: str) -> None:
        self._metrics.stages.retried(stage)
        self._progress.failed()

    async def _commit(self, consumer: AIOKafkaConsumer, batch: Batch) -> None:
        """After a rebalance another lane writes the rows again.

        Raises:
            KafkaError: any other failure. The lane then reads them again itself: left uncommitted until more comes,
                they would hold back the proofs that wait for them.
        """
        self._progress.asks_the_broker()
        try:
            await consumer.commit(batch.offsets)
            self._progress.committed(batch.offsets)
        except CommitFailedError as error:
            logger.warning("writer, %s: commit failed (%s); its rows are written again", self._plan.topic, error)


async def run_writer(
    *,
    kafka: KafkaSettings,
    clickhouse: ClickHouseSettings,
    writer: WriterSettings,
    live: LiveStream,
    metrics: WriterMetrics,
    stop: asyncio.Event,
    clock: Clock,
    watchdog: Watchdog | None = None,
) -> None:
    """All lanes until `stop` is set; each finishes the batch in hand. The tables and topics must exist."""
    watchdog = watchdog or Watchdog(math.inf, end_now)
    async with EndsOfTopics(kafka) as ends, asyncio.TaskGroup() as lanes:
        reported: list[LaneProgress] = []
        for plan in plans(kafka, writer):
            progress = LaneProgress(plan.stage, ends=ends, metrics=metrics, watchdog=watchdog, clock=clock)
            reported.append(progress)
            lane = Lane(
                plan,
                kafka=kafka,
                clickhouse=clickhouse,
                max_pause_seconds=writer.retry_max_seconds,
                live=live,
                metrics=metrics,
                progress=progress,
                stop=stop,
                clock=clock,
            )
            lanes.create_task(lane.run(), name=f"writer-{plan.stage}")
        reporting = lanes.create_task(report_all(reported), name="writer-report")
        await stop.wait()
        reporting.cancel()
