"""Where the figures of a month are read: ClickHouse, over connections of their own for each report."""

from __future__ import annotations

from dashboards.papers.month import MonthName
from dashboards.papers.report import Report
from detectors.routing.divisions import divisions
from sinks.clickhouse.judged import JudgedReader
from sinks.clickhouse.monthly import MonthlyReader
from sinks.settings import ClickHouseSettings
from sinks.triage_policy import TriageSettings
from sinks.visible import Visible


class Reports:
    """Blocking, safe to call from any thread. Raises StoreUnavailable, StoreRefused."""

    def __init__(self, clickhouse: ClickHouseSettings, policy: TriageSettings) -> None:
        self._clickhouse, self._policy = clickhouse, policy

    def report(self, month: MonthName, visible: Visible) -> Report:
        """What of the month whoever asks may see."""
        after, before = month.after, month.before
        with MonthlyReader(self._clickhouse) as reader:
            figures = reader.month(after, before, visible, self._policy, month.hours * 60)
        with JudgedReader(self._clickhouse) as reader:
            observed = reader.observed(after, before, visible, before)
        named = divisions()
        return Report(
            month=month,
            figures=figures,
            observed=observed,
            places={one.key: named.full_name(one.key) for one in figures.by["region"]},
            is_part=not visible.is_everything,
        )
