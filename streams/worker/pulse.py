"""Each second: measure the lag, bring the gauges up to date, and tell the watch floor that this worker is alive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from detectors.records import timestamp_text
from sinks.errors import StoreError
from sinks.live import LiveStream
from streams.metrics import WorkerMetrics
from streams.processes.watchdog import ProgressWatch, Watchdog
from streams.watchlist_log.follower import WatchlistFollower
from streams.worker.lag import Lag, LagProbe
from streams.worker.screener import Clock, Progress

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 1.0
STAGE = "pulse"
LAG_STAGE = "lag"
SLOW_SECONDS = 10.0  # a broker and a Redis that do not answer take so long at most


class Pulse:
    """Run `run` as a task."""

    def __init__(
        self,
        *,
        worker_id: str,
        live: LiveStream,
        probe: LagProbe,
        follower: WatchlistFollower,
        progress: Progress,
        metrics: WorkerMetrics,
        watchdog: Watchdog,
        clock: Clock,
        is_prepared: Callable[[], bool] = lambda: True,
    ) -> None:
        """Until it `is_prepared`, no page is looked at, which is no stall."""
        self._worker_id = worker_id
        self._live = live
        self._probe = probe
        self._follower = follower
        self._progress = progress
        self._metrics = metrics
        self._watchdog = watchdog
        self._pages = ProgressWatch(watchdog, "pages that wait")
        self._clock = clock
        self._is_prepared = is_prepared

    async def run(self) -> None:
        """Beat until cancelled. Redis away costs nothing but the figures on the floor."""
        lag = Lag()
        while True:
            lag = await self._measured(lag)
            self._watchdog.alive(STAGE, self._watchdog.stall_seconds + SLOW_SECONDS)
            waiting = lag.pages if self._is_prepared() else 0
            self._pages.observe(self._progress.pages, waiting, answered=lag.answered, refusals=self._progress.refusals)
            self._metrics.lag_pages.set(lag.pages)
            self._metrics.lag_seconds.set(lag.seconds)
            self._follower.report()
            try:
                async with asyncio.timeout(INTERVAL_SECONDS):
                    await self._live.beat(self._worker_id, self._state(lag))
            except (StoreError, TimeoutError):
                self._metrics.stages.retried(STAGE)
            await asyncio.sleep(INTERVAL_SECONDS)

    async def _measured(self, before: Lag) -> Lag:
        """What waits now. A reading that fails must not end the worker: what was read before stands meanwhile."""
        try:
            return await self._probe.measure()
        except Exception:
            if before.answered:  # once, not each second
                logger.exception("how many pages wait cannot be read; pages go on, trying again")
            self._metrics.stages.retried(LAG_STAGE)
            return replace(before, answered=False)

    def _state(self, lag: Lag) -> dict[str, Any]:
        watchlist = self._follower.state()
        return {
            "at": timestamp_text(self._clock()),
            "listings_total": self._progress.listings,
            "pages_total": self._progress.pages,
            "alerts_total": self._progress.alerts,
            "matches_total": self._progress.matches,
            "lag_pages": lag.pages,
            "lag_seconds": round(lag.seconds, 3),
            "partitions": lag.partitions,
            "revision": watchlist.revision,
            "rights": watchlist.rights,
        }
