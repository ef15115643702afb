"""The schema: from nothing, again, half done, by several processes at once, and from the future."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import Migration, SchemaTooNew, known_migrations, migrate, statements
from sinks.errors import StoreRefused, StoreUnavailable
from sinks.settings import ClickHouseSettings

TABLES = {"pages", "listings", "alerts", "alerts_by_time", "screenings", "dead_letters", "verdicts"}


def tables(settings: ClickHouseSettings) -> set[str]:
    with Connection(settings) as connection:
        return {name for (name,) in connection.query("SHOW TABLES")}


def test_an_empty_server_gets_every_table_once(empty_clickhouse: ClickHouseSettings) -> None:
    versions = [migration.version for migration in known_migrations()]
    assert migrate(empty_clickhouse) == versions
    assert tables(empty_clickhouse) >= TABLES
    assert migrate(empty_clickhouse) == []


def test_versions_run_from_one_without_a_gap() -> None:
    versions = [migration.version for migration in known_migrations()]
    assert versions == list(range(1, len(versions) + 1))


def test_a_half_done_schema_is_completed(empty_clickhouse: ClickHouseSettings) -> None:
    migrate(empty_clickhouse, known_migrations()[:3])
    assert migrate(empty_clickhouse) == [migration.version for migration in known_migrations()[3:]]
    assert tables(empty_clickhouse) >= TABLES


def test_every_statement_may_run_again(clickhouse: ClickHouseSettings) -> None:
    with Connection(clickhouse) as connection:
        for migration in known_migrations():
            for statement in migration.statements:
                connection.command(statement)


def test_several_processes_may_start_at_once(empty_clickhouse: ClickHouseSettings) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(migrate, [empty_clickhouse] * 6))
    assert tables(empty_clickhouse) >= TABLES
    with Connection(empty_clickhouse) as connection:
        recorded = connection.query("SELECT version FROM schema_migrations FINAL ORDER BY version")
    assert [version for (version,) in recorded] == [migration.version for migration in known_migrations()]


def test_a_newer_schema_that_only_adds_is_used(clickhouse: ClickHouseSettings) -> None:
    later = Migration(99, "later", ("ALTER TABLE verdicts ADD COLUMN IF NOT EXISTS later UInt8 DEFAULT 1",))
    migrate(clickhouse, [*known_migrations(), later])
    assert migrate(clickhouse) == []


def test_a_newer_schema_that_breaks_older_programs_is_refused_with_the_remedy(clickhouse: ClickHouseSettings) -> None:
    migrate(clickhouse, [*known_migrations(), Migration(99, "later_breaking", ("SELECT 1",))])
    with pytest.raises(SchemaTooNew, match=r"version 99.*Run the newer rightswatch"):
        migrate(clickhouse)


def test_comments_are_no_part_of_a_statement() -> None:
    assert statements("-- a; b;\nSELECT 1;\n\n-- c\nSELECT ';',\n2;\n") == ("SELECT 1", "SELECT ';',\n2")


def test_a_wrong_password_is_refused_without_showing_it(clickhouse: ClickHouseSettings) -> None:
    wrong = replace(clickhouse, password="not-the-one")
    assert "not-the-one" not in repr(wrong)
    with pytest.raises(StoreRefused, match=r"127\.0\.0\.1") as caught:
        migrate(wrong)
    assert "not-the-one" not in str(caught.value)


def test_a_server_that_is_away_may_be_tried_again(clickhouse: ClickHouseSettings) -> None:
    with pytest.raises(StoreUnavailable, match=r"ClickHouse 127\.0\.0\.1:1 is not available"):
        migrate(replace(clickhouse, port=1))


@pytest.mark.parametrize("compression", ["lz4", "zstd", "none"])
def test_every_compression_works(clickhouse: ClickHouseSettings, compression: str) -> None:
    with Connection(replace(clickhouse, compression=compression)) as connection:
        connection.insert("verdicts", {"note": ["x" * 100_000]})
        assert connection.query("SELECT length(note) FROM verdicts") == [(100_000,)]
