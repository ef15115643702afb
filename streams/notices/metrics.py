"""What is told of telling people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class NoticeMetrics:
    """Tries are counted by the process that made them; what waits is reported by every web process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tries = Counter(
            "rightswatch_notice_tries",
            "Tries to tell a destination, by its kind and what became of the notice: sent, waiting or dead",
            ["kind", "state"],
            registry=registry,
        )
        self.waiting = Gauge(
            "rightswatch_notices_waiting", "Notices that are not told yet", ["kind"], registry=registry
        )
        self.dead = Gauge("rightswatch_notices_dead", "Notices that nobody took", ["kind"], registry=registry)
        self.oldest = Gauge(
            "rightswatch_notices_oldest_seconds",
            "How long the oldest notice whose time has come has waited for its destination",
            registry=registry,
        )
