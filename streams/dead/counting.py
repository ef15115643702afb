"""Counts the open dead letters now and then, beside the writer's lanes, which neither wait for it nor end by it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from sinks.clickhouse.dead_letters import DeadLetters, LetterCount
from sinks.errors import StoreError
from sinks.settings import ClickHouseSettings
from streams.metrics import DeadLetterMetrics

logger = logging.getLogger(__name__)
POLL_SECONDS = 15.0
BUSY_SHARE = 0.02  # of the time at most: a million open letters take 0.6 s of processor time
MOST_REASONS = 40  # under their own names; what a foreign worker calls its reasons must not become labels without end
OTHER = "other"


@dataclass(kw_only=True)
class DeadLetterCount:
    """Run `run` as a task, or `count` once."""

    read: Callable[[], list[LetterCount]]  # the most frequent reasons first
    metrics: DeadLetterMetrics
    clock: Callable[[], datetime]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _shown: set[str] = field(default_factory=set, init=False)

    async def run(self) -> None:
        """Until `stop` is set. A store that is away is asked again."""
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                await asyncio.to_thread(self.count)
            except (StoreError, OSError) as error:
                logger.warning("counting open dead letters failed (%s); trying again", error)
                self.metrics.failed.inc()
            except Exception:
                logger.exception("counting open dead letters failed: this is our own fault")
                self.metrics.failed.inc()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(POLL_SECONDS, (time.monotonic() - began) / BUSY_SHARE)):
                    await self.stop.wait()

    def count(self) -> None:
        """Bring the gauges up to date.

        Raises:
            StoreUnavailable, StoreRefused: as the store says.
        """
        counts = self.read()
        by_reason = {one.reason: one.count for one in counts[:MOST_REASONS]}
        if others := counts[MOST_REASONS:]:
            by_reason[OTHER] = sum(one.count for one in others)
        for reason in self._shown - by_reason.keys():
            self.metrics.open.remove(reason)
        for reason, number in by_reason.items():
            self.metrics.open.labels(reason).set(number)
        self._shown = set(by_reason)
        oldest = min((one.oldest for one in counts), default=None)
        age = (self.clock() - oldest).total_seconds() if oldest else 0.0
        self.metrics.open_age.set(max(0.0, age))


@asynccontextmanager
async def counting_dead_letters(clickhouse: ClickHouseSettings, registry: CollectorRegistry) -> AsyncIterator[None]:
    """The tables must be there. A count that is under way at the end is finished."""
    with closing(DeadLetters(clickhouse)) as store:
        counting = DeadLetterCount(
            read=store.open_counts, metrics=DeadLetterMetrics(registry), clock=lambda: datetime.now(UTC)
        )
        task = asyncio.create_task(counting.run(), name="dead-letters")
        try:
            yield
        finally:
            counting.stop.set()
            await task
