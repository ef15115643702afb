"""The flood watch beside the writer's lanes, which never wait for it, nor end because of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from sinks.clickhouse.picture_alerts import PictureAlerts
from sinks.errors import StoreError, StoreUnavailable
from sinks.operational.allow_store import AllowStore
from sinks.operational.rights_store import RightsStore
from streams.broker.retry import Retry
from streams.configuration.connections import Connections
from streams.configuration.sections import FloodSettings
from streams.flood.watch import LONGEST_PAUSE_SECONDS, FloodWatch
from streams.metrics import FloodMetrics

logger = logging.getLogger(__name__)


@asynccontextmanager
async def watching_for_floods(
    settings: FloodSettings, connections: Connections, registry: CollectorRegistry
) -> AsyncIterator[None]:
    """The tables must be there. A look that is under way at the end is finished."""
    stop = asyncio.Event()
    task = asyncio.create_task(_watch(settings, connections, FloodMetrics(registry), stop), name="flood")
    try:
        yield
    finally:
        stop.set()
        await task


async def _watch(settings: FloodSettings, connections: Connections, metrics: FloodMetrics, stop: asyncio.Event) -> None:
    with ExitStack() as stack:

        def open_stores() -> tuple[AllowStore, RightsStore]:
            return (
                stack.enter_context(closing(AllowStore(connections.operational))),
                stack.enter_context(closing(RightsStore(connections.operational))),
            )

        retry = Retry(
            what="opening the stores of the flood watch",
            errors=(StoreUnavailable,),
            max_pause_seconds=LONGEST_PAUSE_SECONDS,
            on_failure=metrics.failed.inc,
            give_up=stop.is_set,
        )
        try:
            allow, rights = await retry.run(lambda: asyncio.to_thread(open_stores))
        except StoreError:
            if not stop.is_set():
                logger.exception("no picture will be quarantined until this process is started again")
            return
        await FloodWatch(
            allow=allow,
            rights=rights,
            alerts=stack.enter_context(closing(PictureAlerts(connections.clickhouse))),
            settings=settings,
            metrics=metrics,
            clock=lambda: datetime.now(UTC),
            stop=stop,
        ).run()
