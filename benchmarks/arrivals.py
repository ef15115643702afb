"""When things arrive: rows in ClickHouse, looked for again and again, and messages on a topic."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.records import BenchmarkError
from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from streams.broker.topics import client_options
from streams.configuration.sections import KafkaSettings

POLL_SECONDS = 0.01  # so long may a row have been there already when it is seen


class AlertWatch(threading.Thread):
    """Notes when the first alert row of each listing can be read. A thread of its own, with its own connection."""

    def __init__(self, clickhouse: ClickHouseSettings) -> None:
        super().__init__(name="alert-watch", daemon=True)
        self.seen: dict[str, float] = {}  # listing_id -> monotonic seconds
        self._clickhouse = clickhouse
        self._done = threading.Event()

    def run(self) -> None:
        rows_before = 0
        with Connection(self._clickhouse) as connection:
            while not self._done.wait(POLL_SECONDS):
                rows: int = connection.query("SELECT count() FROM alerts")[0][0]
                if rows != rows_before:
                    rows_before = rows
                    self._look(connection)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self.join()

    def _look(self, connection: Connection) -> None:
        # The newest minute by the server's clock: cheap, and no page of a run waits that long for its row.
        rows = connection.query("SELECT listing_id FROM alerts WHERE stored_at > now() - INTERVAL 1 MINUTE")
        now = time.monotonic()
        for (listing_id,) in rows:
            self.seen.setdefault(listing_id, now)


@asynccontextmanager
async def consuming(kafka: KafkaSettings, topic: str, partitions: int) -> AsyncIterator[AIOKafkaConsumer]:
    """A bare consumer from the end of the topic on, without a group."""
    consumer = AIOKafkaConsumer(
        **client_options(kafka),
        fetch_max_wait_ms=round(kafka.fetch_wait_seconds * 1000),
        max_partition_fetch_bytes=4_000_000,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def until(condition: Callable[[], bool], what: str, timeout_seconds: float = 120.0) -> None:
    """Wait for the condition, asked every 10 ms.

    Raises:
        BenchmarkError: it did not come true in time.
    """
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchmarkError(f"{what} did not happen within {timeout_seconds:g} s")
        await asyncio.sleep(POLL_SECONDS)
