"""The process that sweeps: health, tables, then the sweeper until SIGTERM or Ctrl-C. It yields to everything else."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime

import uvloop

from sinks.clickhouse.stored_pages import StoredPages
from sinks.operational.retro_store import RetroStore
from sinks.operational.rights_store import RightsStore
from streams.broker.producer import Sender
from streams.configuration.connections import Connections, resolve
from streams.errors import SettingsError
from streams.metrics import RetroMetrics
from streams.processes.kernels import load_kernels
from streams.processes.prepare import prepare_stores
from streams.processes.registry import process_registry
from streams.processes.shutdown import end_now, stop_on_signals
from streams.processes.watchdog import PATIENCE, watched
from streams.retro.attempting import Attempts
from streams.retro.sweeper import Sweeper
from streams.settings import Settings
from streams.worker.health import Readiness, health_server
from streams.worker.in_hand import InHand

NICENESS = 10  # screening and the stores come first


def retro_main(settings: Settings, *, announce: Callable[[str], None]) -> int:
    """Sweep until SIGTERM or Ctrl-C; the exit code. What `rightswatch retro` calls.

    Raises:
        StackError, BrokerError, StoreError, SettingsError: it cannot start; the message says what to do.
    """
    if not settings.retro.days:
        raise SettingsError("[retro] days is 0, so stored listings are not swept: give it a number of days")
    os.nice(NICENESS)
    with (
        resolve(settings, parts=("kafka", "clickhouse")) as connections,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_run(settings, connections, announce))
    return 0


async def _run(settings: Settings, connections: Connections, announce: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    undo = stop_on_signals(stop)
    registry = process_registry("retro")
    retro = settings.retro
    tables_ready = False

    def readiness() -> Readiness:
        return Readiness(tables_ready, {"schema": tables_ready})

    try:
        async with AsyncExitStack() as stack:
            watchdog = await stack.enter_async_context(watched(settings.watch.stall_seconds, end_now))
            health = health_server(retro.health_host, retro.health_port, registry, readiness, watchdog.verdict)
            announce(await stack.enter_async_context(health))
            if not await prepare_stores(connections, settings.writer.retry_max_seconds, stop):
                return
            tables_ready = True
            in_hand = InHand(settings.data_dir / "in-hand", f"retro-{socket.gethostname()}-{os.getpid()}")
            stack.callback(in_hand.close)
            await asyncio.to_thread(load_kernels)
            sweeper = Sweeper(
                store=stack.enter_context(closing(await asyncio.to_thread(RetroStore, connections.operational))),
                rights=stack.enter_context(closing(await asyncio.to_thread(RightsStore, connections.operational))),
                pages=stack.enter_context(closing(StoredPages(connections.clickhouse))),
                sender=await stack.enter_async_context(Sender(connections.kafka)),
                kafka=connections.kafka,
                settings=retro,
                metrics=RetroMetrics(registry),
                clock=lambda: datetime.now(UTC),
                stop=stop,
                attempt=Attempts(in_hand),
                on_step=lambda: watchdog.alive("sweeper", PATIENCE * watchdog.stall_seconds),
            )
            await sweeper.run()
    finally:
        undo()
