"""What judging counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class TriageMetrics:
    """Labels are codes of fixed lists, never what a person writes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.verdicts = Counter(
            "rightswatch_verdicts_total",
            "Verdicts that people gave, by stage: judge, review, expert, undo, screened",
            ["stage", "verdict", "reason", "detector"],
            registry=registry,
        )
        self.refused = Counter(
            "rightswatch_verdicts_refused_total",
            "Acts on groups that were refused: stale, claimed, state, four_eyes, not_yours, too_late",
            ["code"],
            registry=registry,
        )
        self.flood = Gauge(
            "rightswatch_queue_new_groups", "Groups first seen within ten minutes, when last counted", registry=registry
        )
