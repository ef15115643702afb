"""A writer in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from sinks.clickhouse.migrate import migrate
from sinks.live import LiveStream
from sinks.settings import ClickHouseSettings, RedisSettings
from streams.broker.topics import create_topics
from streams.configuration.sections import WriterSettings
from streams.metrics import WriterMetrics
from streams.writer.lanes import run_writer
from tests.streams.world import World


@dataclass(slots=True)
class Running:
    registry: CollectorRegistry
    live: LiveStream

    def value(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def running_writer(
    world: World, clickhouse: ClickHouseSettings | None = None, redis: RedisSettings | None = None
) -> AsyncIterator[Running]:
    registry, stop = CollectorRegistry(), asyncio.Event()
    await create_topics(world.settings.kafka)
    await asyncio.to_thread(migrate, world.settings.clickhouse)
    async with LiveStream(redis or world.settings.redis) as live:
        writing = asyncio.create_task(
            run_writer(
                kafka=world.settings.kafka,
                clickhouse=clickhouse or world.settings.clickhouse,
                writer=WriterSettings(alert_linger_seconds=0.05, page_linger_seconds=0.05, retry_max_seconds=0.2),
                live=live,
                metrics=WriterMetrics(registry),
                stop=stop,
                clock=lambda: datetime.now(UTC),
            )
        )
        try:
            yield Running(registry, live)
        finally:
            stop.set()
            await writing
