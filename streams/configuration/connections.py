"""From settings to servers that answer: the embedded stack for what is not named, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.configuration.sections import KafkaSettings
from streams.embedded import Endpoints, attach
from streams.settings import ADDRESSES, Settings

LOOPBACK = "127.0.0.1"
# The embedded broker lets a group join after half the session timeout, and answers an empty fetch only after its
# whole wait, even when data arrived meanwhile: measured, up to 1.5 s at Faust's own 1.5 s.
EMBEDDED_SESSION_SECONDS = 6.0
EMBEDDED_FETCH_WAIT_SECONDS = 0.025
REAL_SESSION_SECONDS = 30.0
REAL_FETCH_WAIT_SECONDS = 0.5
OPERATIONAL_FILE = "operational.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Where every server really is. `settings` with all addresses and timeouts filled in."""

    kafka: KafkaSettings
    clickhouse: ClickHouseSettings
    redis: RedisSettings
    operational: OperationalSettings


@contextmanager
def resolve(settings: Settings, parts: tuple[str, ...] = ("kafka", "clickhouse", "redis")) -> Iterator[Connections]:
    """Hold the embedded servers among `parts` that the settings do not name, and say where everything is.

    The sections of embedded servers outside `parts` stay without an address.

    Raises:
        StackError: an embedded server cannot be started; it says which, why and what to do.
    """
    wanted = [part for part in parts if not getattr(getattr(settings, part), ADDRESSES[part])]
    with ExitStack() as stack:
        endpoints = stack.enter_context(attach(settings.data_dir, wanted)).endpoints if wanted else Endpoints()
        yield Connections(
            kafka=_kafka(settings.kafka, endpoints),
            clickhouse=_clickhouse(settings.clickhouse, endpoints),
            redis=_redis(settings.redis, endpoints),
            operational=_operational(settings),
        )


def _kafka(kafka: KafkaSettings, endpoints: Endpoints) -> KafkaSettings:
    is_embedded = not kafka.bootstrap
    session = EMBEDDED_SESSION_SECONDS if is_embedded else REAL_SESSION_SECONDS
    wait = EMBEDDED_FETCH_WAIT_SECONDS if is_embedded else REAL_FETCH_WAIT_SECONDS
    bootstrap = f"{LOOPBACK}:{endpoints.kafka_port}" if endpoints.kafka_port else kafka.bootstrap
    return replace(
        kafka,
        bootstrap=bootstrap,
        session_timeout_seconds=kafka.session_timeout_seconds or session,
        fetch_wait_seconds=kafka.fetch_wait_seconds or wait,
    )


def _clickhouse(clickhouse: ClickHouseSettings, endpoints: Endpoints) -> ClickHouseSettings:
    if not endpoints.clickhouse_port:
        return clickhouse
    return replace(
        clickhouse,
        host=LOOPBACK,
        port=endpoints.clickhouse_port,
        user=endpoints.clickhouse_user or "",
        password=endpoints.clickhouse_password or "",
    )


def _redis(redis: RedisSettings, endpoints: Endpoints) -> RedisSettings:
    if not endpoints.redis_port:
        return redis
    return replace(redis, url=f"redis://:{endpoints.redis_password}@{LOOPBACK}:{endpoints.redis_port}/0")


def _operational(settings: Settings) -> OperationalSettings:
    if settings.operational.url:
        return settings.operational
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    embedded = OperationalSettings.sqlite(settings.data_dir / OPERATIONAL_FILE)
    return replace(settings.operational, url=embedded.url)
