"""Apache Kafka in KRaft mode: one node that is broker and controller, on loopback, with its data in one folder."""

from __future__ import annotations

import asyncio
import os
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.embedded.ports import free_port, is_taken
from tools.servers.kafka_jars import class_path
from tools.servers.process import ServerError, ServerProcess, program

ANSWER_MILLISECONDS = 2_000
# Small, and quick to start: what a test waits for is the start, not the throughput.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
LOG = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}{more_listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{more_listeners}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL
log.dirs={data}

# one node
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1

# as in production: only we create topics, with the partitions and limits that they need
auto.create.topics.enable=false

# what a test would wait for
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.initial.task.delay.ms=200
log.retention.check.interval.ms=200
log.cleaner.backoff.ms=200
log.cleaner.dedupe.buffer.size=16777216
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=1500
"""


class KafkaServer(ServerProcess):
    """A broker; it keeps its port and its data over a restart."""

    def __init__(
        self, home: Path, *, listeners: Mapping[str, int] | None = None, properties: str = "", users: Sequence[str] = ()
    ) -> None:
        """Prepare a broker with no data in an empty folder.

        `listeners` are further ones with their ports, as SASL_SSL, and `properties` what they need; `users` are
        SCRAM's, each as Kafka's storage tool takes it.

        Raises:
            ServerError: Java or Kafka's jars are missing.
        """
        self.port = free_port()
        self._settings = home / "server.properties"
        more = "".join(f",{name}://127.0.0.1:{port}" for name, port in (listeners or {}).items())
        text = PROPERTIES.format(port=self.port, controller_port=free_port(), data=home / "data", more_listeners=more)
        self._settings.write_text(text + properties, "utf-8")
        java = (program("java"), *JVM, *LOG, "-cp", os.pathsep.join(map(str, class_path())))
        super().__init__("Apache Kafka", (*java, "kafka.Kafka", str(self._settings)), home, self._answers)
        self._format(java, users)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _format(self, java: tuple[str, ...], users: Sequence[str]) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        command = [*java, "kafka.tools.StorageTool", "format", "--standalone"]
        command += [f"--cluster-id={cluster_id}", "--config", str(self._settings)]
        command += [f"--add-scram={user}" for user in users]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise ServerError(f"Apache Kafka's storage cannot be formatted:\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        if not is_taken(self.port):
            return False
        with ThreadPoolExecutor(1) as thread:  # an event loop may be running in ours
            return thread.submit(asyncio.run, _has_broker(self.bootstrap)).result()


async def _has_broker(bootstrap: str) -> bool:
    """Whether a broker is registered: the port answers before the broker may be used."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=ANSWER_MILLISECONDS)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
