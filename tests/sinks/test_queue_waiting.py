"""What waits for a verdict, by tier, as operators of the service watch it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.triage_policy import TriageSettings
from streams.triage.metrics import QueueMetrics
from streams.triage.queue_figures import report_once
from tests.sinks.conftest import START

HOUR_MS = 3_600_000


def test_groups_past_their_tiers_deadline_are_counted(
    writer: TableWriter, reader: AlertReader, make_alert: Any
) -> None:
    writer.insert_alerts(
        [make_alert(after_ms=hours * HOUR_MS, tier="high") for hours in (0, 5)]
        + [make_alert(after_ms=0, tier="low"), make_alert(after_ms=-31 * 24 * HOUR_MS)]
    )
    registry = CollectorRegistry()
    report_once(reader, TriageSettings(), QueueMetrics(registry), START + timedelta(hours=6))

    def figure(name: str, tier: str) -> float | None:
        return registry.get_sample_value(f"rightswatch_queue_{name}", {"tier": tier})

    assert [figure("open_groups", tier) for tier in ("high", "medium", "low")] == [2, 0, 1]
    assert [figure("overdue_groups", tier) for tier in ("high", "medium", "low")] == [1, 0, 0]
    assert [figure("age_seconds", tier) for tier in ("high", "medium", "low")] == [21_600, 0, 21_600]
