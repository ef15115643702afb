"""A whole service under a supervisor, what is in its store, and what must be there in the end."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.errors import StoreError
from tests.faults.crew import PROJECT, Crew, Process, Server
from tests.faults.stack import Stack

logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)  # it is away on purpose
SETTINGS = {
    "RIGHTSWATCH_KAFKA_SESSION_TIMEOUT_SECONDS": "4",  # a test waits for it after a kill
    "RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS": "0.2",
    "RIGHTSWATCH_WORKER_RETRY_MAX_SECONDS": "1",
    "RIGHTSWATCH_WORKER_STALL_SECONDS": "20",
    "RIGHTSWATCH_WRITER_RETRY_MAX_SECONDS": "1",
    "RIGHTSWATCH_WRITER_PAGE_LINGER_SECONDS": "0.3",
    "RIGHTSWATCH_WEB_PORT": "0",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What an undisturbed run makes of some listings: the alerts of `scan`."""

    listings: int
    alert_ids: frozenset[str]


@dataclass(slots=True)
class Installation:
    """`variables` are its settings; `fed` is how many different listings were sent in."""

    stack: Stack
    folder: Path
    variables: Mapping[str, str]
    crew: Crew = field(default_factory=Crew)
    fed: int = 0

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """A command of ours that ends by itself, without an error."""
        command = [sys.executable, "-m", "streams", "--data-dir", str(self.folder), *map(str, arguments)]
        environment = self._process("command", ())._environment
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=PROJECT, env=environment)
        assert done.returncode == 0, done.stderr
        return done

    def scan(self, rights: Path, listings: Path) -> Expected:
        lines = self.run("scan", "--rights", rights, listings).stdout.splitlines()
        with listings.open("rb") as file:
            return Expected(sum(1 for _ in file), frozenset(orjson.loads(line)["alert_id"] for line in lines))

    def start(self, name: str, *arguments: str | Path, **variables: str) -> Process:
        """A part that goes on: `rightswatch ARGUMENTS`."""
        return self._add(name, ("-m", "streams", "--data-dir", str(self.folder), *map(str, arguments)), variables)

    def start_worker(self, name: str, **variables: str) -> Process:
        """One whose detectors can be at fault."""
        return self._add(name, ("-m", "tests.faults.run_worker", str(self.folder)), variables)

    def start_pictures(self, name: str, **variables: str) -> Process:
        """For which the internet is a shop on loopback."""
        command = (str(PROJECT / "tests" / "streams" / "run_process.py"), "pictures")
        return self._add(name, command, {"RIGHTSWATCH_DATA_DIR": str(self.folder), **variables})

    def feed(self, name: str, listings: Path, count: int, *options: str) -> Process:
        """`count` different listings on their way in."""
        self.fed += count
        return self.start(name, "feed", listings, *options)

    def add_servers(self) -> None:
        """From now on they are started again when they end."""
        for name, server in self.stack.servers.items():
            self.crew.add(Server(name, server), is_started=True)

    def readiness(self, name: str) -> dict[str, Any]:
        """What its /readyz says; nothing while it does not answer."""
        part = self.crew.parts[name]
        assert isinstance(part, Process)
        addresses = re.findall(r"http://[\w.:]+", part.log.read_text("utf-8", "replace")) if part.log.exists() else []
        try:
            with urllib.request.urlopen(f"{addresses[-1]}/readyz", timeout=2) as answer:
                return dict(orjson.loads(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return dict(orjson.loads(error.read()))
        except (OSError, IndexError):
            return {}

    def is_ready(self, *names: str) -> bool:
        return all(self.readiness(name).get("ready") for name in names)

    def query(self, sql: str) -> list[Any]:
        """Rows of its ClickHouse; none while that is away."""
        try:
            with Connection(self._clickhouse()) as connection:
                return connection.query(sql)
        except StoreError:
            return []

    def screened(self) -> int:
        """Listings of pages whose proof is stored."""
        rows = self.query("SELECT sum(listings) FROM screenings FINAL")
        return int(rows[0][0]) if rows else 0

    def alert_ids(self, prefix: str = "") -> list[str]:
        """One entry per row under FINAL, of listings whose id begins so."""
        sql = f"SELECT alert_id FROM alerts FINAL WHERE startsWith(listing_id, '{prefix}')"
        return [str(alert_id) for (alert_id,) in self.query(sql)]

    def dead_letters(self) -> Counter[str]:
        """How many, by reason."""
        rows = self.query("SELECT reason, count() FROM dead_letters FINAL GROUP BY reason")
        return Counter({reason: int(count) for reason, count in rows})

    def migrate(self) -> None:
        migrate(self._clickhouse())

    def _clickhouse(self) -> Any:
        return self.stack.clickhouse_settings(self.variables["RIGHTSWATCH_CLICKHOUSE_DATABASE"])

    def _add(self, name: str, command: tuple[str, ...], variables: Mapping[str, str]) -> Process:
        process = self._process(name, command, variables)
        self.crew.add(process)
        return process

    def _process(self, name: str, command: tuple[str, ...], variables: Mapping[str, str] | None = None) -> Process:
        return Process(name, command, self.folder / f"{name}.log", {**self.variables, **(variables or {})})


@contextmanager
def installation_on(stack: Stack, folder: Path, variables: Mapping[str, str]) -> Iterator[Installation]:
    """An empty service on these servers; its parts end with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with stack.variables() as places:
        installation = Installation(stack, folder, {**SETTINGS, **places, **variables})
        installation.migrate()
        try:
            yield installation
        finally:
            installation.crew.stop_all()
