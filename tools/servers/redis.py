"""Redis as Debian packages it, on loopback, with a password."""

from __future__ import annotations

import secrets
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from streams.embedded.ports import free_port
from tools.servers.certificates import Certificates
from tools.servers.process import ServerProcess, program

SETTINGS = """\
bind 127.0.0.1
port {port}
{access}
dir {home}
save ""
"""
TLS = """\
port 0
tls-port {port}
tls-cert-file {cert}
tls-key-file {key}
tls-ca-cert-file {ca}
tls-auth-clients no
"""


class RedisServer(ServerProcess):
    """One server; what is in it is gone with it."""

    def __init__(self, home: Path, *, acl: Path | None = None, certificates: Certificates | None = None) -> None:
        """`acl` is a file of users, `rightswatch_health` among them; with `certificates` it speaks TLS alone.

        Raises:
            ServerError: it is not installed.
        """
        self.port = free_port()
        self._user, self._password = ("rightswatch_health", "") if acl else ("", secrets.token_urlsafe(12))
        self._certificates = certificates
        settings = home / "redis.conf"  # not an argument: a command line is everybody's to read
        access = f"aclfile {acl}" if acl else f"requirepass {self._password}"
        text = SETTINGS.format(port=self.port, access=access, home=home)
        if certificates:
            ours = {"cert": certificates.server_cert, "key": certificates.server_key, "ca": certificates.ca}
            text += TLS.format(port=self.port, **ours)
        settings.write_text(text, "utf-8")
        super().__init__("Redis", (program("redis-server"), str(settings)), home, self._answers)

    @property
    def url(self) -> str:
        scheme = "rediss" if self._certificates else "redis"
        return f"{scheme}://{self._user}:{self._password}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        tls = {"ssl_ca_certs": str(self._certificates.ca)} if self._certificates else {}
        try:
            with Redis.from_url(self.url, **tls) as client:
                return bool(client.ping())
        except RedisError:
            return False
