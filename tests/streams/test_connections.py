from __future__ import annotations

from pathlib import Path

import pytest

from streams.configuration.connections import resolve
from streams.settings import Settings, load_settings

REAL = {
    "RIGHTSWATCH_KAFKA_BOOTSTRAP": "broker:9092",
    "RIGHTSWATCH_CLICKHOUSE_HOST": "store",
    "RIGHTSWATCH_REDIS_URL": "redis://live:6379/0",
    "RIGHTSWATCH_OPERATIONAL_URL": "postgresql+psycopg://rights/db",
}


def settings(folder: Path, *real: str) -> Settings:
    named = {
        name: value for name, value in REAL.items() if any(name.startswith(f"RIGHTSWATCH_{part}") for part in real)
    }
    return load_settings(None, {**named, "RIGHTSWATCH_DATA_DIR": str(folder)})


def test_named_servers_start_nothing(tmp_path: Path) -> None:
    with resolve(settings(tmp_path, "KAFKA", "CLICKHOUSE", "REDIS", "OPERATIONAL")) as connections:
        assert connections.kafka.bootstrap == "broker:9092"
        assert connections.kafka.session_timeout_seconds == 30.0
        assert connections.clickhouse.host == "store"
        assert connections.redis.url == "redis://live:6379/0"
        assert connections.operational.url == REAL["RIGHTSWATCH_OPERATIONAL_URL"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("embedded", ["KAFKA", "REDIS"])
def test_each_server_is_embedded_alone_when_it_is_not_named(tmp_path: Path, embedded: str) -> None:
    named = [part for part in ("KAFKA", "CLICKHOUSE", "REDIS") if part != embedded]
    with resolve(settings(tmp_path, *named)) as connections:
        hosts = {
            "KAFKA": connections.kafka.bootstrap,
            "CLICKHOUSE": connections.clickhouse.host,
            "REDIS": connections.redis.url,
        }
        assert "127.0.0.1" in hosts.pop(embedded)
        assert all("127.0.0.1" not in host for host in hosts.values())
        assert str(tmp_path / "operational.db") in connections.operational.url


def test_only_the_parts_that_are_asked_for_are_started(tmp_path: Path) -> None:
    with resolve(settings(tmp_path), parts=("kafka",)) as connections:
        assert connections.kafka.bootstrap.startswith("127.0.0.1:")
        assert connections.kafka.session_timeout_seconds == 6.0
        assert connections.clickhouse.host == ""


def test_no_password_stands_in_a_repr(tmp_path: Path) -> None:
    with resolve(settings(tmp_path, "CLICKHOUSE", "KAFKA")) as connections:
        password = connections.redis.url.split(":")[2].split("@")[0]
        assert len(password) > 8
        assert password not in repr(connections)
