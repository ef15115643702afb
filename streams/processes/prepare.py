"""What every process needs that works on stored alerts: the topics and the tables."""

from __future__ import annotations

import asyncio

from sinks.clickhouse.migrate import migrate
from sinks.errors import StoreUnavailable
from streams.broker.retry import Retry
from streams.broker.topics import create_topics
from streams.configuration.connections import Connections


async def prepare_stores(connections: Connections, max_pause_seconds: float, stop: asyncio.Event) -> bool:
    """Make topics and tables. Waits for ClickHouse; False when the stop came first.

    Raises:
        BrokerError, StoreRefused: a server says no; the message says what to do.
    """
    await create_topics(connections.kafka)
    retry = Retry(
        what="creating the tables",
        errors=(StoreUnavailable,),
        max_pause_seconds=max_pause_seconds,
        give_up=stop.is_set,
    )
    try:
        await retry.run(lambda: asyncio.to_thread(migrate, connections.clickhouse))
    except StoreUnavailable:
        return False
    return True
