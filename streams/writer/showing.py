"""Stored alerts on to the live stream, which must never hold up what is stored.

A Redis that is gone fails at once; one that hangs would cost each batch the whole time limit. So after a failure
nothing is sent until a probe beside the lane has had an answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from sinks.errors import StoreError
from sinks.live import LiveStream

logger = logging.getLogger(__name__)
CHUNK = 1_000
LIMIT_SECONDS = 5.0
PROBE_SECONDS = 1.0


class Showing:
    """For one lane; close it at the end."""

    def __init__(self, live: LiveStream, failed: Callable[[int], None]) -> None:
        """`failed` is told how many alerts were not shown; they are in ClickHouse all the same."""
        self._live = live
        self._failed = failed
        self._probing: asyncio.Task[None] | None = None

    async def show(self, alerts: Sequence[bytes]) -> None:
        """Within the time limit, or not at all."""
        if self._probing is not None and not self._probing.done():
            self._failed(len(alerts))
            return
        for start in range(0, len(alerts), CHUNK):
            try:
                async with asyncio.timeout(LIMIT_SECONDS):
                    await self._live.append(alerts[start : start + CHUNK])
            except (StoreError, TimeoutError) as error:
                logger.warning("the live stream does not take alerts (%s); they are stored all the same", error)
                self._failed(len(alerts) - start)
                self._probing = asyncio.create_task(self._until_it_answers(), name="live-probe")
                return

    async def close(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait([self._probing])

    async def _until_it_answers(self) -> None:
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            try:
                async with asyncio.timeout(LIMIT_SECONDS):
                    await self._live.check()
            except (StoreError, TimeoutError):
                continue
            return
