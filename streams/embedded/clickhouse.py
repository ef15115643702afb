"""The ClickHouse server: its configuration, its ready check and its clean end. clickhouse_host.py is the process."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import clickhouse_driver

from streams.embedded.credentials import READ_ONLY_USER, READ_WRITE_USER, Credentials
from streams.embedded.endpoints import HOST
from streams.embedded.layout import PRIVATE_DIRECTORY, write_private
from streams.embedded.parts import wheel_file

MEMORY_LIMIT_BYTES = 4_000_000_000
# `log-level` at the top is the one that the embedded engine obeys; `logger.level` does nothing there.
CONFIGURATION = """\
<clickhouse>
  <log-level>warning</log-level>
  <logger><log>{home}/server.log</log><size>10M</size><count>2</count></logger>
  <listen_host>{host}</listen_host>
  <tcp_port>{port}</tcp_port>
  <users_config>{home}/users.xml</users_config>
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <mark_cache_size>268435456</mark_cache_size>
</clickhouse>
"""
# The engine opens its listener as `default`, which therefore must exist without a password: it may do nothing else.
USERS = """\
<clickhouse>
  <users>
    <default>
      <no_password/><networks><ip>{host}</ip></networks><profile>opener</profile><quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query><query>GRANT SELECT ON system.numbers</query></grants>
    </default>
    <{writer}>
      <password_sha256_hex>{writer_hash}</password_sha256_hex>
      <networks><ip>{host}</ip></networks><profile>default</profile><quota>default</quota>
    </{writer}>
    <{reader}>
      <password_sha256_hex>{reader_hash}</password_sha256_hex>
      <networks><ip>{host}</ip></networks><profile>reader</profile><quota>default</quota>
      <grants><query>GRANT SELECT, SHOW, dictGet ON *.*</query></grants>
    </{reader}>
  </users>
  <profiles>
    <default/>
    <opener><max_memory_usage>100000000</max_memory_usage><max_threads>1</max_threads></opener>
    <reader>
      <readonly>1</readonly>
      <constraints><max_execution_time><changeable_in_readonly/></max_execution_time></constraints>
    </reader>
  </profiles>
  <quotas><default/></quotas>
</clickhouse>
"""


class ClickHousePart:
    """One server of its own version, whose tables survive any end of the process."""

    name = "clickhouse"

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def prepare(self, home: Path, port: int) -> list[str]:
        engine = wheel_file(self.name, "chdb", "_chdb.abi3.so")
        (home / "data").mkdir(exist_ok=True, mode=PRIVATE_DIRECTORY)
        place = escape(str(home))
        configuration = CONFIGURATION.format(home=place, host=HOST, port=port, memory=MEMORY_LIMIT_BYTES)
        write_private(home / "config.xml", configuration)
        write_private(home / "users.xml", self._users())
        host_program = Path(__file__).with_name("clickhouse_host.py")
        return [sys.executable, "-I", "-S", str(host_program), str(engine), str(home / "data")]

    async def is_ready(self, port: int) -> bool:
        return bool(await asyncio.to_thread(self._execute, port, "SELECT 1") == [(1,)])

    async def ask_to_end(self, port: int) -> bool:
        """End the one query that the process lives by; the engine then closes its tables. SIGTERM just kills."""
        await asyncio.to_thread(self._execute, port, "KILL QUERY WHERE user = '' ASYNC")
        return True

    def _users(self) -> str:
        hashes = (self._credentials.clickhouse, self._credentials.clickhouse_reader)
        writer_hash, reader_hash = (hashlib.sha256(password.encode()).hexdigest() for password in hashes)
        return USERS.format(
            host=HOST,
            writer=READ_WRITE_USER,
            writer_hash=writer_hash,
            reader=READ_ONLY_USER,
            reader_hash=reader_hash,
        )

    def _execute(self, port: int, query: str) -> Any:
        client = clickhouse_driver.Client(
            HOST,
            port,
            user=READ_WRITE_USER,
            password=self._credentials.clickhouse,
            connect_timeout=5,
            send_receive_timeout=5,
        )
        try:
            return client.execute(query)
        finally:
            client.disconnect()
