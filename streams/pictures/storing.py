"""Into ClickHouse before an alert leaves: the pictures that it names, and what was seen in all the others."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sinks.clickhouse.picture_rows import EvidenceRow, LookRow
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused, StoreUnavailable
from sinks.settings import ClickHouseSettings
from streams.broker.retry import Retry
from streams.metrics import PictureMetrics

logger = logging.getLogger(__name__)
STAGE = "picture_store"


class PictureTables:
    """One connection in one thread. ClickHouse away: the messages in hand wait; texts go on meanwhile."""

    def __init__(self, clickhouse: ClickHouseSettings, max_pause_seconds: float, metrics: PictureMetrics) -> None:
        self._table = TableWriter(clickhouse)
        self._thread = ThreadPoolExecutor(1, "picture-store")
        self._max_pause_seconds = max_pause_seconds
        self._metrics = metrics

    async def insert_looks(self, rows: Sequence[LookRow]) -> None:
        await self._insert("looks", partial(self._table.insert_looks, rows), len(rows))

    async def insert_evidence(self, rows: Sequence[EvidenceRow]) -> bool:
        """Whether they are stored; False: refused, counted and logged."""
        return await self._insert("evidence", partial(self._table.insert_evidence, rows), len(rows))

    async def _insert(self, what: str, insert: Callable[[], None], rows: int) -> bool:
        """Whether they are stored, or refused for good: a picture that no table takes must not stop the alerts."""
        if not rows:
            return True
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        retry = Retry(
            what=f"pictures: inserting {what}",
            errors=(StoreUnavailable,),
            max_pause_seconds=self._max_pause_seconds,
            on_failure=lambda: self._metrics.stages.retried(STAGE),
        )
        self._metrics.stages.received(STAGE, rows)
        try:
            await retry.run(lambda: loop.run_in_executor(self._thread, insert))
        except StoreRefused as error:
            logger.error("%s of pictures are refused and not kept: %s", what, error)  # noqa: TRY400 - no trace wanted
            self._metrics.stages.dropped(STAGE, f"{what}_refused", rows)
            is_stored = False
        else:
            self._metrics.stages.sent(STAGE, rows)
            is_stored = True
        self._metrics.stages.took(STAGE, time.perf_counter() - started)
        return is_stored

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._table.close()
