"""What is told of leads beside the requests."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class LeadMetrics:
    """Counted by the web process that does it; the gauges are every web process's."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.made = Counter("rightswatch_leads_made", "Leads that were made", ["recipient"], registry=registry)
        self.sent = Counter("rightswatch_leads_sent", "Leads that were sent", ["recipient"], registry=registry)
        self.withdrawn = Counter(
            "rightswatch_leads_withdrawn", "Leads that were not sent, by why", ["reason"], registry=registry
        )
        self.closed = Counter("rightswatch_leads_closed", "Leads whose listing is gone", registry=registry)
        self.failed = Counter(
            "rightswatch_leads_failed", "Groups that no lead could be made of: the log says why", registry=registry
        )
        self.waiting = Gauge(
            "rightswatch_leads_waiting", "Leads that wait to be sent, or for a person", ["state"], registry=registry
        )
        self.oldest = Gauge(
            "rightswatch_leads_oldest_seconds",
            "How long the oldest of them has waited: since it could be sent, or since it waits for a person",
            ["state"],
            registry=registry,
        )
