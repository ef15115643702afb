"""The whole service on Apache Kafka, PostgreSQL and Redis, as it runs in production: nothing is lost to a SIGKILL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import pytest

from tests.e2e.offsets import offsets_of
from tests.e2e.service import Service, service_in, wait_for
from tests.e2e.stored import alert_ids, screened_pages, wait_until_stored
from tools.servers.kafka import KafkaServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.redis import RedisServer

PAGE = 10
ON_THE_LIST = {"right_id": "R1", "kind": "trademark", "marks": ["ZORBEX"], "policy": "any_use"}
ADDED_LATER = {"right_id": "R2", "kind": "trademark", "marks": ["QUVANT"], "policy": "any_use"}


@pytest.fixture
def service(
    kafka_server: KafkaServer, postgresql_server: PostgreSQLServer, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Service]:
    """Only ClickHouse is the embedded one."""
    name = f"t{uuid.uuid4().hex[:10]}"
    with postgresql_server.database() as url:
        variables = {
            "RIGHTSWATCH_KAFKA_BOOTSTRAP": kafka_server.bootstrap,
            "RIGHTSWATCH_KAFKA_TOPIC_PREFIX": f"{name}.",
            "RIGHTSWATCH_KAFKA_SESSION_TIMEOUT_SECONDS": "6",  # a test waits for it after a kill
            "RIGHTSWATCH_OPERATIONAL_URL": url,
            "RIGHTSWATCH_REDIS_URL": redis_server.url,
            "RIGHTSWATCH_REDIS_KEY_PREFIX": f"{name}:",
            "RIGHTSWATCH_WORKER_COMMIT_INTERVAL_SECONDS": "600",  # a killed worker has committed nothing
            "RIGHTSWATCH_RETRO_DAYS": "0",
        }
        with service_in(tmp_path / "data", variables) as service:
            yield service


def test_pages_become_alerts_across_a_change_of_the_watchlist_and_a_killed_worker_that_two_replace(
    service: Service, tmp_path: Path
) -> None:
    import_right(service, tmp_path, ON_THE_LIST)
    feed(service, tmp_path, "first", 200, "ZORBEX")
    worker = service.start_worker()
    wait_until_stored(service, 200)
    assert len(alert_ids(service)) == 200

    import_right(service, tmp_path, ADDED_LATER)
    wait_for(lambda: service.readiness(worker)["revision"] == 2, f"the change is in force\n{service.logs()}")
    feed(service, tmp_path, "second", 200, "QUVANT")
    wait_until_stored(service, 400)
    assert len(alert_ids(service)) == 400

    worker.kill()
    worker.wait()
    feed(service, tmp_path, "third", 200, "QUVANT")
    heirs = [service.start_worker(), service.start_worker()]
    wait_until_stored(service, 600)
    stored = alert_ids(service)
    assert len(stored) == len(set(stored)) == 600
    assert len(screened_pages(service)) == 60
    # Nothing had been committed, so the 40 pages before the kill are screened again, and stand in the store once.
    assert asyncio.run(screenings(service)) >= 100
    assert [service.stop(heir) for heir in heirs] == [0, 0], service.logs()


def import_right(service: Service, folder: Path, right: Mapping[str, object]) -> None:
    file = folder / "rights.jsonl"
    file.write_bytes(orjson.dumps(right) + b"\n")
    imported = service.run("rights", "import", file)
    assert imported.returncode == 0, imported.stderr


def feed(service: Service, folder: Path, name: str, count: int, words: str) -> None:
    file = folder / f"{name}.jsonl"
    offers = ({"platform": "taobao", "listing_id": f"{name}-{n}", "title": f"{words} shoes {n}"} for n in range(count))
    file.write_bytes(b"".join(orjson.dumps(offer) + b"\n" for offer in offers))
    fed = service.run("feed", file, "--page", str(PAGE))
    assert fed.returncode == 0, fed.stderr


async def screenings(service: Service) -> int:
    """How many proofs of screening were ever sent."""
    async with offsets_of(service.connections.kafka) as offsets:
        async with asyncio.timeout(60):
            while len(offsets.screened) < 100:
                await offsets.follow()
        await offsets.follow_until_quiet()
        return len(offsets.screened)
