"""Bring the ClickHouse schema up to date at start.

The numbered files under `schema/` run in order, each once, and `schema_migrations` records them. ClickHouse has no
lock to hold meanwhile, so every statement must be harmless when run again or by two processes at once
(`IF NOT EXISTS`); a test checks that. A released file is never edited: a change is a new file.

The schema is changed while older programs run on it, so a change only adds: tables, columns with a default, indexes.
One that they cannot live with gets a name that ends with `_breaking`, and they refuse to start: deploy/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from sinks.clickhouse.connection import Connection
from sinks.errors import StoreForbidden, StoreRefused
from sinks.settings import ClickHouseSettings

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
BREAKING = "_breaking"
_HAS_LEDGER = """
SELECT count() FROM system.tables WHERE database = {database:String} AND name = 'schema_migrations'"""
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

    A user that may only read and write does well on a schema that is up to date: nothing is changed then.

    Raises:
        SchemaTooNew: the database has a version that this program cannot write to.
        StoreForbidden: something is missing, and this user may not make it.
        StoreUnavailable, StoreRefused: as the connection says.
    """
    known = known_migrations() if migrations is None else migrations
    applied = applied_migrations(settings)
    _refuse_newer(settings, applied, known)
    missing = [migration for migration in known if migration.version not in applied]
    if missing:
        try:
            _apply(settings, missing)
        except StoreForbidden as error:
            raise StoreForbidden(
                f"{error}. The schema lacks version {missing[0].version}: run `rightswatch migrate` as a user that "
                "may change it"
            ) from error
    return [migration.version for migration in missing]


def applied_migrations(settings: ClickHouseSettings) -> dict[int, str]:
    """Versions and names of what was applied to the database; none when it is not there, or not for this user.

    Raises:
        StoreUnavailable, StoreRefused: as the connection says.
    """
    with Connection(settings, database="default") as connection:
        is_there = connection.query(_HAS_LEDGER, {"database": settings.database})[0][0]
        ledger = f"`{settings.database}`.schema_migrations"
        return dict(connection.query(f"SELECT version, any(name) FROM {ledger} GROUP BY version")) if is_there else {}  # noqa: S608


def _apply(settings: ClickHouseSettings, missing: Sequence[Migration]) -> None:
    with Connection(settings, database="default") as connection:
        connection.command(f"CREATE DATABASE IF NOT EXISTS `{settings.database}`")
    with Connection(settings) as connection:
        connection.command(_LEDGER)
        for migration in missing:
            for statement in migration.statements:
                connection.command(statement)
            connection.insert("schema_migrations", {"version": [migration.version], "name": [migration.name]})


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


def _refuse_newer(settings: ClickHouseSettings, applied: Mapping[int, str], known: Sequence[Migration]) -> None:
    """What a newer program added is no hindrance: columns and tables that this one neither reads nor writes."""
    newest = max((migration.version for migration in known), default=0)
    breaking = [version for version, name in applied.items() if version > newest and name.endswith(BREAKING)]
    if breaking:
        raise SchemaTooNew(
            f"{settings.place}, database {settings.database}: its schema has version {max(breaking)}, this program "
            f"knows versions up to {newest}. Run the newer rightswatch, or name another database in the settings."
        )
