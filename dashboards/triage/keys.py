"""Judging's part of the application."""

from __future__ import annotations

from aiohttp import web

from dashboards.triage.counting import QueueCounts
from dashboards.triage.metrics import TriageMetrics
from dashboards.triage.ports import TriageStores

TRIAGE = web.AppKey("triage", TriageStores)
TRIAGE_METRICS = web.AppKey("triage_metrics", TriageMetrics)
QUEUE_COUNTS = web.AppKey("queue_counts", QueueCounts)
