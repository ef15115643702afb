"""The servers as deploy/ sets them up: with its users, and passwords made as an operator makes them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tools.servers.clickhouse import ClickHouseServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.redis import RedisServer
from tools.servers.running import running

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


class Secrets:
    """The folder that deploy/make_secrets.sh makes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["sh", str(DEPLOY / "make_secrets.sh"), str(folder)], check=True, capture_output=True)

    def path(self, name: str) -> Path:
        return self.folder / name

    def __getitem__(self, name: str) -> str:
        return self.path(name).read_text("utf-8")


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    return Secrets(tmp_path_factory.mktemp("secrets") / "made")


@pytest.fixture(scope="module")
def clickhouse_server(secrets: Secrets) -> Iterator[ClickHouseServer]:
    with running(partial(ClickHouseServer, users=secrets.path("clickhouse-users.xml"))) as server:
        yield server


@pytest.fixture(scope="module")
def guarded_redis(secrets: Secrets) -> Iterator[RedisServer]:
    with running(partial(RedisServer, acl=secrets.path("redis-users.acl"))) as server:
        yield server


class Database:
    """A database with the roles of deploy/postgresql, and its URL for each role."""

    def __init__(self, admin_url: str, secrets: Secrets) -> None:
        self._admin_url = admin_url
        self._secrets = secrets
        self.psql("roles.sql", admin_url)

    @property
    def place(self) -> str:
        """Host, port and name."""
        return self._admin_url.rpartition("@")[2]

    def url(self, role: str) -> str:
        """As SQLAlchemy's URL."""
        return f"postgresql+psycopg://rightswatch_{role}:{self._secrets[f'postgresql_{role}']}@{self.place}"

    def grant(self) -> None:
        self.psql("grants.sql", self.url("migrate"))

    def psql(self, script: str, url: str) -> None:
        done = self._run(script, url, self._secrets.folder)
        assert done.returncode == 0, done.stderr

    def roles_with(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """roles.sql with the passwords of another folder."""
        return self._run("roles.sql", self._admin_url, folder)

    def _run(self, script: str, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["psql", "--no-psqlrc", "--quiet", url.replace("+psycopg", ""), "-f", str(DEPLOY / "postgresql" / script)],
            env={**os.environ, "SECRETS": str(folder)},  # noqa: TID251  what a shell would hand on
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def database(postgresql_server: PostgreSQLServer, secrets: Secrets) -> Iterator[Database]:
    with postgresql_server.database() as url:
        yield Database(url, secrets)
