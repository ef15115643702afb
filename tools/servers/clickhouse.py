"""ClickHouse as the chdb-core wheel carries it, on loopback, with its data in one folder."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from streams.embedded.clickhouse import ClickHousePart
from streams.embedded.credentials import READ_WRITE_USER, load_or_make
from streams.embedded.managed import NOT_READY
from streams.embedded.ports import free_port
from tools.servers.process import ServerProcess


class ClickHouseServer(ServerProcess):
    """One server with a random password; it keeps its port and its tables over a restart."""

    user = READ_WRITE_USER

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        credentials = load_or_make(home / "credentials.json")
        self.password = credentials.clickhouse
        self._part = ClickHousePart(credentials)
        super().__init__("ClickHouse", self._part.prepare(home, self.port), home, self._answers)

    def _answers(self) -> bool:
        try:
            with ThreadPoolExecutor(1) as thread:  # an event loop may be running in ours
                return thread.submit(asyncio.run, self._part.is_ready(self.port)).result()
        except NOT_READY:
            return False
