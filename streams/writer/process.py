"""The writer process: schema, topics, health, then the lanes of `streams/writer/lanes.py` until SIGTERM or Ctrl-C.

Beside them the flood watch looks at what they stored, and the open dead letters are counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import uvloop

from sinks.live import LiveStream
from streams.configuration.connections import Connections, resolve
from streams.dead.counting import counting_dead_letters
from streams.flood.running import watching_for_floods
from streams.metrics import WriterMetrics
from streams.processes.prepare import prepare_stores
from streams.processes.registry import process_registry
from streams.processes.shutdown import end_now, stop_on_signals
from streams.processes.watchdog import watched
from streams.settings import Settings
from streams.worker.health import Readiness, health_server
from streams.writer.lanes import run_writer

logger = logging.getLogger(__name__)


def writer_main(settings: Settings, *, announce: Callable[[str], None]) -> int:
    """Run a writer; the exit code. What `rightswatch writer` calls.

    Raises:
        StackError, BrokerError, StoreRefused, SettingsError: it cannot start; the message says what to do.
    """
    with resolve(settings) as connections, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings, connections, announce))
    return 0


async def _run(settings: Settings, connections: Connections, announce: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    registry = process_registry("writer")
    writer = settings.writer
    lanes_ready = False

    def readiness() -> Readiness:
        return Readiness(lanes_ready, {"schema": lanes_ready})

    try:
        async with (
            watched(settings.watch.stall_seconds, end_now) as watchdog,
            health_server(writer.health_host, writer.health_port, registry, readiness, watchdog.verdict) as url,
            LiveStream(connections.redis) as live,
        ):
            announce(url)
            if not await prepare_stores(connections, writer.retry_max_seconds, stop):
                return
            lanes_ready = True
            async with (
                watching_for_floods(settings.flood, connections, registry),
                counting_dead_letters(connections.clickhouse, registry),
            ):
                await run_writer(
                    kafka=connections.kafka,
                    clickhouse=connections.clickhouse,
                    writer=writer,
                    live=live,
                    metrics=WriterMetrics(registry),
                    watchdog=watchdog,
                    stop=stop,
                    clock=lambda: datetime.now(UTC),
                )
    finally:
        undo()
