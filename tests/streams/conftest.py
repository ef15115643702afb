"""Names of a test's own on the session's servers, and processes of ours to run against them."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.settings import OperationalSettings
from streams.embedded import Endpoints
from streams.settings import load_settings
from tests.streams.world import Process, StartProcess, World

PROGRAM = Path(__file__).with_name("run_process.py")


@pytest.fixture
def world(stack: Endpoints, tmp_path: Path) -> World:
    name = f"t{uuid.uuid4().hex[:10]}"
    environ = {
        "RIGHTSWATCH_WORKER_WRITER": "no",
        "RIGHTSWATCH_DATA_DIR": str(tmp_path),
        "RIGHTSWATCH_KAFKA_BOOTSTRAP": f"127.0.0.1:{stack.kafka_port}",
        "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}.",
        "RIGHTSWATCH_KAFKA_SESSION_TIMEOUT_SECONDS": "6",
        "RIGHTSWATCH_KAFKA_FETCH_WAIT_SECONDS": "0.025",
        "RIGHTSWATCH_CLICKHOUSE_HOST": "127.0.0.1",
        "RIGHTSWATCH_CLICKHOUSE_PORT": str(stack.clickhouse_port),
        "RIGHTSWATCH_CLICKHOUSE_USER": str(stack.clickhouse_user),
        "RIGHTSWATCH_CLICKHOUSE_PASSWORD": str(stack.clickhouse_password),
        "RIGHTSWATCH_CLICKHOUSE_DATABASE": name,
        "RIGHTSWATCH_REDIS_URL": f"redis://:{stack.redis_password}@127.0.0.1:{stack.redis_port}/0",
        "RIGHTSWATCH_REDIS_KEY_PREFIX": f"{name}:",
        "RIGHTSWATCH_OPERATIONAL_URL": OperationalSettings.sqlite(tmp_path / "operational.db").url,
    }
    return World(environ, load_settings(None, environ))


@pytest.fixture
def start(world: World, tmp_path: Path) -> Iterator[StartProcess]:
    """Starts a process and waits for its health address; ends all of them afterwards."""
    running: list[Process] = []

    def begin(role: str, **environ: str) -> Process:
        log = tmp_path / f"{role}-{len(running)}.log"
        with log.open("w") as stderr:
            popen = subprocess.Popen(
                [sys.executable, str(PROGRAM), role],
                env={**os.environ, **world.environ, **environ},  # noqa: TID251 - the child needs its PATH
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        assert popen.stdout is not None
        process = Process(popen, popen.stdout.readline().strip(), log)
        running.append(process)
        assert process.url, log.read_text()
        return process

    yield begin
    for process in running:
        process.end()
