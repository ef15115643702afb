"""Moves what people decided from the operational database to ClickHouse and to the live stream.

Each row is moved at least once and marked then. A process that dies in between leaves it unmarked, and the next one
moves it again: states go by their version, and ClickHouse is asked which verdicts it has. A store that is away holds up
only what goes to it, and so does one that refuses: nothing is left out, and the age of what waits tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sinks.clickhouse.triage_rows import TriageWriter
from sinks.errors import StoreError
from sinks.operational.triage_outbox import STATE, VERDICT, TriageOutbox
from streams.broker.retry import Retry
from streams.triage.metrics import OutboxMetrics

Clock = Callable[[], datetime]


class Showing(Protocol):
    """Where states are shown live, as sinks.live.LiveStream does it. Raises LiveUnavailable."""

    async def append_triage(self, changes: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMover:
    """One for each web process; the lock sees to it that one of them works."""

    outbox: TriageOutbox
    writer: TriageWriter
    live: Showing
    metrics: OutboxMetrics
    clock: Clock

    async def run(self, every_seconds: float, max_pause_seconds: float) -> None:
        """Move until cancelled, both ways at once: a store that is away does not hold up the other."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for what, move in (("storing verdicts", self.store), ("showing verdicts live", self.show)):
                    retry = Retry(what=what, errors=(StoreError,), max_pause_seconds=max_pause_seconds)
                    tasks.create_task(_repeat(retry, move, every_seconds))
                tasks.create_task(self._report(every_seconds))
        finally:
            self.writer.close()

    async def store(self) -> None:
        """All that ClickHouse lacks. Raises StoreUnavailable."""
        await asyncio.to_thread(self._store)

    async def show(self) -> None:
        """All that the live stream lacks. Raises StoreUnavailable, LiveUnavailable."""
        with ExitStack() as stack:
            if not await asyncio.to_thread(stack.enter_context, self.outbox.moving("show")):
                return
            while entries := await asyncio.to_thread(self.outbox.to_show):
                await self.live.append_triage([entry.text for entry in entries])
                await asyncio.to_thread(self.outbox.shown, entries, self.clock())

    def _store(self) -> None:
        with self.outbox.moving("store") as held:
            while held and (entries := self.outbox.to_store()):
                self.writer.insert_verdicts([entry.document for entry in entries if entry.kind == VERDICT])
                self.writer.insert_states([entry.document for entry in entries if entry.kind == STATE])
                self.outbox.stored(entries, self.clock())

    async def _report(self, every_seconds: float) -> None:
        """How much waits, also while another process moves it."""
        retry = Retry(what="counting verdicts that wait", errors=(StoreError,), max_pause_seconds=10.0)
        while True:
            waiting = await retry.run(lambda: asyncio.to_thread(self.outbox.waiting))
            self.metrics.rows.set(waiting.rows)
            age = (self.clock() - waiting.oldest).total_seconds() if waiting.oldest else 0.0
            self.metrics.age.set(max(0.0, age))
            await asyncio.sleep(max(every_seconds, 1.0))


async def _repeat(retry: Retry, move: Callable[[], Awaitable[None]], every_seconds: float) -> None:
    while True:
        await retry.run(move)
        await asyncio.sleep(every_seconds)
