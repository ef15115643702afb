"""Sends what is due: to many destinations at once, to each one after the other.

One process looks for what is due at a time; a try is noted before it is made, so a process that is killed, or two that
send for a moment, tell nothing that the destination's limit does not let through, and nothing under another id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from sinks.errors import StoreError
from sinks.notices.outgoing import Answer
from sinks.operational.notice_records import KINDS, SENT, Taken
from sinks.operational.notice_store import NoticeStore
from streams.broker.retry import Retry
from streams.notices.metrics import NoticeMetrics

logger = logging.getLogger(__name__)
AT_ONCE = 32  # destinations
REPORT_SECONDS = 5.0


class Delivering(Protocol):
    """How one notice goes out, as channels.Channels does it."""

    async def deliver(self, taken: Taken, now: datetime) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSender:
    """One for each web process. `random` gives numbers in [0, 1)."""

    store: NoticeStore
    channels: Delivering
    metrics: NoticeMetrics
    clock: Callable[[], datetime]
    random: Callable[[], float]
    _under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self, every_seconds: float, max_pause_seconds: float) -> None:
        """Send until cancelled. A store that is away is waited for."""
        retry = Retry(what="sending notices", errors=(StoreError,), max_pause_seconds=max_pause_seconds)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._report(max_pause_seconds))
                while True:
                    await retry.run(self._begin)
                    await asyncio.sleep(every_seconds)
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def send(self) -> None:
        """All that may be sent now. Raises StoreUnavailable."""
        await self._begin()
        await asyncio.gather(*self._under_way.values())

    async def _begin(self) -> None:
        with ExitStack() as stack:
            if not await asyncio.to_thread(stack.enter_context, self.store.alone("send")):
                return
            for destination_id in await asyncio.to_thread(self.store.due, self.clock()):
                if destination_id not in self._under_way and len(self._under_way) < AT_ONCE:
                    task = asyncio.create_task(self._drain(destination_id))
                    self._under_way[destination_id] = task
                    task.add_done_callback(partial(self._ended, destination_id))

    def _ended(self, destination_id: str, _task: asyncio.Task[None]) -> None:
        del self._under_way[destination_id]

    async def _drain(self, destination_id: str) -> None:
        """Until its limit is reached, nothing is left, or a try fails: the rest then waits for the next round."""
        try:
            while taken := await asyncio.to_thread(self.store.take, destination_id, self.clock()):
                answer = await self.channels.deliver(taken, self.clock())
                state = await asyncio.to_thread(self.store.settle, taken, answer, self.clock(), self.random())
                self.metrics.tries.labels(taken.destination.kind, state).inc()
                if state != SENT:
                    return
        except StoreError as error:
            logger.warning("a destination's notices wait (%s)", error)

    async def _report(self, max_pause_seconds: float) -> None:
        """What waits, also while another process sends it."""
        retry = Retry(what="counting notices", errors=(StoreError,), max_pause_seconds=max_pause_seconds)
        while True:
            await retry.run(lambda: asyncio.to_thread(self.report))
            await asyncio.sleep(REPORT_SECONDS)

    def report(self) -> None:
        """Raises StoreUnavailable."""
        now = self.clock()
        self.store.expire(now)
        figures = self.store.figures(now)
        for gauge, counts in ((self.metrics.waiting, figures.waiting), (self.metrics.dead, figures.dead)):
            for kind in KINDS:
                gauge.labels(kind).set(counts.get(kind, 0))
        waited = (now - figures.oldest_due).total_seconds() if figures.oldest_due else 0.0
        self.metrics.oldest.set(max(0.0, waited))
