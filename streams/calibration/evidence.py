"""Where verdicts are read: ClickHouse, over a connection of its own for each look."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from detectors.calibration.evidence import Judged
from sinks.clickhouse.judged import JudgedReader, Observed
from sinks.settings import ClickHouseSettings
from sinks.visible import Visible


class Judgements:
    """Blocking, safe to call from any thread. Raises StoreUnavailable, StoreRefused."""

    def __init__(self, clickhouse: ClickHouseSettings) -> None:
        self._clickhouse = clickhouse

    def evidence(self, after: datetime, before: datetime) -> Sequence[Judged]:
        with JudgedReader(self._clickhouse) as reader:
            return reader.evidence(after, before)

    def observed(self, after: datetime, before: datetime, visible: Visible, known: datetime | None = None) -> Observed:
        with JudgedReader(self._clickhouse) as reader:
            return reader.observed(after, before, visible, known)

    def waiting(
        self, after: datetime, before: datetime, visible: Visible, *, who: str, skip: Collection[UUID] = ()
    ) -> tuple[str | None, int]:
        with JudgedReader(self._clickhouse) as reader:
            return reader.waiting(after, before, visible, who=who, skip=skip)
