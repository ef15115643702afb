"""How many groups wait for a verdict, how many of them too long, and since when: asked once a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sinks.clickhouse.queue_query import Known, QueueQuery
from sinks.clickhouse.reader import AlertReader
from sinks.errors import StoreError
from sinks.triage_policy import TIERS, TriageSettings
from streams.broker.retry import Retry
from streams.triage.metrics import QueueMetrics

EVERY_SECONDS = 60.0


async def report_queue(
    reader: AlertReader, policy: TriageSettings, metrics: QueueMetrics, clock: Callable[[], datetime]
) -> None:
    """Report until cancelled. The reader is closed then."""
    retry = Retry(what="counting the queue", errors=(StoreError,), max_pause_seconds=EVERY_SECONDS)
    try:
        while True:
            await retry.run(lambda: asyncio.to_thread(report_once, reader, policy, metrics, clock()))
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        reader.close()


def report_once(reader: AlertReader, policy: TriageSettings, metrics: QueueMetrics, now: datetime) -> None:
    """Raises StoreUnavailable."""
    query = QueueQuery(since=now - timedelta(days=policy.horizon_days), now=now, known=Known())
    waiting = reader.waiting(query, [now - (policy.due_at(tier, now) - now) for tier in TIERS])
    for tier in TIERS:
        found = waiting.get(tier)
        metrics.open.labels(tier).set(found.groups if found else 0)
        metrics.overdue.labels(tier).set(found.overdue if found else 0)
        metrics.age.labels(tier).set(max(0.0, (now - found.oldest).total_seconds()) if found else 0.0)
