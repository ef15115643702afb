"""The four servers of a production installation, each behind a network and, if wanted, on a disk of its own."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sinks.settings import ClickHouseSettings
from tests.faults.disk import Disk, disk
from tests.faults.proxy import Network, network
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.kafka import KafkaServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.process import ServerProcess
from tools.servers.redis import RedisServer

LOOPBACK = "127.0.0.1"
ANSWER_SECONDS = 3.0
DISK_MEGABYTES = {"kafka": 400, "clickhouse": 700}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """`networks` and `disks` by the server's name; both empty where the service is on the servers themselves."""

    kafka: KafkaServer
    clickhouse: ClickHouseServer
    postgresql: PostgreSQLServer
    redis: RedisServer
    networks: Mapping[str, Network]
    disks: Mapping[str, Disk]

    @property
    def servers(self) -> dict[str, ServerProcess]:
        return {
            "kafka": self.kafka,
            "clickhouse": self.clickhouse,
            "postgresql": self.postgresql,
            "redis": self.redis,
        }

    def clickhouse_settings(self, database: str) -> ClickHouseSettings:
        """Past the network, for the test's own questions, which must not wait for a server that is frozen."""
        return replace(
            self.clickhouse.settings(),
            database=database,
            connect_timeout_seconds=ANSWER_SECONDS,
            write_timeout_seconds=ANSWER_SECONDS,
        )

    @contextmanager
    def variables(self) -> Iterator[dict[str, str]]:
        """Settings of one service on these servers: names, database and keys of its own."""
        clickhouse = self.clickhouse.settings()
        name = f"t{uuid.uuid4().hex[:10]}"
        with self.postgresql.database() as url:
            yield {
                "RIGHTSWATCH_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{self._port('kafka', self.kafka.port)}",
                "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}.",
                "RIGHTSWATCH_CLICKHOUSE_HOST": LOOPBACK,
                "RIGHTSWATCH_CLICKHOUSE_PORT": str(self._port("clickhouse", clickhouse.port)),
                "RIGHTSWATCH_CLICKHOUSE_USER": clickhouse.user,
                "RIGHTSWATCH_CLICKHOUSE_PASSWORD": clickhouse.password,
                "RIGHTSWATCH_CLICKHOUSE_DATABASE": name,
                "RIGHTSWATCH_OPERATIONAL_URL": self._through("postgresql", url, self.postgresql.port),
                "RIGHTSWATCH_REDIS_URL": self._through("redis", self.redis.url, self.redis.port),
                "RIGHTSWATCH_REDIS_KEY_PREFIX": f"{name}:",
            }

    def _port(self, name: str, port: int) -> int:
        return self.networks[name].port if name in self.networks else port

    def _through(self, name: str, url: str, port: int) -> str:
        return url.replace(f":{port}/", f":{self._port(name, port)}/")


@contextmanager
def running_stack(*, behind_networks: bool, on_disks: bool) -> Iterator[Stack]:
    """The servers while the block runs; those that a test has killed may be down at its end."""
    with ExitStack() as stack:
        names = ("kafka", "clickhouse", "postgresql", "redis")
        homes = {name: stack.enter_context(_home(name)) for name in names}
        disks = {
            name: stack.enter_context(disk(homes[name], megabytes))
            for name, megabytes in DISK_MEGABYTES.items()
            if on_disks
        }
        networks = {name: stack.enter_context(network()) for name in names if behind_networks}
        # Clients are told to come through the network, wherever they asked first.
        told = f"advertised.listeners=PLAINTEXT://{LOOPBACK}:{networks['kafka'].port}\n" if networks else ""
        kafka = KafkaServer(homes["kafka"], properties=told)
        found = Stack(
            kafka=kafka,
            clickhouse=ClickHouseServer(homes["clickhouse"]),
            postgresql=PostgreSQLServer(homes["postgresql"]),
            redis=RedisServer(homes["redis"]),
            networks=networks,
            disks=disks,
        )
        ports = {"kafka": kafka.port, "clickhouse": found.clickhouse.port}
        ports |= {"postgresql": found.postgresql.port, "redis": found.redis.port}
        for name, one in networks.items():
            one.target_port = ports[name]
        for server in found.servers.values():
            stack.callback(server.stop)
            server.start()
        yield found


@contextmanager
def _home(name: str) -> Iterator[Path]:
    """Not in pytest's folders: those are closed to the user that PostgreSQL runs as when we are root."""
    with tempfile.TemporaryDirectory(prefix=f"rightswatch-{name}-", ignore_cleanup_errors=True) as home:
        yield Path(home)
