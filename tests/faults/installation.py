"""A whole service under a supervisor, what is in its store, and what must be there in the end."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from detectors.decode import MAX_PAGE_BYTES, decode_page
from detectors.records import Page
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.errors import StoreError
from tests.faults.crew import PROJECT, Crew, Process, Server
from tests.faults.run_worker import CRASHES, RAISES
from tests.faults.stack import Stack

logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)  # it is away on purpose
FEED_ENDS_SECONDS = 60.0
SETTINGS = {
    "RIGHTSWATCH_KAFKA_SESSION_TIMEOUT_SECONDS": "4",  # a test waits for it after a kill
    "RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS": "0.2",
    "RIGHTSWATCH_WORKER_RETRY_MAX_SECONDS": "1",
    "RIGHTSWATCH_WORKER_STALL_SECONDS": "20",
    "RIGHTSWATCH_WRITER_RETRY_MAX_SECONDS": "1",
    "RIGHTSWATCH_WRITER_PAGE_LINGER_SECONDS": "0.3",
    "RIGHTSWATCH_WEB_PORT": "0",
}


START = datetime(2026, 11, 28, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an undisturbed run makes of some listings: the alerts of `scan`."""

    listings: int
    alert_ids: frozenset[str]


@dataclass(slots=True)
class Installation:
    """`variables` are its settings. What was sent to it so far: `fed` is how many different listings, `unscreened`
    how many that cannot be screened but can be read, `bad` what must become dead letters, by reason."""

    stack: Stack
    folder: Path
    variables: Mapping[str, str]
    crew: Crew = field(default_factory=Crew)
    fed: int = 0
    unscreened: int = 0
    bad: Counter[str] = field(default_factory=Counter)

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
        """One whose detectors can be at fault, and whose clock is wrong by FAKETIME."""
        if "FAKETIME" in variables:
            variables |= {"LD_PRELOAD": faketime_library(), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return self._add(name, ("-m", "tests.faults.run_worker", str(self.folder)), variables)

    def start_pictures(self, name: str, **variables: str) -> Process:
        """For which the internet is a shop on loopback."""
        command = (str(PROJECT / "tests" / "streams" / "run_process.py"), "pictures")
        return self._add(name, command, {"RIGHTSWATCH_DATA_DIR": str(self.folder), **variables})

    def feed(self, name: str, listings: Path, count: int, *options: str) -> Process:
        """`count` different listings on their way in, once the last feed of that name, whose every page may have come
        through before it knew, has ended."""
        if name in self.crew.parts:
            self.crew.until(lambda: self.crew.is_done(name), f"the last {name} has ended", FEED_ENDS_SECONDS)
        self.fed += count
        return self.start(name, "feed", listings, *options)

    def leave(self, name: str) -> int:
        """Stop a part as an operator would; its exit code."""
        part = self.crew.remove(name)
        assert isinstance(part, Process)
        part.signal(signal.SIGTERM)
        return part.wait(60)

    def pid(self, name: str) -> int:
        part = self.crew.parts[name]
        assert isinstance(part, Process)
        return part.pid

    def send_bad_pages(self) -> None:
        """Pages that nobody can read, and pages that our own faults make unreadable."""
        bodies = [bytes(range(128, 256)) * 50, b"[" * MAX_PAGE_BYTES, b'{"title":"' + b"x" * MAX_PAGE_BYTES, b""]
        for number, what in enumerate((RAISES, CRASHES)):
            listing = {"platform": "taobao", "listing_id": f"bad-{number}", "title": what.decode()}
            bodies.append(orjson.dumps(listing))
            self.bad["screening_failed"] += 1
            self.unscreened += 1
        decoded = [decode_page(Page(body, START, "listings", 0, 0)) for body in bodies[:-2]]
        assert not any(len(page.listings) for page in decoded)
        self.bad += Counter(letter.reason for page in decoded for letter in page.dead_letters)
        asyncio.run(
            _send(self.stack.kafka.bootstrap, f"{self.variables['RIGHTSWATCH_KAFKA_TOPIC_PREFIX']}listings", bodies)
        )

    def is_live(self) -> bool | None:
        """What the watch floor is told about the live stream; None while it is told nothing."""
        addresses = re.findall(r"http://[\w.:]+", self.crew.log("web"))
        try:
            with urllib.request.urlopen(f"{addresses[-1]}/api/v1/live", timeout=3) as stream:
                while not (line := stream.readline()).startswith(b"event: pulse"):
                    if not line:
                        return None
                return bool(orjson.loads(stream.readline().removeprefix(b"data: "))["live"])
        except (OSError, IndexError, orjson.JSONDecodeError):
            return None

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
        """Listings of pages whose proof is stored; a page that came twice has two proofs, and counts once."""
        rows = self.query("SELECT sum(listings) FROM (SELECT any(listings) AS listings FROM screenings GROUP BY page)")
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


async def _send(bootstrap: str, topic: str, bodies: Sequence[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=1_000_000) as producer:
        for body in bodies:
            await producer.send_and_wait(topic, body)


def faketime_library() -> str:
    """Debian's libfaketime for programs with threads."""
    return str(next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")))


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
