"""The topics: their names, how they are created, and the arguments that every Kafka client of ours shares."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.broker.access import tls_context, why_refused
from streams.configuration.sections import KafkaSettings
from streams.errors import BrokerError

FOREVER = "-1"
REFUSALS = 3  # in a row: a broker that is starting may not know its users yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """The names on the broker. `group` is the prefix's own consumer group name."""

    listings: str
    alerts: str
    screenings: str
    screened: str  # the sample of what was screened
    dead: str
    watchlist: str
    pictures: str  # listings whose pictures are to be fetched
    worker_group: str
    writer_group: str
    pictures_group: str


def topic_names(prefix: str = "") -> Topics:
    return Topics(
        listings=f"{prefix}listings",
        alerts=f"{prefix}alerts",
        screenings=f"{prefix}screenings",
        screened=f"{prefix}screened",
        dead=f"{prefix}listings.dead",
        watchlist=f"{prefix}watchlist",
        pictures=f"{prefix}pictures",
        worker_group=f"{prefix}rightswatch-worker",
        writer_group=f"{prefix}rightswatch-writer",
        pictures_group=f"{prefix}rightswatch-pictures",
    )


def client_options(kafka: KafkaSettings) -> dict[str, Any]:
    """What every aiokafka client takes: addresses and credentials.

    Raises:
        BrokerError: a certificate file cannot be used.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": kafka.bootstrap.split(","),
        "security_protocol": kafka.security_protocol,
    }
    if kafka.uses_tls:
        options["ssl_context"] = tls_context(kafka)
    if kafka.uses_sasl:
        options |= {
            "sasl_mechanism": kafka.sasl_mechanism,
            "sasl_plain_username": kafka.sasl_username,
            "sasl_plain_password": kafka.sasl_password,
        }
    return options


async def create_topics(kafka: KafkaSettings, timeout_seconds: float = 20.0) -> Topics:
    """Create the topics that are missing; the ones that exist stay as they are.

    Raises:
        BrokerError: the broker did not answer within the timeout, or refused us or a topic.
    """
    names, options = topic_names(kafka.topic_prefix), client_options(kafka)
    try:
        async with asyncio.timeout(timeout_seconds):
            await _create(kafka, options, _wanted(names, kafka))
    except (KafkaError, OSError, TimeoutError) as error:
        question = "is the broker up, and does [kafka] bootstrap in the settings name it?"
        reason = await why_refused(kafka, options) or question
        raise BrokerError(
            f"cannot create the topics on {kafka.bootstrap} ({type(error).__name__}: {error}): {reason}"
        ) from error
    return names


def _wanted(names: Topics, kafka: KafkaSettings) -> list[NewTopic]:
    # The broker's clock says when a page was observed. Otherwise the sender's would: one that is an hour ahead is
    # refused for ever, and one that is a week behind has its pages expire before a worker sees them.
    size = {"max.message.bytes": str(kafka.max_message_bytes), "message.timestamp.type": "LogAppendTime"}
    # The log is read from its start by every worker, so nothing may expire. Compaction keeps the newest entry of each
    # right and of the checkpoint, which is all a reader needs: it ignores an older revision anyway.
    log = {"cleanup.policy": "compact", "retention.ms": FOREVER, "retention.bytes": FOREVER}
    return [
        _topic(names.listings, kafka.listings_partitions, kafka, size),
        _topic(names.alerts, kafka.listings_partitions, kafka, size),
        _topic(names.screenings, kafka.listings_partitions, kafka, size),
        _topic(names.screened, 1, kafka, size),
        _topic(names.dead, 1, kafka, size),
        _topic(names.pictures, kafka.listings_partitions, kafka, size),
        _topic(names.watchlist, 1, kafka, size | log),
    ]


def _topic(name: str, partitions: int, kafka: KafkaSettings, configs: dict[str, str]) -> NewTopic:
    return NewTopic(name, partitions, kafka.replication_factor, topic_configs=configs)


async def _create(kafka: KafkaSettings, options: dict[str, Any], topics: list[NewTopic]) -> None:
    admin = AIOKafkaAdminClient(**options)
    try:
        await _until_up(admin, kafka, options)
        known = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in known]
        if missing:
            response = await admin.create_topics(missing)
            for name, code, *rest in response.topic_errors:
                _check(name, code, rest)
    finally:
        await admin.close()


async def _until_up(admin: AIOKafkaAdminClient, kafka: KafkaSettings, options: dict[str, Any]) -> None:
    """A broker that is starting refuses connections for a moment. The caller's timeout bounds the wait."""
    refusals = 0
    while True:
        try:
            return await admin.start()  # type: ignore[no-any-return]
        except KafkaError:
            refusal = await why_refused(kafka, options)
            refusals = refusals + 1 if refusal and refusal.is_certain else 0
            if refusals >= REFUSALS:
                raise BrokerError(f"the broker at {kafka.bootstrap} does not let us in: {refusal}") from None
        await asyncio.sleep(0.1)


def _check(name: str, code: int, rest: list[Any]) -> None:
    error = for_code(code)
    if code and error is not TopicAlreadyExistsError:
        raise BrokerError(f"the broker refused the topic {name!r}: {error.__name__} {rest[0] if rest else ''}".strip())
