"""ClickHouse as a server of its own, on loopback, with the users of a production server.

The program is the one that the embedded stack runs, out of the same wheel; its configuration is a production server's.
"""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from clickhouse_driver import Client
from clickhouse_driver.errors import Error

from sinks.settings import ClickHouseSettings
from streams.embedded import clickhouse_host
from streams.embedded.parts import wheel_file
from streams.embedded.ports import free_port
from tools.servers.process import ServerProcess

CONFIGURATION = """\
<clickhouse>
  <log-level>warning</log-level>
  <listen_host>127.0.0.1</listen_host>
  <tcp_port>{port}</tcp_port>
  <users_config>{home}/users.xml</users_config>
  <max_server_memory_usage>2000000000</max_server_memory_usage>
</clickhouse>
"""
USERS = """\
<clickhouse>
  <users>
    <default>
      <no_password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query></grants>
    </default>
    <admin>
      <password>{password}</password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota>
    </admin>
  </users>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
</clickhouse>
"""
ADMIN = "admin"
BACKUPS = Path(__file__).resolve().parents[2] / "deploy" / "clickhouse" / "backups.xml"


class ClickHouseServer(ServerProcess):
    """One server with an administrator. It keeps its port and its data over a restart."""

    def __init__(self, home: Path, users: Path | None = None) -> None:
        """`users` is a file for users.d, read as a production server reads it.

        Raises:
            PartError: the wheel is missing.
        """
        self.port = free_port()
        self._password = secrets.token_hex(12)
        self.backups = home / "backups"
        for folder in ("data", "backups", "config.d", "users.d"):
            (home / folder).mkdir()
        ours = BACKUPS.read_text("utf-8").replace(">/backups/<", f">{self.backups}/<")
        (home / "config.d" / "backups.xml").write_text(ours, "utf-8")
        if users:
            shutil.copy(users, home / "users.d")
        (home / "config.xml").write_text(CONFIGURATION.format(home=home, port=self.port), "utf-8")
        (home / "users.xml").write_text(USERS.format(password=self._password), "utf-8")
        engine = wheel_file("clickhouse", "chdb", "_chdb.abi3.so")
        command = (sys.executable, "-I", "-S", clickhouse_host.__file__, str(engine), str(home / "data"))
        super().__init__("ClickHouse", command, home, self._answers)

    def settings(self, user: str = ADMIN, password: str | None = None) -> ClickHouseSettings:
        return ClickHouseSettings(
            host="127.0.0.1", port=self.port, user=user, password=self._password if password is None else password
        )

    def execute(self, *statements: str) -> Sequence[object]:
        """Run them as the administrator; the last one's rows."""
        client = Client("127.0.0.1", self.port, user=ADMIN, password=self._password, connect_timeout=5)
        try:
            rows: Sequence[object] = ()
            for statement in statements:
                rows = client.execute(statement)
            return rows
        finally:
            client.disconnect()

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except (Error, OSError, EOFError):
            return False
        return True
