"""The service on one host as `rightswatch run` keeps it, with a feed, all scraped by a real Prometheus."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from streams.embedded.ports import free_port
from streams.supervisor import TARGETS_FILE
from tests.e2e.service import PROJECT, processes_on, wait_for
from tests.streams.world import World, page

SHORT_WATCH = {"RIGHTSWATCH_WATCH_ASK_SECONDS": "0.5", "RIGHTSWATCH_WATCH_SILENT_SECONDS": "5"}
ROLES = ("writer", "retro", "pictures", "worker", "web")


@dataclass(frozen=True, slots=True)
class Host:
    world: World
    folder: Path
    feed: str  # address

    def addresses(self) -> list[str]:
        """In the order of ROLES; empty while nothing runs."""
        try:
            return list(orjson.loads((self.folder / TARGETS_FILE).read_bytes())[0]["targets"])
        except FileNotFoundError:
            return []

    def address(self, role: str) -> str:
        return self.addresses()[ROLES.index(role)]

    def pid(self, role: str) -> int:
        """Of the process of a role; 0 while it is not there."""
        found = [
            line.partition(" ")[0]
            for line in processes_on(self.folder)
            if f"streams --data-dir {self.folder} {role} " in line
        ]
        return int(found[0]) if found else 0

    def log(self) -> str:
        return (self.folder / "run.log").read_text("utf-8")


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def host_on(world: World, folder: Path) -> Iterator[Host]:
    variables = {**world.environ, **SHORT_WATCH, "RIGHTSWATCH_WEB_PORT": str(free_port())}
    environ = {**os.environ, **variables}  # noqa: TID251 - the children need their PATH
    port, source = free_port(), folder / "listings.jsonl"
    source.write_bytes(page(0, 1, "plain") + b"\n")
    command = [sys.executable, "-m", "streams", "--data-dir", str(folder)]
    feeding = ["feed", str(source), "--follow", "--health-port", str(port)]
    with (folder / "run.log").open("w") as log:
        run = subprocess.Popen([*command, "run"], cwd=PROJECT, env=environ, stdout=log, stderr=log)
        feed = subprocess.Popen([*command, *feeding], cwd=PROJECT, env=environ, stdout=log, stderr=log)
    host = Host(world, folder, f"127.0.0.1:{port}")
    try:
        wait_for(lambda: len(host.addresses()) == len(ROLES), "all are started")
        wait_for(lambda: all(map(is_ready, [*host.addresses(), host.feed])), "all are ready")
        yield host
    finally:
        feed.send_signal(signal.SIGTERM)
        feed.wait(60)
        run.send_signal(signal.SIGTERM)
        run.wait(120)
