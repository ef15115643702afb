"""One page in a worker: whatever goes wrong, it is neither lost nor in the way."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import orjson
import pytest
from aiokafka import AIOKafkaConsumer
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.broker.batches import Message
from streams.broker.producer import Sender, Sent
from streams.broker.topics import client_options, create_topics
from streams.configuration.sections import KafkaSettings
from streams.metrics import WorkerMetrics
from streams.pipeline import screen_page
from streams.worker.handling import OWN_FAULT_EXIT, STOPPED_UNSENT_EXIT
from streams.worker.in_hand import InHand
from streams.worker.screener import PageScreener, ScreenPage, observed_at
from tests.streams.world import World, page, right

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


class Ended(BaseException):
    """Stands for the end of the process."""


def end(code: int) -> NoReturn:
    raise Ended(code)


class LossySender(Sender):
    """The real sender, whose first answers get lost: sent, but not known to be acknowledged."""

    def __init__(self, kafka: KafkaSettings, lost: int) -> None:
        super().__init__(kafka)
        self.lost = lost

    async def send_all(self, messages: Sequence[Message]) -> Sent:
        sent = await super().send_all(messages)
        self.lost -= 1
        return Sent(list(messages), {}) if self.lost >= 0 else sent


def broken(failing: Callable[[int], bool]) -> ScreenPage:
    """The pipeline with a bug of ours in the calls that `failing` names."""
    calls = 0

    def screen(one: Page, watchlist: Watchlist) -> Screening:
        nonlocal calls
        calls += 1
        if failing(calls):
            raise ZeroDivisionError("a bug")
        return screen_page(one, watchlist)

    return screen


@asynccontextmanager
async def screener(
    world: World, screen: ScreenPage = screen_page, *, lost: int = 0, stopping: bool = False
) -> AsyncIterator[tuple[PageScreener, CollectorRegistry]]:
    builder = WatchlistBuilder()
    builder.apply({"revision": 7, **right("R1", "ZORBEX")})
    watchlist = builder.build()
    registry = CollectorRegistry()
    topics = await create_topics(world.settings.kafka)
    with ThreadPoolExecutor(1) as executor:
        async with LossySender(world.settings.kafka, lost) as sender:
            yield (
                PageScreener(
                    screen=screen,
                    watchlist=lambda: watchlist,
                    sender=sender,
                    topics=topics,
                    metrics=WorkerMetrics(registry),
                    worker_id="w",
                    clock=lambda: NOW,
                    executor=executor,
                    is_stopping=lambda: stopping,
                    end=end,
                    max_pause_seconds=0.05,
                    failed_pages_limit=3,
                ),
                registry,
            )


async def messages(world: World, topic: str, count: int) -> list[dict[str, Any]]:
    consumer = AIOKafkaConsumer(topic, **client_options(world.settings.kafka), auto_offset_reset="earliest")
    await consumer.start()
    try:
        return [orjson.loads((await consumer.getone()).value) for _ in range(count)]
    finally:
        await consumer.stop()


@pytest.mark.asyncio
async def test_a_page_is_through_when_everything_about_it_is_acknowledged(world: World) -> None:
    body = page(0, 3, "ZORBEX") + b'\n{"platform":"x"}'
    async with screener(world) as (one, registry):
        await one.handle(body, NOW_MS, (world.topics.listings, 2, 11))
    assert {alert["listing_id"] for alert in await messages(world, world.topics.alerts, 3)} == {"0", "1", "2"}
    (proof,) = await messages(world, world.topics.screenings, 1)
    assert (proof["partition"], proof["offset"], proof["revision"], proof["worker"]) == (2, 11, 7, "w")
    assert (proof["listings"], proof["alerts"], proof["dead"]) == (3, 3, 1)
    assert proof["page"] == Page(body, NOW).digest
    ends = {topic: end for topic, _, end in proof["results"]}
    assert ends[world.topics.dead] == 1
    assert sum(end for topic, _, end in proof["results"] if topic == world.topics.alerts) == 3
    (letter,) = await messages(world, world.topics.dead, 1)
    assert base64.b64decode(letter["head"]) == b'{"platform":"x"}'
    assert one.progress.positions == {(world.topics.listings, 2): 12}
    assert registry.get_sample_value("rightswatch_alerts_total") == 3


@pytest.mark.asyncio
async def test_what_is_not_acknowledged_is_sent_again(world: World) -> None:
    async with screener(world, lost=3) as (one, registry):
        await one.handle(page(0, 2, "ZORBEX"), NOW_MS, (world.topics.listings, 0, 0))
    sent = await messages(world, world.topics.alerts, 8)
    assert len({alert["alert_id"] for alert in sent}) == 2  # at least once, under the same ids
    assert registry.get_sample_value("rightswatch_retries_total", {"stage": "send"}) == 3
    assert one.progress.refusals == 3  # signs of life


@pytest.mark.asyncio
async def test_a_stop_while_the_broker_is_away_ends_without_a_commit(world: World) -> None:
    async with screener(world, lost=1_000, stopping=True) as (one, _):
        with pytest.raises(Ended) as ended:
            await one.handle(page(0, 2, "ZORBEX"), NOW_MS, (world.topics.listings, 0, 0))
    assert ended.value.args == (STOPPED_UNSENT_EXIT,)
    assert one.progress.pages == 0


@pytest.mark.asyncio
async def test_a_failure_that_passes_costs_nothing(world: World) -> None:
    async with screener(world, broken(lambda call: call == 1)) as (one, _):
        await one.handle(page(0, 2, "ZORBEX"), NOW_MS, (world.topics.listings, 0, 0))
    assert one.progress.alerts == 2


@pytest.mark.asyncio
async def test_a_page_that_our_code_fails_on_is_dead_lettered_whole(world: World) -> None:
    body = page(0, 2, "ZORBEX")
    async with screener(world, broken(lambda call: call <= 2)) as (one, _):
        await one.handle(body, NOW_MS, (world.topics.listings, 0, 0))
        await one.handle(page(2, 2, "ZORBEX"), NOW_MS, (world.topics.listings, 0, 1))
    (letter,) = await messages(world, world.topics.dead, 1)
    assert (letter["reason"], letter["line"], letter["length"]) == ("screening_failed", 0, len(body))
    assert one.progress.pages == 2
    assert one.progress.alerts == 2


@pytest.mark.asyncio
async def test_when_page_after_page_fails_the_process_ends_and_replays(world: World) -> None:
    async with screener(world, broken(lambda _: True)) as (one, _):
        for offset in range(2):
            await one.handle(page(offset, 1, "a"), NOW_MS, (world.topics.listings, 0, offset))
        with pytest.raises(Ended) as ended:
            await one.handle(page(2, 1, "a"), NOW_MS, (world.topics.listings, 0, 2))
    assert ended.value.args == (OWN_FAULT_EXIT,)
    assert one.progress.pages == 2


@pytest.mark.asyncio
async def test_no_failure_of_ours_leaves_the_page_to_be_acknowledged(world: World) -> None:
    def no_json(one: Page, watchlist: Watchlist) -> Screening:
        return replace(screen_page(one, watchlist), warnings={"a count that JSON cannot hold": 2**64})

    async with screener(world, no_json) as (one, _):
        with pytest.raises(Ended) as ended:
            await one.handle(page(0, 1, "a"), NOW_MS, (world.topics.listings, 0, 0))
    assert ended.value.args == (OWN_FAULT_EXIT,)
    assert one.progress.pages == 0


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_broker_timestamp_is_a_moment_that_can_be_stored(timestamp_ms: int) -> None:
    assert 1970 <= observed_at(timestamp_ms).year <= 2286


def test_a_broker_timestamp_is_kept_to_the_millisecond() -> None:
    assert observed_at(NOW_MS + 123).microsecond == 123_000


@pytest.mark.asyncio
async def test_a_page_that_waits_for_the_kernels_is_not_in_hand(world: World, tmp_path: Path) -> None:
    """What ends the process meanwhile is not its doing."""
    asked, loaded = asyncio.Event(), asyncio.Event()
    in_hand, slot = InHand(tmp_path, "w"), tmp_path / "w.hand"
    held: list[bytes] = []

    async def prepared() -> None:
        asked.set()
        await loaded.wait()

    def screen(one: Page, watchlist: Watchlist) -> Screening:
        held.append(slot.read_bytes().strip())
        return screen_page(one, watchlist)

    async with screener(world, screen) as (plain, _):
        handler = replace(plain, prepared=prepared, in_hand=in_hand)
        handling = asyncio.create_task(handler.handle(page(1, 1, "plain"), NOW_MS, ("listings", 0, 7)))
        await asked.wait()
        held.append(slot.read_bytes().strip())
        loaded.set()
        await handling
    in_hand.close()
    assert held == [b"", b"listings/0@7"]


@pytest.mark.asyncio
async def test_a_page_is_not_lost_when_the_kernels_cannot_be_loaded(world: World) -> None:
    async def prepared() -> None:
        raise ZeroDivisionError("a bug")

    async with screener(world) as (plain, _):
        with pytest.raises(Ended) as ended:
            await replace(plain, prepared=prepared).handle(page(1, 1, "plain"), NOW_MS, ("listings", 0, 7))
    assert ended.value.args == (OWN_FAULT_EXIT,)
