"""What is told of judging beside the requests."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge


class OutboxMetrics:
    """How far ClickHouse is behind what people decided. Every web process reports it, whichever moves the rows."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.rows = Gauge(
            "rightswatch_triage_outbox_rows", "States and verdicts that ClickHouse does not have yet", registry=registry
        )
        self.age = Gauge(
            "rightswatch_triage_outbox_age_seconds", "How long the oldest of them has waited", registry=registry
        )


class QueueMetrics:
    """What waits to be judged, by the groups' highest tier."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.open = Gauge(
            "rightswatch_queue_open_groups", "Groups that wait for a verdict", ["tier"], registry=registry
        )
        self.overdue = Gauge(
            "rightswatch_queue_overdue_groups", "Those whose deadline has passed", ["tier"], registry=registry
        )
        self.age = Gauge(
            "rightswatch_queue_age_seconds", "Since the oldest of them was first seen", ["tier"], registry=registry
        )
