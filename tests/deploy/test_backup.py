"""What deploy/backup keeps comes back in fresh servers, row for row; a copy of SQLite holds what was committed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.operational.audit_store import AuditStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from tests.deploy.conftest import DEPLOY, Database, Secrets
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.running import running

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
STATEMENTS = Path(__file__).with_name("statements.py")
ROWS = 500
READ = {
    "alerts": "SELECT alert_id, observed_at, document, stored_at FROM alerts FINAL ORDER BY alert_id",
    "alerts_by_time": "SELECT alert_id, observed_at, first_wins FROM alerts_by_time FINAL ORDER BY alert_id",
    "pages": "SELECT digest, body, observed_at FROM pages FINAL ORDER BY digest",
    "schema_migrations": "SELECT version, name FROM schema_migrations FINAL ORDER BY version",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A ClickHouse and a PostgreSQL database, with the users of deploy/."""

    clickhouse: ClickHouseServer
    database: Database
    secrets: Secrets

    def run(self, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """A script of deploy/backup, told where the servers are as its head says."""
        backup = (self.clickhouse.port, "rightswatch_backup", self.secrets["clickhouse_backup"])
        place = urlsplit(f"x://{self.database.place}")
        pg = f"--host {place.hostname} --port {place.port}"
        ours = {
            "CLICKHOUSE": " ".join(map(str, (sys.executable, STATEMENTS, *backup))),
            # The scripts name the database `rightswatch`; a test's has another name.
            "PG_DUMP": f"pg_dump {pg} --username rightswatch_migrate --dbname {place.path[1:]}",
            "PG_RESTORE": f"pg_restore {pg} --username rightswatch_migrate --dbname {place.path[1:]}",
            "PGPASSFILE": str(self._pgpass(folder)),
        }
        return subprocess.run(
            ["sh", str(DEPLOY / "backup" / script), "nightly-1"],
            cwd=folder,
            env={**os.environ, **ours},  # noqa: TID251  what a shell would hand on
            capture_output=True,
            text=True,
        )

    def stored(self, table: str) -> list[Any]:
        settings = self.clickhouse.settings("rightswatch_reader", self.secrets["clickhouse_reader"])
        with Connection(settings) as connection:
            return connection.query(READ[table], as_bytes=True)

    def rights(self) -> list[Any]:
        with closing(RightsStore(OperationalSettings(self.database.url("migrate")))) as store:
            return [store.revision(), *store.entries(0)]

    def _pgpass(self, folder: Path) -> Path:
        file = folder / "pgpass"
        file.touch(0o600)
        file.write_text(f"*:*:*:rightswatch_migrate:{self.secrets['postgresql_migrate']}\n")
        return file


def filled(site: Site) -> None:
    migrate(site.clickhouse.settings("rightswatch_migrate", site.secrets["clickhouse_migrate"]))
    moments = [NOW + timedelta(seconds=number) for number in range(ROWS)]
    with Connection(site.clickhouse.settings("rightswatch_writer", site.secrets["clickhouse_writer"])) as connection:
        ids = [UUID(int=number) for number in range(ROWS)]
        documents = [f'{{"n":{number}}}' for number in range(ROWS)]
        connection.insert("alerts", {"alert_id": ids, "document": documents, "observed_at": moments})
        digests = [number.to_bytes(32, "big") for number in range(ROWS)]
        bodies = [bytes(range(256)) + digest for digest in digests]
        connection.insert("pages", {"digest": digests, "body": bodies, "observed_at": moments})
    with closing(RightsStore(OperationalSettings(site.database.url("migrate")))) as store:
        right = {"right_id": "R1", "kind": "trademark", "marks": ["耐克"]}
        store.apply([{"op": "put", "right": right}, {"op": "put", "right": {**right, "right_id": "R2"}}])
        store.apply([{"op": "withdraw", "right_id": "R1"}])
    with closing(AuditStore(OperationalSettings(site.database.url("migrate")))) as audit:
        for subject in ("R1", "R2"):
            audit.append(by_id="a1", by_name="An", action="right.put", subject=subject, detail={}, now=NOW)
    site.database.grant()


@pytest.fixture(scope="module")
def site(clickhouse_server: ClickHouseServer, database: Database, secrets: Secrets) -> Site:
    site = Site(clickhouse_server, database, secrets)
    filled(site)
    return site


@pytest.fixture(scope="module")
def restored(
    site: Site, postgresql_server: PostgreSQLServer, secrets: Secrets, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Fresh servers after a restore; the backup's files are carried over as an operator would."""
    folder = tmp_path_factory.mktemp("backup")
    kept = site.run("backup.sh", folder)
    assert kept.returncode == 0, kept.stderr
    assert (folder / "nightly-1.dump").stat().st_mode & 0o077 == 0  # the accounts are in it
    users = secrets.path("clickhouse-users.xml")
    with running(lambda home: ClickHouseServer(home, users)) as clickhouse, postgresql_server.database() as url:
        (clickhouse.backups / "nightly-1").symlink_to(site.clickhouse.backups / "nightly-1")
        fresh = Site(clickhouse, Database(url, secrets), secrets)
        back = fresh.run("restore.sh", folder)
        assert back.returncode == 0, back.stderr
        fresh.database.grant()
        yield fresh


@pytest.mark.parametrize("table", READ)
def test_every_row_of_clickhouse_comes_back(site: Site, restored: Site, table: str) -> None:
    assert restored.stored(table) == site.stored(table)


def test_as_many_alerts_come_back_as_were_stored(restored: Site) -> None:
    assert len(restored.stored("alerts")) == ROWS


def test_the_rights_come_back_with_their_history(site: Site, restored: Site) -> None:
    rights = restored.rights()
    assert rights == site.rights()
    assert rights[0] == 3


def test_the_audit_log_comes_back_whole(restored: Site) -> None:
    with closing(AuditStore(OperationalSettings(restored.database.url("migrate")))) as audit:
        verified = audit.verify()
    assert verified.entries == 2
    assert verified.broken is None


def test_the_service_goes_on_with_what_was_restored(restored: Site) -> None:
    writer = restored.clickhouse.settings("rightswatch_writer", restored.secrets["clickhouse_writer"])
    assert migrate(writer) == []
    late = UUID(int=10**6)
    with Connection(writer) as connection:
        connection.insert("alerts", {"alert_id": [late], "document": ["{}"], "observed_at": [NOW]})
    assert late in {row[0] for row in restored.stored("alerts_by_time")}


def test_a_name_that_is_no_name_is_refused(site: Site, tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", str(DEPLOY / "backup" / "backup.sh"), "a'; DROP"],
        capture_output=True,
        text=True,
        env={**os.environ, "CLICKHOUSE": "false"},  # noqa: TID251
    )
    assert (done.returncode, "usage" in done.stderr) == (2, True)


def test_a_copy_of_sqlite_holds_what_was_committed_while_the_service_writes(tmp_path: Path) -> None:
    original, copy = tmp_path / "operational.db", tmp_path / "copy.db"
    with closing(RightsStore(OperationalSettings.sqlite(original))) as store:
        store.apply([{"op": "put", "right": {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"]}}])
        # Still open, its newest change in the write-ahead log: copying the file alone would lose it.
        script = str(DEPLOY / "backup" / "sqlite_copy.py")
        subprocess.run([sys.executable, script, str(original), str(copy)], check=True)
        entries = list(store.entries(0))
    with closing(RightsStore(OperationalSettings.sqlite(copy))) as copied:
        assert list(copied.entries(0)) == entries
