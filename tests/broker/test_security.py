"""A broker that asks who we are: passwords and certificates for every client of ours, and what is said when wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from streams.broker.access import why_refused
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import client_options, create_topics
from streams.configuration.sections import KafkaSettings, WorkerSettings
from streams.doctor.servers import check_topics
from streams.errors import BrokerError
from streams.worker.app import create_app
from tools.servers.kafka_secured import USER, SecuredKafka
from tools.servers.running import running

PASSWORD = "s3cret-of-the-test"
WRONG = "wrong-0f-the-test"


@pytest.fixture(scope="module")
def server() -> Iterator[SecuredKafka]:
    with running(partial(SecuredKafka, password=PASSWORD)) as server:
        yield server


@pytest.fixture(params=["PLAIN", "SCRAM-SHA-512", "certificate"])
def kafka(request: pytest.FixtureRequest, server: SecuredKafka) -> KafkaSettings:
    if request.param == "certificate":
        return with_certificate(server)
    return with_password(server, sasl_mechanism=request.param, topic_prefix=f"{request.param}.")


def with_password(server: SecuredKafka, **changed: str) -> KafkaSettings:
    settings = KafkaSettings(
        bootstrap=f"127.0.0.1:{server.sasl_port}",
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username=USER,
        sasl_password=PASSWORD,
        ca_file=str(server.certificates.ca),
        listings_partitions=1,
        session_timeout_seconds=6.0,
        fetch_wait_seconds=0.1,
    )
    return replace(settings, **changed)  # type: ignore[arg-type]  # all that a test changes is text


def with_certificate(server: SecuredKafka) -> KafkaSettings:
    ours = server.certificates
    return KafkaSettings(
        bootstrap=f"127.0.0.1:{server.ssl_port}",
        topic_prefix="certificate.",
        security_protocol="SSL",
        ca_file=str(ours.ca),
        cert_file=str(ours.client_cert),
        key_file=str(ours.client_key),
        listings_partitions=1,
        session_timeout_seconds=6.0,
        fetch_wait_seconds=0.1,
    )


@pytest.mark.asyncio
async def test_topics_are_made_and_what_is_sent_is_read_by_a_consumer_and_by_faust(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    topics = await create_topics(kafka)
    async with Sender(kafka) as sender:
        await sender.send(Message(topics.listings, b"key", b"page"))
    async with AIOKafkaConsumer(topics.listings, **client_options(kafka), auto_offset_reset="earliest") as consumer:
        async with asyncio.timeout(30):
            record = await consumer.getone()
    assert record.value == b"page"
    assert await handled_by_faust(kafka, tmp_path) == b"page"


async def handled_by_faust(kafka: KafkaSettings, folder: Path) -> bytes:
    handled = asyncio.get_running_loop().create_future()

    async def handle(body: bytes, _timestamp: int, _place: tuple[str, int, int]) -> None:
        handled.set_result(body)

    app = create_app(kafka, WorkerSettings(), handle, folder)
    await app.start()
    try:
        async with asyncio.timeout(60):
            return bytes(await handled)
    finally:
        await app.stop()


@pytest.mark.asyncio
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_a_wrong_password_is_told_with_its_remedy_and_stands_in_no_message_or_log(
    mechanism: str, server: SecuredKafka, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = with_password(server, sasl_mechanism=mechanism, sasl_password=WRONG)
    with pytest.raises(
        BrokerError, match=r"refuses the user 'rightswatch'.*\[kafka\] sasl_username and sasl_p"
    ) as told:
        await create_topics(wrong)
    with pytest.raises(BrokerError, match="refuses the user 'rightswatch'") as told_by_sender:
        async with Sender(wrong):
            pass
    check = await check_topics(wrong)
    assert not check.is_ok
    assert "refuses the user 'rightswatch'" in check.remedy
    everything = f"{told.value}{told_by_sender.value}{check}{wrong}{caplog.text}"
    assert WRONG not in everything
    assert PASSWORD not in everything


@pytest.mark.asyncio
async def test_asking_why_leaves_no_connection_open(server: SecuredKafka) -> None:
    wrong = with_password(server, sasl_password=WRONG)
    options = client_options(wrong)
    before = open_files()
    assert await why_refused(wrong, options) is not None
    assert open_files() == before


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.asyncio
async def test_a_mechanism_that_the_broker_lacks_is_named(server: SecuredKafka) -> None:
    with pytest.raises(BrokerError, match=r"does not take SCRAM-SHA-256: correct \[kafka\] sasl_mechanism"):
        await create_topics(with_password(server, sasl_mechanism="SCRAM-SHA-256"))


@pytest.mark.asyncio
async def test_a_broker_whose_authority_is_unknown_is_refused(server: SecuredKafka) -> None:
    with pytest.raises(BrokerError, match=r"certificate is not to be trusted .*\[kafka\] ca_file"):
        await create_topics(with_password(server, ca_file=""))


@pytest.mark.asyncio
async def test_a_broker_under_another_name_than_its_certificates_is_refused(server: SecuredKafka) -> None:
    with pytest.raises(BrokerError, match=r"certificate is not to be trusted .*localhost.*\[kafka\] bootstrap"):
        await create_topics(with_password(server, bootstrap=f"localhost:{server.sasl_port}"))


@pytest.mark.asyncio
async def test_a_client_without_the_certificate_that_the_broker_asks_for_is_told(server: SecuredKafka) -> None:
    without = replace(with_certificate(server), cert_file="", key_file="")
    with pytest.raises(BrokerError, match="cert_file and key_file are needed"):
        await create_topics(without, timeout_seconds=1)


@pytest.mark.asyncio
async def test_a_client_that_speaks_openly_to_a_secured_listener_is_told(server: SecuredKafka) -> None:
    with pytest.raises(BrokerError, match="security_protocol must be that of the listener"):
        await create_topics(KafkaSettings(bootstrap=f"127.0.0.1:{server.sasl_port}"), timeout_seconds=1)


@pytest.mark.asyncio
async def test_a_certificate_file_that_is_not_there_is_named() -> None:
    settings = KafkaSettings(bootstrap="127.0.0.1:1", security_protocol="SSL", ca_file="/nowhere/ca.pem")
    with pytest.raises(BrokerError, match=r"cannot use /nowhere/ca\.pem \(No such file"):
        await create_topics(settings)
