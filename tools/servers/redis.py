"""Redis as Debian packages it, on loopback, with a password."""

from __future__ import annotations

import secrets
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from streams.embedded.ports import free_port
from tools.servers.process import ServerProcess, program

SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {home}
save ""
"""


class RedisServer(ServerProcess):
    """One server; what is in it is gone with it."""

    def __init__(self, home: Path) -> None:
        """Raises ServerError when it is not installed."""
        self.port = free_port()
        self._password = secrets.token_urlsafe(12)
        settings = home / "redis.conf"  # not an argument: a command line is everybody's to read
        settings.write_text(SETTINGS.format(port=self.port, password=self._password, home=home), "utf-8")
        super().__init__("Redis", (program("redis-server"), str(settings)), home, self._answers)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False
