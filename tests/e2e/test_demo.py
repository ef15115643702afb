"""`rightswatch demo` as a user runs it: it fills, it ends without a trace, and it finds its data again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from streams.embedded.ports import free_port
from streams.feeds.cursor_file import CursorFile
from tests.e2e.service import PROJECT, processes_on, wait_for


@contextmanager
def demo(data_dir: Path, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    log = data_dir.parent / f"demo-{port}.log"
    command = [
        sys.executable,
        "-m",
        "streams",
        "demo",
        "--no-browser",
        "--port",
        str(port),
        "--data-dir",
        str(data_dir),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *options], stdout=output, stderr=output, cwd=PROJECT)
    try:
        wait_for(lambda: "watch floor:" in said(log) or process.poll() is not None, "the demo is ready", 150)
        assert process.poll() is None, said(log)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def said(log: Path) -> str:
    return log.read_text("utf-8", "replace")


def cursor(data_dir: Path) -> Mapping[str, Any] | None:
    return CursorFile(data_dir / "cursors" / "demo.json").load()


def alerts(port: int) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/alerts?limit=200", timeout=30) as answer:
        found: list[dict[str, Any]] = orjson.loads(answer.read())["alerts"]
    return found


def test_the_demo_fills_ends_and_goes_on_where_it_was(tmp_path: Path) -> None:
    data_dir, port = tmp_path / "data", free_port()
    with demo(data_dir, port, "--rate", "500", "--listings", "2000") as process:
        wait_for(lambda: len(alerts(port)) >= 20, "alerts on the floor")
        wait_for(lambda: cursor(data_dir) == {"listings": 2000}, "the feed is done")
        first = {alert["alert_id"] for alert in alerts(port)}
        right_id = next(alert["right_id"] for alert in alerts(port) if alert["right_id"])
        withdraw = [sys.executable, "-m", "streams", "--data-dir", str(data_dir), "rights", "withdraw", right_id]
        assert subprocess.run(withdraw, cwd=PROJECT).returncode == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    wait_for(lambda: not processes_on(data_dir), f"no process left: {processes_on(data_dir)}", 20)

    port = free_port()
    with demo(data_dir, port, "--listings", "1"):
        assert {alert["alert_id"] for alert in alerts(port)} >= first
        listed = [sys.executable, "-m", "streams", "--data-dir", str(data_dir), "rights", "list"]
        rights = subprocess.run(listed, cwd=PROJECT, capture_output=True, check=True).stdout
        assert len(rights.splitlines()) == 8_897
        assert f'"{right_id}"'.encode() not in rights
        # left by SIGKILL: nothing may be left behind either way
    wait_for(lambda: not processes_on(data_dir), f"no process left: {processes_on(data_dir)}", 20)


def test_a_taken_port_is_named_with_the_remedy_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        command = [sys.executable, "-m", "streams", "demo", "--port", str(port), "--data-dir", str(tmp_path / "data")]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "data").exists()
