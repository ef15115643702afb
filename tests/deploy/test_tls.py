"""TLS to ClickHouse, PostgreSQL and Redis with an authority of our own; one that is not ours is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import migrate
from sinks.errors import LiveUnavailable, StoreUnavailable
from sinks.live import START, LiveStream
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from tests.deploy.tls_relay import tls_relay
from tools.servers.certificates import Certificates
from tools.servers.clickhouse import ClickHouseServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.redis import RedisServer
from tools.servers.running import running

pytestmark = pytest.mark.long  # three servers for seven tests; Kafka's TLS is in tests/broker/test_security.py


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def other_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Certificates(tmp_path_factory.mktemp("other")).ca


@pytest.fixture(scope="module")
def clickhouse(certificates: Certificates) -> Iterator[ClickHouseSettings]:
    with running(ClickHouseServer) as server, tls_relay(server.port, certificates) as port:
        yield replace(server.settings(), port=port, secure=True, ca_file=str(certificates.ca))


def test_clickhouse_is_spoken_to_over_tls(clickhouse: ClickHouseSettings) -> None:
    migrate(clickhouse)
    with Connection(clickhouse) as connection:
        assert connection.query("SELECT count() FROM alerts") == [(0,)]


def test_a_clickhouse_of_another_authority_is_not_trusted(
    clickhouse: ClickHouseSettings, other_authority: Path
) -> None:
    misled = replace(clickhouse, ca_file=str(other_authority))
    refused = pytest.raises(StoreUnavailable, match="certificate verify failed")
    with Connection(misled, database="default") as connection, refused:
        connection.query("SELECT 1")


@pytest.fixture(scope="module")
def postgresql(certificates: Certificates) -> Iterator[str]:
    with running(partial(PostgreSQLServer, certificates=certificates)) as server, server.database() as url:
        yield f"{url}?sslmode=verify-full&sslrootcert="


def test_postgresql_is_spoken_to_over_tls(postgresql: str, certificates: Certificates) -> None:
    with closing(RightsStore(OperationalSettings(f"{postgresql}{certificates.ca}"))) as store:
        assert store.revision() == 0


def test_a_postgresql_of_another_authority_is_not_trusted(postgresql: str, other_authority: Path) -> None:
    with pytest.raises(StoreUnavailable, match="certificate verify failed"):
        RightsStore(OperationalSettings(f"{postgresql}{other_authority}"))


@pytest.fixture(scope="module")
def redis_url(certificates: Certificates) -> Iterator[str]:
    with running(partial(RedisServer, certificates=certificates)) as server:
        yield server.url


@pytest.mark.asyncio
async def test_redis_is_spoken_to_over_tls(redis_url: str, certificates: Certificates) -> None:
    async with LiveStream(RedisSettings(redis_url, ca_file=str(certificates.ca))) as stream:
        await stream.append([b"{}"])
        assert len((await stream.read(START, block_ms=0)).entries) == 1


@pytest.mark.asyncio
async def test_a_redis_of_another_authority_is_not_trusted(redis_url: str, other_authority: Path) -> None:
    async with LiveStream(RedisSettings(redis_url, ca_file=str(other_authority))) as stream:
        with pytest.raises(LiveUnavailable, match="certificate verify failed"):
            await stream.last_id()


def test_an_authority_without_tls_is_somebodys_mistake() -> None:
    with pytest.raises(ValueError, match="rediss://"):
        RedisSettings("redis://127.0.0.1:6379/0", ca_file="/etc/ca.pem")
