"""The servers as `rightswatch doctor` finds them: reachable, of a version we know, and agreeing with each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from redis.exceptions import RedisError

from detectors.errors import RightswatchError
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.migrate import applied_migrations, known_migrations
from sinks.live import redis_client
from sinks.operational.account_store import ADMINISTRATOR, AccountStore
from sinks.operational.audit_store import AuditStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings, OperationalSettings, RedisSettings
from streams.broker.access import why_refused
from streams.broker.consumers import started
from streams.broker.ends import partition_count
from streams.broker.topics import client_options, topic_names
from streams.configuration.connections import Connections
from streams.configuration.sections import KafkaSettings
from streams.embedded import Check
from streams.errors import BrokerError

OLDEST_CLICKHOUSE = (24, 8)
TIMEOUT_SECONDS = 10.0
TAIL_ENTRIES = 200  # of the watchlist log: its last checkpoint is among them


async def check_servers(connections: Connections, *, accounts: bool = False) -> AsyncIterator[Check]:
    """Ask every server; a failure of one does not keep the others from being asked. `accounts`: [web] wants some."""
    yield check_clickhouse(connections.clickhouse)
    yield await _redis(connections.redis)
    database, revision = _operational(connections.operational)
    yield database
    if revision is not None:
        yield check_audit(connections.operational)
        if accounts:
            yield check_accounts(connections.operational)
    yield await check_topics(connections.kafka)
    if revision is not None:
        yield await _kafka(
            connections.kafka, "watchlist log", lambda consumer, kafka: _watchlist(consumer, kafka, revision)
        )


async def check_topics(kafka: KafkaSettings) -> Check:
    """Whether the broker lets us in and has the topics."""
    return await _kafka(kafka, "kafka topics", _topics)


def check_clickhouse(settings: ClickHouseSettings) -> Check:
    remedy = "start it, or correct [clickhouse] in the settings"
    try:
        with Connection(settings, database="default") as connection:
            version = str(connection.query("SELECT version()")[0][0])
        applied = max(applied_migrations(settings), default=0)
    except RightswatchError as problem:
        return Check("clickhouse", False, str(problem), remedy)
    known = max(migration.version for migration in known_migrations())
    schema = f"schema {applied} of {known}" if applied else "no schema yet: made at the first start"
    detail = f"{settings.place}, version {version}, database {settings.database}: {schema}"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_CLICKHOUSE:
        return Check("clickhouse", False, detail, f"use {'.'.join(map(str, OLDEST_CLICKHOUSE))} or newer")
    return Check("clickhouse", True, detail)


async def _redis(settings: RedisSettings) -> Check:
    remedy = "start it, or correct [redis] url in the settings"
    try:
        async with redis_client(settings, timeout_seconds=5.0) as redis:
            facts = await redis.info("server")
    except (RedisError, OSError, ValueError) as problem:
        return Check("redis", False, f"{settings.place}: {type(problem).__name__}: {problem}", remedy)
    version = facts.get("valkey_version") or facts.get("redis_version", "?")
    return Check("redis", True, f"{settings.place}, version {version}")


def _operational(settings: OperationalSettings) -> tuple[Check, int | None]:
    try:
        with closing(RightsStore(settings)) as store:
            revision, published = store.revision(), store.published_revision()
    except RightswatchError as problem:
        return Check("operational database", False, str(problem), "correct [operational] url in the settings"), None
    detail = f"{settings.place}, watchlist revision {revision}, published up to {published}"
    return Check("operational database", True, detail), revision


def check_audit(settings: OperationalSettings) -> Check:
    """Whether the audit log is as it was written. Reads all of it."""
    try:
        with closing(AuditStore(settings)) as store:
            found = store.verify()
    except RightswatchError as problem:
        return Check("audit log", False, str(problem), "correct [operational] url in the settings")
    if found.broken is not None:
        detail = (
            f"{settings.place}: entry {found.broken} is broken: {found.why}; the {found.entries:,} before it are whole"
        )
        remedy = "somebody changed the database behind the log: compare with a backup, and find out who"
        return Check("audit log", False, detail, remedy)
    return Check("audit log", True, f"{settings.place}: {found.entries:,} entries, unbroken up to {found.head}")


def check_accounts(settings: OperationalSettings) -> Check:
    """Whether somebody can sign in who can let others in."""
    try:
        with closing(AccountStore(settings)) as store:
            found = store.accounts(datetime.now(UTC))
    except RightswatchError as problem:
        return Check("accounts", False, str(problem), "correct [operational] url in the settings")
    able = [one for one in found if one.has_password and not one.disabled]
    administrators = sum(ADMINISTRATOR in one.roles for one in able)
    detail = f"{len(found)} accounts; {len(able)} can sign in, {administrators} of them administrators"
    remedy = "" if administrators else "run rightswatch accounts add NAME --role administrator"
    return Check("accounts", bool(administrators), detail, remedy)


async def _kafka(
    kafka: KafkaSettings, name: str, ask: Callable[[AIOKafkaConsumer, KafkaSettings], Awaitable[Check]]
) -> Check:
    try:
        consumer = AIOKafkaConsumer(**client_options(kafka), group_id=None, auto_offset_reset="earliest")
        async with asyncio.timeout(TIMEOUT_SECONDS), started(consumer):
            return await ask(consumer, kafka)
    except (KafkaError, OSError, TimeoutError) as problem:
        detail = f"{kafka.bootstrap}: {type(problem).__name__}: {problem}"
        reason = await why_refused(kafka, client_options(kafka))
        return Check(name, False, detail, str(reason or "start the broker, or correct [kafka] in the settings"))
    except BrokerError as problem:
        return Check(name, False, str(problem), "correct [kafka] in the settings")


async def _topics(consumer: AIOKafkaConsumer, kafka: KafkaSettings) -> Check:
    names = topic_names(kafka.topic_prefix)
    wanted = {
        names.listings,
        names.alerts,
        names.screenings,
        names.screened,
        names.dead,
        names.pictures,
        names.watchlist,
    }
    missing = sorted(wanted - await consumer.topics())
    if len(missing) == len(wanted):
        return Check("kafka topics", True, f"{kafka.bootstrap}: none yet, made at the first start of a worker")
    if missing:
        remedy = "start a worker: it makes them, or says why the broker refuses"
        return Check("kafka topics", False, f"{kafka.bootstrap} lacks {', '.join(missing)}", remedy)
    partitions = await partition_count(kafka, names.listings)
    return Check("kafka topics", True, f"{kafka.bootstrap}: all there, {names.listings} has {partitions} partitions")


async def _watchlist(consumer: AIOKafkaConsumer, kafka: KafkaSettings, revision: int) -> Check:
    name = topic_names(kafka.topic_prefix).watchlist
    if name not in await consumer.topics():
        return Check("watchlist log", True, f"not there yet; a worker will publish revision {revision}")
    logged = await _last_revision(consumer, TopicPartition(name, 0))
    detail = f"revision {logged} in the log, {revision} in the operational database"
    if logged < revision:
        return Check("watchlist log", False, detail, "start a worker or the web server: they publish what is missing")
    return Check("watchlist log", True, detail)


async def _last_revision(consumer: AIOKafkaConsumer, log: TopicPartition) -> int:
    """Of the last entries. The end comes from a fetch: the embedded broker's own answer about the end is wrong."""
    consumer.assign([log])
    await consumer.seek_to_beginning(log)
    last = 0
    end = None
    while end is None or await consumer.position(log) < end:
        batch = (await consumer.getmany(log, timeout_ms=1000)).get(log, [])
        if end is None:
            end = consumer.highwater(log)
            if end is None or not batch:
                return last
            consumer.seek(log, max(batch[0].offset, end - TAIL_ENTRIES))
            continue
        last = max([last, *(int(orjson.loads(record.value).get("revision", 0)) for record in batch if record.value)])
    return last
