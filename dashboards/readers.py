"""Blocking reads kept off the event loop: one ClickHouse reader for each thread, and a limit on how long they take.

Each store has threads of its own: one that hangs holds its threads, and nobody is to wait behind them for the other.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from dashboards.ports import AlertReader, ReaderFactory
from dashboards.problems import Problem
from sinks.errors import StoreError

Answer = TypeVar("Answer")
CLICKHOUSE, OPERATIONAL = "ClickHouse", "the operational database"


class ReaderPool:
    """Runs reads of the alert store and of the operational database in a few threads."""

    def __init__(self, factory: ReaderFactory, *, threads: int, timeout_seconds: float) -> None:
        self._factory = factory
        self._timeout_seconds = timeout_seconds
        self._executors = {
            store: ThreadPoolExecutor(max_workers=threads, thread_name_prefix=f"web-{name}")
            for store, name in ((CLICKHOUSE, "read"), (OPERATIONAL, "operational"))
        }
        self._local = threading.local()
        self._open: set[AlertReader] = set()

    async def read(self, work: Callable[[AlertReader], Answer]) -> Answer:
        """Run `work` with this thread's reader of the alert store.

        Raises:
            Problem: 503 when ClickHouse is away or too slow.
        """
        return await self.blocking(lambda: self._with_reader(work), CLICKHOUSE)

    async def blocking(self, work: Callable[[], Answer], store: str = OPERATIONAL) -> Answer:
        """Run a read that blocks.

        Raises:
            Problem: 503 when the store is away or too slow.
        """
        future = asyncio.get_running_loop().run_in_executor(self._executors[store], work)
        try:
            return await asyncio.wait_for(future, self._timeout_seconds)
        except (StoreError, TimeoutError) as error:
            detail = f"{store} does not answer: run `rightswatch doctor` on the server"
            raise Problem(503, "store_unavailable", detail) from error

    async def close(self) -> None:
        """Wait for reads that run; each has its own limit in the store. Then close every connection."""
        for executor in self._executors.values():
            await asyncio.to_thread(executor.shutdown, cancel_futures=True)
        for reader in self._open:
            reader.close()

    def _with_reader(self, work: Callable[[AlertReader], Answer]) -> Answer:
        reader: AlertReader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self._factory()
            self._open.add(reader)
        try:
            return work(reader)
        except StoreError:
            self._local.reader = None  # a connection that failed may be half-way through an answer
            self._open.discard(reader)
            reader.close()
            raise
