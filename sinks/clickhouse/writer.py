"""Batches into the ClickHouse tables. The same rows written again leave the same state, so any call may be repeated.

That holds because every table keeps one row per key, and the row it keeps does not depend on the order of arrival:
no insert token is needed, and none is used (a token works only while the batch boundaries stay the same).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from detectors.records import Alert, Page, SampledMatch
from sinks.clickhouse.columns import (
    Columns,
    alert_columns,
    dead_letter_columns,
    listing_columns,
    page_columns,
    screened_columns,
    screening_columns,
)
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.listing_row import ListingRow
from sinks.clickhouse.picture_rows import EvidenceRow, LookRow, evidence_columns, look_columns
from sinks.settings import ClickHouseSettings


class TableWriter:
    """One connection, one thread at a time: make one per writing thread. Empty batches are welcome and do nothing.

    Raises (every insert):
        StoreUnavailable: try again later with the same batch; it may have been stored or not.
        StoreRefused: a record of the batch cannot be stored, its position is named; nothing was sent. Lone surrogates
            are no reason: they are stored as U+FFFD.
    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._connection = Connection(settings)

    def insert_alerts(self, alerts: Sequence[Alert]) -> None:
        self._insert("alerts", alert_columns(alerts))

    def insert_pages(self, pages: Sequence[Page]) -> None:
        self._insert("pages", page_columns(pages))

    def insert_listings(self, rows: Sequence[ListingRow]) -> None:
        self._insert("listings", listing_columns(rows))

    def insert_screenings(self, screenings: Sequence[Mapping[str, Any]]) -> None:
        """`screenings` are the documents of the `screenings` topic."""
        self._insert("screenings", screening_columns(screenings))

    def insert_screened(self, sampled: Sequence[SampledMatch]) -> None:
        self._insert("screened_sample", screened_columns(sampled))

    def insert_dead_letters(self, dead_letters: Sequence[Mapping[str, Any]]) -> None:
        """`dead_letters` are the documents of the `listings.dead` topic, the head as base64."""
        self._insert("dead_letters", dead_letter_columns(dead_letters))

    def insert_evidence(self, pictures: Sequence[EvidenceRow]) -> None:
        self._insert("picture_evidence", evidence_columns(pictures))

    def insert_looks(self, looks: Sequence[LookRow]) -> None:
        self._insert("picture_looks", look_columns(looks))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _insert(self, table: str, columns: Columns) -> None:
        if columns:
            self._connection.insert(table, columns)
