"""Pictures in ClickHouse: what was seen comes back as it was, and nothing stands there twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from detectors.pictures.looking import see
from detectors.pictures.seen import ReadLine, Seen
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.picture_rows import EvidenceRow, LookRow
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.stored_pages import StoredPages
from sinks.clickhouse.writer import TableWriter
from sinks.settings import ClickHouseSettings
from tests.detectors.pictures.made import encoded, photograph

NOW = datetime.now(UTC)
PICTURE = encoded(photograph(), "JPEG", quality=85)
PAGE = "ab" * 32


def seen(content: bytes = PICTURE) -> Seen:
    found = see(content)
    assert isinstance(found, Seen)
    return found


def look(one: Seen, *, image: int = 0, after: int = 0, page: str = PAGE) -> LookRow:
    return LookRow(
        page=page,
        platform="淘宝",
        listing_id="1",
        image=image,
        url=f"https://a.example/{image}.jpg",
        seen=one,
        fetched_at=NOW + timedelta(seconds=after),
        kept_until=NOW + timedelta(days=9),
    )


def assert_same(one: Seen, other: Seen) -> None:
    assert (one.digest, one.lines, one.look.luma_unit) == (other.digest, other.lines, other.look.luma_unit)
    assert list(one.look.views) == list(other.look.views)
    assert np.array_equal(one.look.fingerprints.words, other.look.fingerprints.words)
    assert np.array_equal(one.look.fingerprints.qualities, other.look.fingerprints.qualities)


def test_what_was_seen_comes_back_as_it_was(writer: TableWriter, clickhouse: ClickHouseSettings) -> None:
    one = replace(seen(), lines=(ReadLine("佐贝 ZORBEX", (1.5, 2.0, 30.25, 4.0), 0.875),))
    writer.insert_looks([look(one), look(seen(), image=3), look(seen(), page="cd" * 32)])
    with AlertReader(clickhouse) as reader:
        found = reader.looks(PAGE)
    assert set(found) == {"https://a.example/0.jpg", "https://a.example/3.jpg"}
    assert_same(found["https://a.example/0.jpg"], one)


def test_a_sweep_reads_the_looks_of_many_pages(writer: TableWriter, clickhouse: ClickHouseSettings) -> None:
    pages = [f"{number:064x}" for number in range(3)]
    writer.insert_looks([look(seen(), page=page) for page in pages])
    stored = StoredPages(clickhouse)
    assert set(stored.looks(pages[:2])) == set(pages[:2])
    assert stored.looks([]) == {}
    stored.close()


def test_the_earliest_look_wins_whatever_the_order(writer: TableWriter, clickhouse: ClickHouseSettings) -> None:
    first, later = seen(), seen(encoded(photograph().rotate(90), "JPEG", quality=85))
    for rows in ([look(later, after=5)], [look(first)], [look(later, after=9)]):
        writer.insert_looks(rows)
    with AlertReader(clickhouse) as reader:
        assert_same(reader.looks(PAGE)["https://a.example/0.jpg"], first)


def test_a_look_goes_when_sweeps_do_not_need_it_any_more(writer: TableWriter, connection: Connection) -> None:
    writer.insert_looks([replace(look(seen()), kept_until=NOW - timedelta(days=1)), look(seen(), image=1)])
    connection.command("OPTIMIZE TABLE picture_looks FINAL")
    assert connection.query("SELECT image FROM picture_looks") == [(1,)]


def test_evidence_comes_back_byte_for_byte_and_stands_there_once(
    writer: TableWriter, connection: Connection, clickhouse: ClickHouseSettings
) -> None:
    content = bytes(range(256)) * 100
    row = EvidenceRow(
        digest=PAGE,
        content=content,
        media_type="image/jpeg",
        url="https://a.example/a.jpg",
        width=800,
        height=600,
        fetched_at=NOW,
    )
    for _ in range(2):
        writer.insert_evidence([row])
    assert connection.query("SELECT count() FROM picture_evidence FINAL") == [(1,)]
    with AlertReader(clickhouse) as reader:
        assert reader.picture(PAGE) == content
        assert reader.picture("cd" * 32) is None
        assert reader.picture("no digest") is None
