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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

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
class Stores:
    """Where the servers are, and what a worker needs to know of them."""

    connections: Connections
    folder: Path
    environment: Mapping[str, str]
    health_port: int

    @contextmanager
    def worker(self, *launcher: str, waits: bool = True, port: int | None = None) -> Iterator[Process]:
        """A worker; if it `waits`, one that has loaded the watchlist. `launcher`: a command to start it with; `port`:
        of its health, when there are several.

        Raises:
            BenchmarkError: it is not ready in two minutes, or ended.
        """
        port = port or self.health_port
        environment = {**self.environment, "RIGHTSWATCH_WORKER_HEALTH_PORT": str(port)}
        with worker_process(self.folder, environment, self.folder / f"worker-{port}.log", launcher) as process:
            if waits:
                wait_until_ready(process, port)
            yield process


@contextmanager
def running_service(rights: Iterable[Mapping[str, Any]]) -> Iterator[Stores]:
    """One worker, with its writer, that has loaded these rights; else as `prepared`.

    Raises:
        BenchmarkError: the worker is not ready in two minutes, or ended.
    """
    with prepared(rights) as stores, stores.worker():
        yield stores


@contextmanager
def prepared(
    rights: Iterable[Mapping[str, Any]],
    variables: Mapping[str, str] = MappingProxyType({}),
    rules: Mapping[str, str] | None = None,
) -> Iterator[Stores]:
    """Servers that hold these rights; `variables` are settings, `rules` a pack instead of the shipped one. Topics,
    database and data are of this use alone; on a broker that the settings name, the topics stay: their names start
    with `bench`."""
    name, port = f"bench{os.getpid()}_{uuid4().hex[:6]}", free_port()
    own = {
        "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}-",
        "RIGHTSWATCH_CLICKHOUSE_DATABASE": name,
        "RIGHTSWATCH_WORKER_HEALTH_PORT": str(port),
    }
    environment = {**os.environ, **own, **variables}  # noqa: TID251 - the edge: what names real servers is handed on
    with tempfile.TemporaryDirectory(prefix="rightswatch-bench-") as folder:
        settings = replace(load_settings(None, environment), data_dir=Path(folder))
        with resolve(settings) as connections:
            _import(rights, rules, connections)
            migrate(connections.clickhouse)  # the writer does it too, but may be later than the first look
            try:
                yield Stores(connections, Path(folder), environment, port)
            finally:
                with Connection(connections.clickhouse, database="default") as connection:
                    connection.command(f"DROP DATABASE {connections.clickhouse.database}")


def _import(rights: Iterable[Mapping[str, Any]], rules: Mapping[str, str] | None, connections: Connections) -> None:
    store = RightsStore(connections.operational)
    try:
        store.apply([{"op": "put", "right": right} for right in rights])
        if rules is not None:
            store.apply([{"op": "rules", "rules": rules}])
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a benchmark."""

    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    def log_tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-2_000:]


def worker_process(
    folder: Path, environment: Mapping[str, str], log: Path, launcher: Sequence[str] = ()
) -> AbstractContextManager[Process]:
    """A worker over this data folder, what it writes in `log`; stopped at the end. `launcher`: what starts it."""
    return running([*launcher, sys.executable, "-m", "streams", "worker", "--data-dir", str(folder)], log, environment)


@contextmanager
def running(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A process whose output goes to `log`; it is asked to end, and killed if it does not."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield Process(process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(process: Process, port: int, *, seconds: float = READY_SECONDS) -> None:
    """Raises BenchmarkError when the worker does not get ready, or ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.popen.poll() is None:
        if _is_ready(port):
            return
        time.sleep(POLL_SECONDS)
    code = process.popen.poll()
    state = "is not ready" if code is None else f"ended with exit code {code}"
    raise BenchmarkError(f"the worker {state}; its log ends with:\n{process.log_tail()}")


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
