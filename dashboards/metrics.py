"""What the web process counts. One commented list; the registry is handed in."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LATENCY_BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class WebMetrics:
    """Metrics of the web process; labels are route patterns and status codes, never what a client sends."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "rightswatch_web_requests_total", "Requests answered", ["route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "rightswatch_web_request_seconds",
            "Time to answer a request; live streams are left out",
            ["route"],
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.live_clients = Gauge("rightswatch_web_live_clients", "Open live streams", registry=registry)
        self.live_alerts = Counter(
            "rightswatch_web_live_alerts_total", "Alerts sent on live streams, over all clients", registry=registry
        )
        self.live_dropped = Counter(
            "rightswatch_web_live_dropped_total",
            "Live streams ended because the client was too slow",
            registry=registry,
        )
        self.live_gaps = Counter(
            "rightswatch_web_live_gaps_total", "Resumes whose place was no longer in the stream", registry=registry
        )
        self.sign_ins = Counter(
            "rightswatch_web_sign_ins_total",
            "Tries to be let in by what came of them: signed_in, wrong, locked, bad_key",
            ["outcome"],
            registry=registry,
        )
        self.limited = Counter(
            "rightswatch_web_limited_total", "Requests answered 429: more than one may send", registry=registry
        )
