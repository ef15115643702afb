"""Prometheus as Debian packages it, on loopback, with the configuration that we ship and what a test says to scrape."""

from __future__ import annotations

import json
import re
import shutil
import urllib.parse
import urllib.request
from collections.abc import Collection
from pathlib import Path
from typing import Any

from streams.embedded.ports import free_port
from tools.servers.process import ServerProcess, program

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "prometheus"
ANSWER_SECONDS = 10.0
INTERVAL_SECONDS = 2  # of scraping and of evaluating: what a test would wait for


class PrometheusServer(ServerProcess):
    """One server; what it has scraped is gone with it."""

    def __init__(self, home: Path) -> None:
        """Raises ServerError when it is not installed."""
        self.port = free_port()
        self._settings = home / "prometheus"
        shutil.copytree(SHIPPED, self._settings)
        (self._settings / "targets").mkdir(exist_ok=True)
        file = self._settings / "prometheus.yml"
        file.write_text(
            re.sub(r"(_interval|_timeout): \d+s", rf"\1: {INTERVAL_SECONDS}s", file.read_text("utf-8")), "utf-8"
        )
        command = [program("prometheus"), f"--config.file={self._settings / 'prometheus.yml'}"]
        command += [f"--storage.tsdb.path={home / 'data'}", f"--web.listen-address=127.0.0.1:{self.port}"]
        super().__init__("Prometheus", command, home, self._answers)

    def scrape(self, name: str, addresses: Collection[str]) -> None:
        """Let it scrape these, and no others that were given under this name."""
        draft = self._settings / "targets" / f"{name}.new"
        draft.write_text(json.dumps([{"targets": sorted(addresses)}]), "utf-8")
        draft.replace(draft.with_suffix(".json"))

    def ask(self, what: str, **parameters: str) -> Any:
        """The data of an answer of its HTTP API: `what` follows /api/v1/."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:
            return json.loads(answer.read())["data"]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=ANSWER_SECONDS):
                return True
        except OSError:
            return False
