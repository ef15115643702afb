"""The compose file's processes as plain ones on real servers: its commands, configuration, users and secrets."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from sinks.clickhouse.connection import Connection
from sinks.settings import ClickHouseSettings
from tests.deploy.composed import PROBE, Plain
from tests.deploy.conftest import Database, Secrets
from tests.e2e.service import wait_for
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.kafka import KafkaServer
from tools.servers.redis import RedisServer

START_SECONDS = 240.0  # five processes at once, on a machine that is busy with other things
LONG_RUNNING = ("worker", "writer", "pictures", "retro", "web")
RIGHT = {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"], "policy": "any_use"}
OFFER = {"platform": "taobao", "listing_id": "1", "title": "ZORBEX shoes"}
NO_LISTING = b'{"platform":"taobao","title":"no id"}\nno json\n'


class Stack:
    """The processes of the compose file, all started; what it does in order is done in order."""

    def __init__(self, folder: Path, secrets: Secrets, addresses: dict[str, str], database: Database) -> None:
        self._folder = folder
        self._secrets = secrets
        self._addresses = addresses
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        migrated = self.service("migrate").run()
        assert migrated.returncode == 0, migrated.stderr
        database.grant()
        for name in LONG_RUNNING:
            self.start(name)

    def service(self, name: str) -> Plain:
        return Plain(name, self._folder, self._secrets, self._addresses)

    def start(self, name: str) -> None:
        self._processes[name] = self.service(name).start()

    def url(self, name: str) -> str:
        """Where it answers, as it says at its start."""
        told = self.service(name).log.read_text("utf-8")
        found = re.search(r"http://127\.0\.0\.1:\d+", told)
        return found.group() if found else ""

    def is_ready(self, name: str) -> bool:
        """As the health check asks."""
        if not (url := self.url(name)):
            return False
        asked = subprocess.run([sys.executable, "-I", "-S", str(PROBE), f"{url}/readyz"], capture_output=True)
        return asked.returncode == 0

    def stop(self) -> dict[str, int]:
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        return {name: process.wait(60) for name, process in self._processes.items()}

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text('utf-8')[-2000:]}" for log in self._folder.glob("*.log"))


@pytest.fixture(scope="module")
def reader(clickhouse_server: ClickHouseServer, secrets: Secrets) -> ClickHouseSettings:
    return clickhouse_server.settings("rightswatch_reader", secrets["clickhouse_reader"])


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory,
    secrets: Secrets,
    kafka_server: KafkaServer,
    clickhouse_server: ClickHouseServer,
    guarded_redis: RedisServer,
    database: Database,
) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("compose")
    addresses = {
        "kafka:9092": kafka_server.bootstrap,
        'host = "clickhouse"': f'host = "127.0.0.1"\nport = {clickhouse_server.port}',
        "@redis:6379": f"@127.0.0.1:{guarded_redis.port}",
        "@postgresql/rightswatch": f"@{database.place}",
        "0.0.0.0": "127.0.0.1",
        "health_port = 9100": "health_port = 0",
        "isolated = true": "isolated = true\nport = 0",
        "/feed/": f"{folder}/",
    }
    stack = Stack(folder, secrets, addresses, database)
    try:
        yield stack
    finally:
        stack.stop()


@pytest.mark.timeout(600)
def test_a_page_becomes_an_alert_that_the_floor_shows_and_every_process_is_ready_and_ends_cleanly(
    stack: Stack, reader: ClickHouseSettings
) -> None:
    for name in LONG_RUNNING:
        wait_for(partial(stack.is_ready, name), f"{name} is ready", START_SECONDS)
    imported = stack.service("commands").run("rights", "import", "-", given=orjson.dumps(RIGHT).decode())
    assert imported.returncode == 0, imported.stderr
    floor = stack.url("web")
    wait_for(lambda: get(f"{floor}/readyz")["revision"] == 1, f"the change is in force\n{stack.logs()}")

    stack.service("feed").folder.joinpath("listings.jsonl").write_bytes(orjson.dumps(OFFER) + b"\n" + NO_LISTING)
    stack.start("feed")
    wait_for(lambda: stored_alerts(reader) == 1, f"the alert is stored\n{stack.logs()}")
    # A view fills the floor's index, a moment after the row itself is there.
    shown = wait_for(lambda: get(f"{floor}/api/v1/alerts")["alerts"], f"the floor shows it\n{stack.logs()}")
    assert [(alert["listing_id"], alert["right_id"]) for alert in shown] == [("1", "R1")]
    # As Prometheus asks, and the doctor with the commands' users.
    scraped = urllib.request.Request(f"{floor}/metrics", headers={"Host": "web:8420"})
    with urllib.request.urlopen(scraped, timeout=10) as answer:
        assert b"rightswatch_watchlist_revision 1.0" in answer.read()
    doctor = stack.service("commands").run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    decide_about_the_dead(stack)
    interrupted = 1  # a feed that would go on for ever says so
    assert stack.stop() == {**dict.fromkeys(LONG_RUNNING, 0), "feed": interrupted}, stack.logs()


def decide_about_the_dead(stack: Stack) -> None:
    """With the commands' users: they read letters, send one again, and keep what was decided."""
    commands = stack.service("commands")
    wait_for(lambda: len(commands.run("dead", "list").stdout.splitlines()) == 2, f"both are dead\n{stack.logs()}")
    sent = commands.run("dead", "retry", "--reason", "not_json")
    assert sent.returncode == 0, sent.stderr
    discarded = commands.run("dead", "discard", "--reason", "no_listing_id", "--why", "a test")
    assert discarded.returncode == 0, discarded.stderr
    states = {
        (one["reason"], one["state"]) for one in map(orjson.loads, commands.run("dead", "counts").stdout.splitlines())
    }
    assert states >= {("not_json", "retried"), ("no_listing_id", "discarded")}


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return dict(orjson.loads(answer.read()))


def stored_alerts(reader: ClickHouseSettings) -> int:
    with Connection(reader) as connection:
        return int(connection.query("SELECT count() FROM alerts FINAL")[0][0])
