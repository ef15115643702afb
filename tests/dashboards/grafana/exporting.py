"""Processes of each role as Prometheus sees them: registries with all our metrics, each of which has been counted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from dashboards.metrics import WebMetrics
from dashboards.triage.metrics import TriageMetrics
from streams.leads.metrics import LeadMetrics
from streams.metrics import (
    DeadLetterMetrics,
    FeedMetrics,
    FloodMetrics,
    GalleryMetrics,
    PictureMetrics,
    PublisherMetrics,
    RetroMetrics,
    WatchlistMetrics,
    WorkerMetrics,
    WriterMetrics,
)
from streams.notices.metrics import NoticeMetrics
from streams.processes.registry import process_registry, report_ready
from streams.triage.metrics import OutboxMetrics, QueueMetrics

METRICS = {
    "worker": (WorkerMetrics, PublisherMetrics, GalleryMetrics),
    "writer": (WriterMetrics, DeadLetterMetrics, FloodMetrics),
    "pictures": (PictureMetrics,),
    "retro": (RetroMetrics, WatchlistMetrics),
    "web": (WebMetrics, WatchlistMetrics, TriageMetrics, OutboxMetrics, QueueMetrics, NoticeMetrics, LeadMetrics),
    "feed": (FeedMetrics,),
}


class Exporting:
    """One process of each role on loopback; `count` makes each metric move."""

    def __init__(self) -> None:
        self._registries: list[CollectorRegistry] = []
        self._servers: list[tuple[WSGIServer, threading.Thread]] = []
        for role, metrics in METRICS.items():
            registry = process_registry(role)
            report_ready(registry, lambda: True)
            for one in metrics:
                one(registry)
            self._registries.append(registry)
            self._servers.append(start_http_server(0, "127.0.0.1", registry))

    def addresses(self) -> list[str]:
        return [f"127.0.0.1:{server.server_port}" for server, _ in self._servers]

    def count(self) -> None:
        for registry in self._registries:
            for metric in set(registry._collector_to_names):
                if isinstance(metric, Counter | Gauge | Histogram):
                    _move(metric)

    def stop(self) -> None:
        for server, thread in self._servers:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def exporting() -> Iterator[Exporting]:
    processes = Exporting()
    try:
        yield processes
    finally:
        processes.stop()


def _move(metric: Counter | Gauge | Histogram) -> None:
    names = metric._labelnames
    one = metric.labels(*(f"some_{name}" for name in names)) if names else metric
    if isinstance(one, Histogram):
        one.observe(0.3)
    else:
        one.inc(2)
