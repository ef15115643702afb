"""Where the figures of a month are read: ClickHouse, over connections of their own for each report, and the leads."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from dashboards.papers.month import MonthName
from dashboards.papers.report import Report
from detectors.routing.divisions import divisions
from sinks.clickhouse.judged import JudgedReader
from sinks.clickhouse.monthly import MonthlyReader
from sinks.lead_figures import LeadMonth
from sinks.settings import ClickHouseSettings
from sinks.triage_policy import TriageSettings
from sinks.visible import Visible


class LeadMonths(Protocol):
    """What came of leads, as sinks.operational.lead_store tells it."""

    def month(self, after: datetime, before: datetime, visible: Visible) -> LeadMonth: ...


class Reports:
    """Blocking, safe to call from any thread. Raises StoreUnavailable, StoreRefused."""

    def __init__(self, clickhouse: ClickHouseSettings, leads: LeadMonths, policy: TriageSettings) -> None:
        self._clickhouse, self._leads, self._policy = clickhouse, leads, policy

    def report(self, month: MonthName, visible: Visible) -> Report:
        """What of the month whoever asks may see."""
        after, before = month.after, month.before
        with MonthlyReader(self._clickhouse) as reader:
            figures = reader.month(after, before, visible, self._policy, month.hours * 60)
        with JudgedReader(self._clickhouse) as reader:
            observed = reader.observed(after, before, visible, before)
        leads = self._leads.month(after, before, visible)
        named = divisions()
        keys = [*(one.key for one in figures.by["region"]), *(one.key for one in leads.by_body)]
        return Report(
            month=month,
            figures=figures,
            observed=observed,
            leads=leads,
            places={key: named.full_name(key) for key in keys},
            is_part=not visible.is_everything,
        )
