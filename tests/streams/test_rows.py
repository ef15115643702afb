"""Rows of a batch that is refused: whoever watches the writer hears of each insert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry

from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused
from sinks.settings import ClickHouseSettings
from streams.metrics import WriterMetrics
from streams.writer.rows import RowWriter


@dataclass(frozen=True, slots=True)
class Record:
    """What aiokafka gives for a message."""

    offset: int
    value: bytes = b"{}"
    topic: str = "alerts"
    partition: int = 0
    timestamp: int = 1_795_000_000_000


class NoTable(TableWriter):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__(ClickHouseSettings(host="nowhere"))

    def insert_dead_letters(self, dead_letters: Sequence[Mapping[str, Any]]) -> None: ...


def test_each_insert_of_a_batch_that_is_halved_is_told_before_it_begins() -> None:
    """They are many, and slow where ClickHouse is: the watchdog would take them for one that hangs."""
    told: list[None] = []
    told_before: list[int] = []

    def store(_: TableWriter, offsets: Sequence[int]) -> None:
        told_before.append(len(told))
        if 3 in offsets:
            raise StoreRefused("the third is bad")

    stages = WriterMetrics(CollectorRegistry()).stages
    rows = RowWriter(
        *("alerts", NoTable(), stages, lambda record: record.offset, store), on_insert=lambda: told.append(None)
    )
    rows.write([Record(offset) for offset in range(8)])
    assert told_before == [1, 2, 3, 4, 5, 6, 7]
