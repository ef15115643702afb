"""What the stream tests share: servers, processes, pages and waiting for a condition."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson
from prometheus_client.parser import text_string_to_metric_families

from sinks.clickhouse.connection import Connection
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import Topics, create_topics, topic_names
from streams.embedded import Endpoints
from streams.settings import Settings, load_settings

WAIT_SECONDS = 120.0  # the machine may be busy with other things


@dataclass(frozen=True, slots=True)
class World:
    """Where a test's processes find everything; `environ` says the same to a child."""

    environ: dict[str, str]
    settings: Settings

    @property
    def topics(self) -> Topics:
        return topic_names(self.settings.kafka.topic_prefix)

    def rows(self, query: str) -> list[Any]:
        with Connection(self.settings.clickhouse) as connection:
            return list(connection.query(query))

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count() FROM {table} FINAL")[0][0])

    def apply(self, *changes: dict[str, Any]) -> int:
        store = RightsStore(self.settings.operational)
        try:
            return store.apply(changes)
        finally:
            store.close()

    async def send_pages(self, bodies: Sequence[bytes]) -> None:
        await create_topics(self.settings.kafka)
        async with Sender(self.settings.kafka) as sender:
            keys = (str(number).encode() for number in range(len(bodies)))
            messages = [Message(self.topics.listings, key, body) for key, body in zip(keys, bodies, strict=True)]
            assert (await sender.send_all(messages)).unsent == []


def world_on(stack: Endpoints, data_dir: Path) -> World:
    """Names of a test's own on the session's servers."""
    name = f"t{uuid.uuid4().hex[:10]}"
    environ = {
        "RIGHTSWATCH_WORKER_WRITER": "no",
        "RIGHTSWATCH_DATA_DIR": str(data_dir),
        "RIGHTSWATCH_KAFKA_BOOTSTRAP": f"127.0.0.1:{stack.kafka_port}",
        "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}.",
        "RIGHTSWATCH_KAFKA_SESSION_TIMEOUT_SECONDS": "6",
        "RIGHTSWATCH_KAFKA_FETCH_WAIT_SECONDS": "0.025",
        "RIGHTSWATCH_CLICKHOUSE_HOST": "127.0.0.1",
        "RIGHTSWATCH_CLICKHOUSE_PORT": str(stack.clickhouse_port),
        "RIGHTSWATCH_CLICKHOUSE_USER": str(stack.clickhouse_user),
        "RIGHTSWATCH_CLICKHOUSE_PASSWORD": str(stack.clickhouse_password),
        "RIGHTSWATCH_CLICKHOUSE_DATABASE": name,
        "RIGHTSWATCH_REDIS_URL": f"redis://:{stack.redis_password}@127.0.0.1:{stack.redis_port}/0",
        "RIGHTSWATCH_REDIS_KEY_PREFIX": f"{name}:",
        "RIGHTSWATCH_OPERATIONAL_URL": OperationalSettings.sqlite(data_dir / "operational.db").url,
    }
    return World(environ, load_settings(None, environ))


@dataclass(slots=True)
class Process:
    """A worker or writer as a child process."""

    popen: subprocess.Popen[str]
    url: str
    log: Path

    def ready(self) -> bool:
        return bool(self.readiness()["ready"])

    def readiness(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return dict(orjson.loads(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return dict(orjson.loads(error.read()))

    def metric(self, name: str) -> float:
        """The sum over the labels of a metric."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))

    def labelled(self, name: str, **labels: str) -> float:
        """A metric with exactly these labels; 0 when it was not counted yet."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = (sample for family in families for sample in family.samples)
        return sum(sample.value for sample in samples if (sample.name, sample.labels) == (name, labels))

    def children(self) -> list[int]:
        """Process ids of the child processes (Linux)."""
        listed = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text()
        return [int(child) for child in listed.split()]

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()

    def terminate(self) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(30)

    def end(self) -> None:
        if self.popen.poll() is None:
            self.terminate()
        if self.popen.stdout is not None:
            self.popen.stdout.close()


class StartProcess(Protocol):
    def __call__(self, role: str, **environ: str) -> Process: ...


def right(right_id: str, *marks: str) -> dict[str, Any]:
    """A right that alerts on any use of its marks."""
    document = {"right_id": right_id, "kind": "trademark", "marks": list(marks), "policy": "any_use"}
    return {"op": "put", "right": document}


def page(first: int, count: int, words: str) -> bytes:
    """A page of listings `first` ... whose titles hold `words`."""
    listings = (
        {"platform": "taobao", "listing_id": str(number), "title": f"new {words} shoes"}
        for number in range(first, first + count)
    )
    return b"\n".join(orjson.dumps(listing) for listing in listings)


async def until(condition: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """The condition's first true value, asked for in a thread every 50 ms."""
    async with asyncio.timeout(seconds):
        while not (value := await asyncio.to_thread(condition)):  # noqa: ASYNC110 - another process, no event
            await asyncio.sleep(0.05)
        return value
