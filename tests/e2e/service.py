"""The service as a user runs it: its processes started through the command line, on a data directory of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from streams.configuration.connections import Connections, resolve
from streams.settings import load_settings

Result = TypeVar("Result")
PROJECT = Path(__file__).resolve().parents[2]
RUN_PROCESS = PROJECT / "tests" / "streams" / "run_process.py"


class Service:
    """One data directory, its embedded servers held for as long as the test, and the processes on it."""

    def __init__(self, data_dir: Path, connections: Connections, variables: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self._environment = {**os.environ, "RIGHTSWATCH_DATA_DIR": str(data_dir), **variables}  # noqa: TID251  what a shell would hand on
        self.connections = connections
        self._processes: list[subprocess.Popen[bytes]] = []
        self._outputs: dict[int, Path] = {}

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        return subprocess.run(
            [*self._command(), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=240,
            cwd=PROJECT,
            env=self._environment,
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """A command that goes on until it is stopped; its output is in logs/."""
        return self._start(str(arguments[0]), [*self._command(), *map(str, arguments)])

    def start_web(self) -> str:
        """The web process with a test's own internet, as run_process.py makes it; the address of its pages."""
        web = self._start("web", [sys.executable, str(RUN_PROCESS), "web"])
        found = wait_for(lambda: re.search(r"^http://\S+$", self._outputs[web.pid].read_text("utf-8"), re.M), "a web")
        assert found is not None
        return found.group()

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        log = self.data_dir / "logs" / f"test-{name}-{len(self._processes)}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                cwd=PROJECT,
                env=self._environment,
            )
        self._processes.append(process)
        self._outputs[process.pid] = log
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A worker that is up: from here on a signal finds it prepared."""
        worker = self.start("worker")
        wait_for(lambda: "readyz" in self._outputs[worker.pid].read_text("utf-8"), "the worker is up")
        return worker

    def readiness(self, worker: subprocess.Popen[bytes]) -> dict[str, Any]:
        """What a worker's /readyz says."""
        url = re.findall(r"http://[\w.:]+(?=/readyz)", self._outputs[worker.pid].read_text("utf-8"))[-1]
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                return dict(orjson.loads(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return dict(orjson.loads(error.read()))

    def stop(self, process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
        process.send_signal(number)
        return process.wait(60)

    def stop_all(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                self.stop(process)

    def query(self, sql: str) -> list[Any]:
        """Rows out of this service's ClickHouse."""
        with Connection(self.connections.clickhouse) as connection:
            return connection.query(sql)

    def logs(self) -> str:
        """The end of every log, for a failed assertion."""
        files = sorted((self.data_dir / "logs").glob("*.log"))
        return "\n".join(f"== {file.name}\n{file.read_text('utf-8', 'replace')[-3000:]}" for file in files)

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "streams", "--data-dir", str(self.data_dir)]


@contextmanager
def service_in(data_dir: Path, variables: Mapping[str, str] | None = None) -> Iterator[Service]:
    """`variables` are settings for its processes: RIGHTSWATCH_..., and servers that they name are used."""
    with resolve(load_settings(None, {**(variables or {}), "RIGHTSWATCH_DATA_DIR": str(data_dir)})) as connections:
        migrate(connections.clickhouse)  # so that a test may ask before the first writer is up
        service = Service(data_dir, connections, variables or {})
        try:
            yield service
        finally:
            service.stop_all()


def wait_for(condition: Callable[[], Result], what: str, seconds: float = 90.0) -> Result:
    """The first true result of `condition`; fails with `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {what}")


def processes_on(data_dir: Path) -> list[str]:
    """The command lines of all processes that name the data directory or work inside it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            is_inside = (folder / "cwd").readlink().is_relative_to(data_dir)
        except OSError:
            continue
        if int(folder.name) != os.getpid() and (str(data_dir) in command or is_inside):
            found.append(f"{folder.name} {command}")
    return found
