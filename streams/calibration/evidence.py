"""Where the task reads verdicts: ClickHouse, over a connection of its own for each look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detectors.calibration.evidence import Judged
from sinks.clickhouse.judged import JudgedReader
from sinks.settings import ClickHouseSettings
from streams.calibration.task import ReadEvidence


def evidence_of(clickhouse: ClickHouseSettings) -> ReadEvidence:
    def read(after: datetime, before: datetime) -> Sequence[Judged]:
        with JudgedReader(clickhouse) as reader:
            return reader.evidence(after, before)

    return read
