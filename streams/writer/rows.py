"""What each topic's records become in ClickHouse. Blocking: runs in the lane's own thread, on its own connection.

A record that cannot be stored is kept whole as a dead letter in its place; it never stops the ones behind it.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson

from detectors.decode import decode_page
from detectors.digest import listing_digest
from detectors.errors import RightswatchError
from detectors.records import Alert, Page, SampledMatch
from sinks.clickhouse.listing_row import ListingRow, listing_row
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused
from streams.broker.messages import dead_letter_bytes, whole_page_dead
from streams.log_lines.traces import about
from streams.metrics import Stages
from streams.worker.screener import observed_at

logger = logging.getLogger(__name__)
_DIGEST = re.compile(r"[0-9a-f]{64}")
MISFITS_IN_A_ROW = 1_000  # so many records and not one good between them: the fault is ours, say a newer format
PAGES = "listings"  # the stage whose records are pages
StoreRows = Callable[[TableWriter, Sequence[Any]], None]
OldestPage = Callable[[Sequence[Any]], str | None]


class TopicUnreadable(RightswatchError):
    """Nothing of a topic can be stored. Nothing is committed; whoever supervises the writer starts it again."""


class RowWriter:
    """Stores the records of one topic: `parse` makes an item of a record, `store` inserts a batch of items."""

    def __init__(
        self,
        stage: str,
        table: TableWriter,
        stages: Stages,
        parse: Callable[[Any], Any],
        store: StoreRows,
        oldest_page: OldestPage = lambda items: None,
        on_insert: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_insert` is told before each insert, of which a batch that is halved again and again takes hundreds."""
        self._on_insert = on_insert
        self._stage = stage
        self._table = table
        self._stages = stages
        self._parse = parse
        self._store = store
        self._oldest_page = oldest_page
        self.oldest_stored: str | None = None  # when the first page that the last `write` stored something of was seen
        self._letters: list[dict[str, Any]] = []  # of the batch in hand
        self._misfits = 0
        self._in_a_row: Counter[str] = Counter()  # misfits by reason since the last record that passed that check

    def write(self, records: Sequence[Any]) -> list[Any]:
        """Store them, and return those that were stored as what they are; the others are dead letters now.

        Raises:
            StoreUnavailable: the same records may be given again.
            TopicUnreadable: a thousand records in a row cannot be stored.
        """
        self._letters.clear()
        self.oldest_stored = None
        items: list[tuple[Any, Any]] = []
        for record in records:
            try:
                items.append((record, self._parse(record)))
                self._in_a_row["unreadable"] = 0
            except Exception as error:  # noqa: BLE001 - anything may stand in a message; it must not stop the rest
                self._bury(record, "unreadable", error)
        stored = self._insert(items)
        self._on_insert()
        self._table.insert_dead_letters(self._letters)
        for record in stored if logger.isEnabledFor(logging.DEBUG) else ():
            logger.debug("%s stored", self._stage, extra=self._about(record))
        return stored

    def _insert(self, items: Sequence[tuple[Any, Any]]) -> list[Any]:
        """A refused batch is halved until the record that is to blame stands alone."""
        if not items:
            return []
        self._on_insert()
        try:
            self._store(self._table, [item for _, item in items])
        except StoreRefused as error:
            if len(items) == 1:
                self._bury(items[0][0], "refused", error)
                return []
            middle = len(items) // 2
            return self._insert(items[:middle]) + self._insert(items[middle:])
        self._in_a_row["refused"] = 0
        oldest = self._oldest_page([item for _, item in items])
        self.oldest_stored = min(filter(None, (self.oldest_stored, oldest)), default=None)
        return [record for record, _ in items]

    def _bury(self, record: Any, reason: str, error: Exception) -> None:
        self._misfits += 1
        self._in_a_row[reason] += 1
        self._stages.dropped(self._stage, reason, 1)
        kind = type(error).__name__
        place = f"{record.topic}/{record.partition}@{record.offset}"
        if self._misfits == 1:
            logger.error(
                "%s cannot be stored (%s: %s); it and its like are kept in dead_letters: `rightswatch dead list`",
                *(place, reason, kind),
                extra=self._about(record),
            )
        if self._in_a_row[reason] >= MISFITS_IN_A_ROW:
            raise TopicUnreadable(
                f"{place}: {MISFITS_IN_A_ROW} records in a row cannot be stored ({reason}: {kind}). Are "
                "the workers newer than this writer? Nothing is committed; run the newer rightswatch"
            ) from error
        letter = whole_page_dead(replace(page_of(record), of=self._page_named(record)), f"{self._stage}_{reason}")
        self._letters.append(orjson.loads(dead_letter_bytes(letter)))

    def _page_named(self, record: Any) -> str:
        """A page itself names none: what stands in it is a stranger's."""
        return "" if self._stage == PAGES else page_named(record)

    def _about(self, record: Any) -> dict[str, Any]:
        page = self._page_named(record) or page_of(record).digest
        return about(page, record.topic, record.partition, record.offset)


def page_of(record: Any) -> Page:
    """A broker record as a page: for `listings` what it is, elsewhere the way to keep its bytes and place."""
    return Page(record.value or b"", observed_at(record.timestamp), record.topic, record.partition, record.offset)


def page_named(record: Any) -> str:
    """The digest of the page that a record of any topic names; empty where it names none, and then is one itself."""
    value = record.value or b""
    try:
        named = orjson.loads(value.partition(b"\n")[0]).get("page")
    except (orjson.JSONDecodeError, AttributeError):
        return ""
    return named if isinstance(named, str) and _DIGEST.fullmatch(named) else ""


def document_of(record: Any) -> dict[str, Any]:
    document = orjson.loads(record.value)
    if not isinstance(document, dict):
        raise TypeError("not a JSON object")
    return document


def alert_of(record: Any) -> Alert:
    return Alert.from_json(document_of(record))


def oldest_page_of(alerts: Sequence[Alert]) -> str | None:
    """When the first of their pages was observed; what a sweep found in old pages says nothing about the stream."""
    return min((alert.observed_at for alert in alerts if not alert.retrospective), default=None)


def sampled_of(record: Any) -> SampledMatch:
    return SampledMatch.from_json(document_of(record))


def rows_of(page: Page) -> list[ListingRow]:
    """A narrow row for each listing of the page."""
    decoded = decode_page(page)
    lines = zip(decoded.listings, decoded.lines, strict=True)
    return [listing_row(listing, page, line, listing_digest(listing)) for listing, line in lines]


def store_alerts(table: TableWriter, alerts: Sequence[Alert]) -> None:
    table.insert_alerts(alerts)


def store_pages(table: TableWriter, pages: Sequence[Page]) -> None:
    """The rows first: when a page is there, its listings are."""
    table.insert_listings([row for page in pages for row in rows_of(page)])
    table.insert_pages(pages)


def store_screened(table: TableWriter, sampled: Sequence[SampledMatch]) -> None:
    table.insert_screened(sampled)


def store_screenings(table: TableWriter, documents: Sequence[dict[str, Any]]) -> None:
    table.insert_screenings(documents)


def store_dead_letters(table: TableWriter, documents: Sequence[dict[str, Any]]) -> None:
    table.insert_dead_letters(documents)
