"""Bring the ClickHouse schema up to date at start.

The numbered files under `schema/` run in order, each once, and `schema_migrations` records them. ClickHouse has no
lock to hold meanwhile, so every statement must be harmless when run again or by two processes at once
(`IF NOT EXISTS`); a test checks that. A released file is never edited: a change is a new file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from sinks.clickhouse.connection import Connection
from sinks.errors import StoreRefused
from sinks.settings import ClickHouseSettings

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (version UInt32, name String, applied_at DateTime('UTC') DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY version"""


class SchemaTooNew(StoreRefused):
    """The database was made by a newer program, which alone knows how to write to it."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    statements: tuple[str, ...]


def migrate(settings: ClickHouseSettings, migrations: Sequence[Migration] | None = None) -> list[int]:
    """Create the database if it is missing and apply what is new; the versions applied here.

    Raises:
        SchemaTooNew: the database has a version this program does not know.
        StoreUnavailable, StoreRefused: as the connection says.
    """
    known = known_migrations() if migrations is None else migrations
    with Connection(settings, database="default") as connection:
        connection.command(f"CREATE DATABASE IF NOT EXISTS `{settings.database}`")
    with Connection(settings) as connection:
        connection.command(_LEDGER)
        applied = _applied(connection)
        _refuse_newer(settings, applied, known)
        missing = [migration for migration in known if migration.version not in applied]
        for migration in missing:
            for statement in migration.statements:
                connection.command(statement)
            connection.insert("schema_migrations", {"version": [migration.version], "name": [migration.name]})
    return [migration.version for migration in missing]


def known_migrations() -> list[Migration]:
    """The files under `schema/`, in order. Their numbers run from 1 without a gap."""
    files = sorted(resources.files("sinks.clickhouse").joinpath("schema").iterdir(), key=lambda file: file.name)
    return [
        Migration(int(name[1]), name[2], statements(file.read_text("utf-8")))
        for file in files
        if (name := _FILE_NAME.fullmatch(file.name))
    ]


def statements(script: str) -> tuple[str, ...]:
    """The statements of a script: each ends with a semicolon at the end of a line. Comment lines are left out."""
    code = "\n".join(line.rstrip() for line in script.splitlines() if not line.lstrip().startswith("--"))
    return tuple(part.strip() for part in re.split(r";(?:\n|$)", code) if part.strip())


def _applied(connection: Connection) -> frozenset[int]:
    return frozenset(version for (version,) in connection.query("SELECT DISTINCT version FROM schema_migrations"))


def _refuse_newer(settings: ClickHouseSettings, applied: frozenset[int], known: Sequence[Migration]) -> None:
    newest = max((migration.version for migration in known), default=0)
    if max(applied, default=0) > newest:
        raise SchemaTooNew(
            f"{settings.place}, database {settings.database}: its schema has version {max(applied)}, this program "
            f"knows versions up to {newest}. Run the newer rightswatch, or name another database in the settings."
        )
