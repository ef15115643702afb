"""The service under measurement: servers that the settings name, else embedded ones, and one worker process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.records import BenchmarkError
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.operational.rights_store import RightsStore
from streams.configuration.connections import Connections, resolve
from streams.settings import load_settings

READY_SECONDS = 120.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Service:
    """Where the running service's servers are."""

    connections: Connections


@contextmanager
def running_service(rights: Iterable[Mapping[str, Any]]) -> Iterator[Service]:
    """One worker, with its writer, that has loaded these rights. Topics, database and data are of this run alone; on
    a broker that the settings name, the topics stay: their names start with `bench`.

    Raises:
        BenchmarkError: the worker is not ready in two minutes, or ended.
    """
    name = f"bench{os.getpid()}"
    variables = {
        "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}-",
        "RIGHTSWATCH_CLICKHOUSE_DATABASE": name,
        "RIGHTSWATCH_WORKER_HEALTH_PORT": str(free_port()),
    }
    environment = {**os.environ, **variables}  # noqa: TID251 - the edge: what names real servers is handed on
    with tempfile.TemporaryDirectory(prefix="rightswatch-bench-") as folder:
        settings = replace(load_settings(None, environment), data_dir=Path(folder))
        with resolve(settings) as connections:
            _import(rights, connections)
            migrate(connections.clickhouse)  # the writer does it too, but may be later than the first look
            log = Path(folder) / "worker.log"
            try:
                with worker_process(folder, environment, log) as process:
                    wait_until_ready(process, settings.worker.health_port, log)
                    yield Service(connections)
            finally:
                with Connection(connections.clickhouse, database="default") as connection:
                    connection.command(f"DROP DATABASE {connections.clickhouse.database}")


def _import(rights: Iterable[Mapping[str, Any]], connections: Connections) -> None:
    store = RightsStore(connections.operational)
    try:
        store.apply([{"op": "put", "right": right} for right in rights])
    finally:
        store.close()


@contextmanager
def worker_process(folder: str, environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker over this data folder, what it writes in `log`; stopped at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "streams", "worker", "--data-dir", folder],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path, *, seconds: float = READY_SECONDS) -> None:
    """Raises BenchmarkError when the worker does not get ready, or ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if _is_ready(port):
            return
        time.sleep(POLL_SECONDS)
    state = "is not ready" if process.poll() is None else f"ended with exit code {process.returncode}"
    tail = log.read_text("utf-8", "replace")[-2_000:]
    raise BenchmarkError(f"the worker {state}; its log ends with:\n{tail}")


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
