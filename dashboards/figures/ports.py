"""What the figures need from below, as interfaces. All of it blocks and may be called from any thread."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from dashboards.papers.month import MonthName
from dashboards.papers.report import Report
from sinks.clickhouse.judged import Observed
from sinks.operational.calibration_store import Proposed
from sinks.visible import Visible


class Judgements(Protocol):
    """What was observed and judged. Raises StoreUnavailable, StoreRefused."""

    def observed(self, after: datetime, before: datetime, visible: Visible, known: datetime | None = None) -> Observed:
        """`known`: by what was judged before then; None: by all."""
        ...

    def waiting(
        self, after: datetime, before: datetime, visible: Visible, *, who: str, skip: Collection[UUID] = ()
    ) -> tuple[str | None, int]:
        """A screened match of the sample that nobody judged, at random; and how many there are. Leaves out `skip`."""
        ...


class Calibrations(Protocol):
    """The calibration in force and the one that verdicts suggest. Raises StoreUnavailable, StoreRefused."""

    def in_force(self) -> Mapping[str, Any]: ...

    def proposal(self) -> Proposed | None: ...

    def apply(self, version: str, *, by: str, now: datetime) -> int:
        """The watchlist's revision. Raises StaleProposal when it is another one by now."""
        ...


class Reports(Protocol):
    """The figures of a month. Raises StoreUnavailable, StoreRefused."""

    def report(self, month: MonthName, visible: Visible) -> Report:
        """What of the month may be seen."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresStores:
    """What `dashboards.figures` works with."""

    judgements: Judgements
    calibrations: Calibrations
    reports: Reports
