"""Pages as the writer keeps them once a worker has screened them."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.records import Page, timestamp_text
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings


def store_screened(clickhouse: ClickHouseSettings, pages: Sequence[Page], revision: int = 1) -> None:
    """The pages with their proofs; what came of them is not said."""
    proofs = [
        {
            "page": page.digest,
            "topic": page.topic,
            "partition": page.partition,
            "offset": page.offset,
            "observed_at": timestamp_text(page.observed_at),
            "revision": revision,
            "versions": {},
            "screened": {},
            "warnings": {},
            **dict.fromkeys(("listings", "matches", "alerts", "dead"), 0),
        }
        for page in pages
    ]
    with TableWriter(clickhouse) as writer:
        writer.insert_pages(pages)
        writer.insert_screenings(proofs)
