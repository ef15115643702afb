"""The writer: topics into tables and the live stream, with bad messages, and with servers that go away."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError
from prometheus_client import CollectorRegistry

from detectors.records import Page, SampledMatch, Screening
from detectors.watchlist import WatchlistBuilder
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.writer import TableWriter
from sinks.settings import RedisSettings
from streams.broker.batches import Message
from streams.broker.messages import proof_message, result_messages
from streams.broker.producer import Sender
from streams.embedded import Endpoints
from streams.metrics import WriterMetrics
from streams.pipeline import screen_page
from streams.writer.proofs import ResultsNotStored, ends_of, stored_ends
from streams.writer.rows import MISFITS_IN_A_ROW, RowWriter, TopicUnreadable, alert_of, oldest_page_of, store_alerts
from tests.streams.proxy import Proxy
from tests.streams.world import WAIT_SECONDS, World, page, right, until, world_on
from tests.streams.writing import Running, running_writer
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

SCREENED_BY = {"revision": 1, "versions": {"detector": "d"}, "worker": "w"}


@dataclass(frozen=True, slots=True)
class Screened:
    """A page of alerting listings as a worker has it."""

    page: Page
    screening: Screening

    def alerts(self, world: World) -> list[Message]:
        return result_messages(self.page, self.screening, world.topics)

    def proof(self, world: World, ends: Mapping[TopicPartition, int]) -> Message:
        return proof_message(self.page, self.screening, world.topics, SCREENED_BY, ends)


def screened(world: World, first: int, count: int) -> Screened:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, **right("R1", "ZORBEX")})
    one = Page(page(first, count, "ZORBEX"), datetime(2026, 11, 21, 10, tzinfo=UTC), world.topics.listings, 0, 0)
    return Screened(one, screen_page(one, builder.build()))


async def send(world: World, messages: list[Message]) -> dict[TopicPartition, int]:
    async with Sender(world.settings.kafka) as sender:
        sent = await sender.send_all(messages)
    assert sent.unsent == []
    return sent.ends


async def until_live(writer: Running, entries: int) -> None:
    """They are shown after they are stored and counted."""
    async with asyncio.timeout(WAIT_SECONDS):
        while len((found := await writer.live.read("0-0", 0)).entries) < entries:
            await writer.live.read(found.last, 1_000)


@pytest.mark.asyncio
async def test_alerts_land_in_table_and_live_stream_and_poison_is_kept_apart(world: World) -> None:
    alerts = world.topics.alerts
    poison = [Message(alerts, b"x", value) for value in (b"{", b"[1]", b"\xff\xfe", b"{}", b"")]
    messages = screened(world, 0, 50).alerts(world)
    refused = [Message(alerts, b"y", messages[0].value.replace(b'"page":"', b'"page":"not a digest'))]
    async with running_writer(world) as writer:
        await send(world, [*poison, *messages, *refused])
        await until(lambda: world.count("alerts") == 50)
        await until(lambda: writer.value("rightswatch_sent_total", stage="alerts") == 50)
        await until_live(writer, 50)
        assert writer.value("rightswatch_dropped_total", stage="alerts", reason="unreadable") == len(poison)
        assert writer.value("rightswatch_dropped_total", stage="alerts", reason="refused") == 1
    kept = world.rows("SELECT reason, count() FROM dead_letters FINAL GROUP BY reason ORDER BY reason")
    assert kept == [("alerts_refused", 1), ("alerts_unreadable", len(poison))]


@pytest.mark.asyncio
async def test_the_writer_catches_up_after_clickhouse_was_away(world: World, stack: Endpoints) -> None:
    proxy = Proxy(stack.clickhouse_port or 0)
    await proxy.open()
    through = replace(world.settings.clickhouse, port=proxy.port, connect_timeout_seconds=1.0)
    async with running_writer(world, clickhouse=through) as writer:
        await send(world, screened(world, 0, 20).alerts(world))
        await until(lambda: writer.value("rightswatch_sent_total", stage="alerts") == 20)  # the writer knows it too
        await proxy.close()
        await send(world, screened(world, 20, 20).alerts(world))
        await until(lambda: writer.value("rightswatch_retries_total", stage="alerts") >= 2)
        assert world.count("alerts") == 20
        assert writer.value("rightswatch_writer_paused", stage="alerts") == 1
        await until(lambda: writer.value("rightswatch_writer_lag_records", stage="alerts") == 20)
        await until(lambda: writer.value("rightswatch_writer_oldest_seconds", stage="alerts") > 0)
        await proxy.open()
        await until(lambda: world.count("alerts") == 40)
        await until(lambda: writer.value("rightswatch_writer_paused", stage="alerts") == 0)
        await until(lambda: writer.value("rightswatch_writer_lag_records", stage="alerts") == 0)
        assert writer.value("rightswatch_writer_oldest_seconds", stage="alerts") == 0
        await proxy.close()


def test_what_a_sweep_found_in_old_pages_says_nothing_about_how_late_the_stream_is() -> None:
    def alert(hour: int, *, retrospective: bool) -> Any:
        return SimpleNamespace(observed_at=f"2026-11-21T{hour:02d}:00:00.000Z", retrospective=retrospective)

    swept, first, second = (alert(hour, retrospective=hour == 1) for hour in (1, 2, 3))
    assert oldest_page_of([second, swept, first]) == "2026-11-21T02:00:00.000Z"
    assert oldest_page_of([swept]) is None


@pytest.mark.asyncio
async def test_a_commit_that_failed_is_made_up_for_though_nothing_new_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proofs wait for what their alerts' lane has committed."""
    commit, failed = AIOKafkaConsumer.commit, 0

    async def commit_fails_at_first(consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        nonlocal failed
        if world.topics.alerts in {place.topic for place in offsets} and not failed:
            failed += 1
            raise KafkaTimeoutError
        await commit(consumer, offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", commit_fails_at_first)
    async with running_writer(world):
        one = screened(world, 0, 5)
        await send(world, [Message(world.topics.listings, b"k", one.page.body)])
        ends = await send(world, one.alerts(world))
        await send(world, [one.proof(world, ends)])
        await until(lambda: world.count("screenings") == 1)
    assert failed == 1


@pytest.mark.asyncio
async def test_without_redis_alerts_still_land(world: World) -> None:
    proxy = Proxy(0)
    await proxy.open()
    await proxy.close()  # its port refuses now
    nowhere = RedisSettings(f"redis://127.0.0.1:{proxy.port}/0")
    async with running_writer(world, redis=nowhere) as writer:
        await send(world, screened(world, 0, 30).alerts(world))
        await until(lambda: world.count("alerts") == 30)
        await until(lambda: writer.value("rightswatch_live_failed_total") == 30)


@pytest.mark.asyncio
async def test_only_what_was_inserted_is_committed(world: World, stack: Endpoints) -> None:
    """A writer that stops while ClickHouse is away leaves its batch to the next one."""
    proxy = Proxy(stack.clickhouse_port or 0)
    await proxy.open()
    through = replace(world.settings.clickhouse, port=proxy.port, connect_timeout_seconds=1.0)
    await proxy.close()
    async with running_writer(world, clickhouse=through) as writer:
        await send(world, screened(world, 0, 10).alerts(world))
        await until(lambda: writer.value("rightswatch_retries_total", stage="alerts") >= 1)
    assert world.count("alerts") == 0
    async with running_writer(world):
        await until(lambda: world.count("alerts") == 10)


@pytest.mark.asyncio
async def test_a_proof_of_screening_is_stored_after_its_page_and_its_alerts(world: World) -> None:
    found = screened(world, 0, 10)
    async with running_writer(world):
        ends = await send(world, found.alerts(world))
        await send(world, [found.proof(world, ends)])
        await until(lambda: world.count("alerts") == 10)
        await asyncio.sleep(1.0)
        assert world.count("screenings") == 0  # the page itself is not there yet
        await world.send_pages([found.page.body])
        await until(lambda: world.count("screenings") == 1)
    assert world.count("pages") == 1


@pytest.mark.asyncio
async def test_proofs_that_wait_while_the_broker_is_killed_are_stored_after_it(
    stack: Endpoints, tmp_path: Path
) -> None:
    """The broker is asked again and again then, so that its end is noticed while the lane's own fetches fail."""
    with running(KafkaServer) as kafka:
        world = world_on(replace(stack, kafka_port=kafka.port), tmp_path)
        found = screened(world, 0, 10)
        async with running_writer(world) as writer:
            ends = await send(world, found.alerts(world))
            await send(world, [found.proof(world, ends)])
            await until(lambda: writer.value("rightswatch_writer_lag_records", stage="screenings") == 1)
            kafka.kill()
            await until(lambda: writer.value("rightswatch_retries_total", stage="screenings") >= 1)
            kafka.start()
            await world.send_pages([found.page.body])
            await until(lambda: world.count("screenings") == 1)


@pytest.mark.asyncio
async def test_a_proof_of_screening_is_stored_after_the_sample_of_what_was_screened(world: World) -> None:
    found = screened(world, 0, 10)
    sampled = replace(
        found.screening,
        alerts=(),
        sampled=tuple(SampledMatch(screened="mention", alert=alert) for alert in found.screening.alerts),
    )
    messages = result_messages(found.page, sampled, world.topics)
    async with running_writer(world):
        await world.send_pages([found.page.body])
        behind = {TopicPartition(world.topics.screened, 0): len(messages)}
        await send(world, [found.proof(world, behind)])
        await until(lambda: world.count("pages") == 1)
        await asyncio.sleep(1.0)
        assert world.count("screenings") == 0  # the sample is not there yet
        assert await send(world, messages) == behind
        await until(lambda: world.count("screenings") == 1)
    assert world.count("screened_sample") == 10
    assert world.count("alerts") == 0


@pytest.mark.asyncio
async def test_proofs_whose_results_do_not_come_are_read_again_later(world: World) -> None:
    found = screened(world, 0, 10)
    await world.send_pages([found.page.body])
    first = {TopicPartition(world.topics.listings, 0): 1}
    async with stored_ends(world.settings.kafka, {world.topics.listings: "nobody"}) as stored:
        stored._patience_seconds = 0.1
        with pytest.raises(ResultsNotStored, match="listings/0@1"):
            await stored.wait_for(first, asyncio.Event())
    assert ends_of([Record(found.proof(world, {}).value, 0), Record(b"{", 1), Record(b"[]", 2)]) == first


@pytest.mark.asyncio
async def test_a_proof_whose_results_are_gone_is_given_up_and_counted_and_those_behind_it_are_stored(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("streams.writer.proofs.PATIENCE_SECONDS", 0.1)
    gone, whole = screened(world, 0, 10), screened(world, 10, 10)
    async with running_writer(world) as writer:
        await world.send_pages([whole.page.body])
        ends = await send(world, whole.alerts(world))
        nowhere = {place: end + 100 for place, end in ends.items()}
        await send(world, [gone.proof(world, nowhere), whole.proof(world, ends)])
        await until(lambda: world.count("screenings") == 1)
        assert writer.value("rightswatch_dropped_total", stage="screenings", reason="results_lost") == 1
    assert world.rows("SELECT lower(hex(page)) FROM screenings") == [(whole.page.digest,)]
    assert gone.page.digest in caplog.text


@pytest.mark.asyncio
async def test_pages_and_dead_letters_land(world: World) -> None:
    letter = {
        "reason": "no_title",
        "line": 3,
        "head": base64.b64encode(b"\x00\xff").decode(),
        "length": 2,
        "sha256": "0" * 64,
        "topic": "listings",
        "partition": 0,
        "offset": 7,
        "observed_at": "2026-11-21T10:00:00.000Z",
    }
    async with running_writer(world):
        await world.send_pages([page(0, 10, "a") + b'\n{"platform":"x"}\nnot json', b"", b"\x00" * 100])
        await send(world, [Message(world.topics.dead, b"k", orjson.dumps(letter))])
        await until(lambda: world.count("pages") == 3 and world.count("dead_letters") == 1)
        assert world.count("listings") == 10


def test_a_topic_of_nothing_but_misfits_is_our_own_fault(world: World) -> None:
    """As when the workers write a newer format: stop loudly and commit nothing, rather than bury every alert."""
    migrate(world.settings.clickhouse)
    stages = WriterMetrics(CollectorRegistry()).stages
    records = [Record(b"{}", offset) for offset in range(MISFITS_IN_A_ROW)]
    with TableWriter(world.settings.clickhouse) as table:
        rows = RowWriter("alerts", table, stages, alert_of, store_alerts)
        good = Record(screened(world, 0, 1).alerts(world)[0].value, MISFITS_IN_A_ROW)
        assert rows.write([*records[:600], good, *records[600:]]) == [good]
        assert rows.write([good]) == [good]
        with pytest.raises(TopicUnreadable, match="1000 records in a row"):
            rows.write(records)


@dataclass(frozen=True, slots=True)
class Record:
    """What aiokafka gives for a message."""

    value: bytes
    offset: int
    topic: str = "alerts"
    partition: int = 0
    timestamp: int = 1_795_000_000_000
