"""The watchlist log: published from the operational database, followed by every process, hostile entries and all."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import orjson
import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from detectors.calibration.document import read_calibration
from detectors.watchlist import WatchlistBuilder
from detectors.watchlist.base import Base
from sinks.operational.rights_store import RightsStore
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from streams.metrics import PublisherMetrics, WatchlistMetrics
from streams.watchlist_log.follower import NotLoaded, WatchlistFollower
from streams.watchlist_log.publisher import WatchlistPublisher, entry_key
from tests.streams.world import World, right, until

IN_FORCE_SECONDS = 10.0  # far above the second that is promised: the machine may be busy


@pytest_asyncio.fixture
async def sender(world: World) -> AsyncIterator[Sender]:
    await create_topics(world.settings.kafka)
    async with Sender(world.settings.kafka) as sender:
        yield sender


@asynccontextmanager
async def running(coroutine: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def make_follower(world: World) -> WatchlistFollower:
    return WatchlistFollower(world.settings.kafka, WatchlistMetrics(CollectorRegistry()))


async def publish(world: World, sender: Sender) -> int:
    store = RightsStore(world.settings.operational)
    try:
        async with WatchlistPublisher(store, sender, world.settings.kafka) as publisher:
            return await publisher.publish()
    finally:
        store.close()


async def changed(world: World, sender: Sender, entry: dict[str, Any]) -> int:
    """The revision of a change that was published."""
    revision = world.apply(entry)
    await publish(world, sender)
    return revision


async def reach(follower: WatchlistFollower, revision: int) -> None:
    async with asyncio.timeout(IN_FORCE_SECONDS):
        await follower.wait_loaded()
        while follower.state().revision < revision:  # noqa: ASYNC110 - what is measured
            await asyncio.sleep(0.02)


@pytest.mark.asyncio
async def test_an_empty_log_gets_everything_and_then_only_what_is_new(world: World, sender: Sender) -> None:
    world.apply(right("R1", "ZORBEX"), right("R2", "QUVANT"))
    world.apply({"op": "withdraw", "right_id": "R2"})
    assert await publish(world, sender) == 2  # the latest about each right, also that one is withdrawn
    assert await publish(world, sender) == 0
    world.apply(right("R3", "VELTRA"))
    assert await publish(world, sender) == 1


@pytest.mark.asyncio
async def test_nothing_is_loaded_before_a_checkpoint(world: World, sender: Sender) -> None:
    entry = {"revision": 1, **right("R1", "ZORBEX")}
    await sender.send(Message(world.topics.watchlist, b"R1", orjson.dumps(entry)))
    follower = make_follower(world)
    async with running(follower.run()):
        async with asyncio.timeout(IN_FORCE_SECONDS):
            while follower.state().age_seconds == float("inf"):  # noqa: ASYNC110 - what is measured
                await asyncio.sleep(0.02)
        assert not follower.state().loaded
        with pytest.raises(NotLoaded, match="not loaded yet"):
            follower.current()
        checkpoint = {"op": "checkpoint", "revision": 1}
        await sender.send(Message(world.topics.watchlist, entry_key(checkpoint), orjson.dumps(checkpoint)))
        await reach(follower, 1)
        assert len(follower.current()) == 1


@pytest.mark.asyncio
async def test_a_change_is_in_force_beside_the_base_and_later_in_it(world: World, sender: Sender) -> None:
    world.apply(*(right(f"Q{number}", f"QUVANT{number}") for number in range(20)))
    await publish(world, sender)
    follower = make_follower(world)
    async with running(follower.run()):
        await reach(follower, 20)
        base = follower.current().base
        revision = world.apply(right("R1", "ZORBEX"))
        await publish(world, sender)
        await reach(follower, revision)
        assert len(follower.current()) == 21
        async with asyncio.timeout(IN_FORCE_SECONDS):
            while follower.current().base is base or follower.current().changes:  # noqa: ASYNC110 - what is measured
                await asyncio.sleep(0.02)
        assert len(follower.current()) == len(follower.current().base) == 21


@pytest.mark.asyncio
async def test_a_base_that_cannot_be_compiled_stops_nothing_and_is_tried_again(world: World, sender: Sender) -> None:
    asked, ahead = [0], [0.0]

    class ShortOfMemory(WatchlistBuilder):
        def merging(self) -> Callable[[], Base]:
            asked[0] += 1
            return self._fail if asked[0] == 2 else super().merging()  # the first is that of the whole log

        def _fail(self) -> Base:
            raise MemoryError

    world.apply(*(right(f"Q{number}", f"QUVANT{number}") for number in range(20)))
    await publish(world, sender)
    follower = WatchlistFollower(
        world.settings.kafka,
        WatchlistMetrics(CollectorRegistry()),
        make_builder=ShortOfMemory,
        monotonic=lambda: time.monotonic() + ahead[0],
    )
    async with running(follower.run()):
        await reach(follower, 20)
        base = follower.current().base
        await reach(follower, await changed(world, sender, right("R1", "ZORBEX")))
        ahead[0] += 30
        await until(lambda: asked[0] == 2)
        await reach(follower, await changed(world, sender, right("R2", "VELTRA")))
        assert len(follower.current()) == 22
        assert (asked[0], follower.current().base is base) == (2, True)
        ahead[0] += 60
        await until(lambda: follower.current().base is not base)
        assert len(follower.current().base) == 22


@pytest.mark.asyncio
async def test_what_an_old_builder_compiles_is_dropped_when_the_log_is_read_anew(world: World) -> None:
    follower = make_follower(world)
    go = threading.Event()

    def slow() -> Base:
        go.wait(IN_FORCE_SECONDS)
        return WatchlistBuilder().merging()()

    renewal = follower._renewal
    renewal._coming = merging = asyncio.create_task(renewal.compile(slow))
    await asyncio.sleep(0.05)
    follower._start_over()
    go.set()
    await asyncio.wait([merging])
    assert merging.cancelled()
    assert follower._renewal is not renewal
    assert follower._renewal._coming is None


@pytest.mark.asyncio
async def test_changes_come_into_force_and_malformed_entries_stop_nothing(world: World, sender: Sender) -> None:
    world.apply(right("R1", "ZORBEX"))
    await publish(world, sender)
    hostile = [
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b"{}",
        b'{"revision":2,"op":"put","right":{"right_id":"x","kind":"trademark"}}',
        b"",
    ]
    for value in hostile:
        await sender.send(Message(world.topics.watchlist, b"x", value))
    follower = make_follower(world)
    async with running(follower.run()):
        await reach(follower, 1)
        assert follower.state().rights == 1
        revision = world.apply(*(right(f"Q{number}", f"QUVANT{number}") for number in range(1_000)))
        await publish(world, sender)
        await reach(follower, revision)
        assert follower.state().rights == 1_001
        revision = world.apply({"op": "withdraw", "right_id": "R1"})
        await publish(world, sender)
        await reach(follower, revision)
        assert follower.state().rights == 1_000


@pytest.mark.asyncio
async def test_a_checkpoint_with_another_log_number_makes_the_log_be_read_from_its_start(
    world: World, sender: Sender
) -> None:
    """A memory-only broker may come back with a log that is as long as the old one, and other entries in it."""

    async def write(*entries: dict[str, Any]) -> None:
        for entry in entries:
            await sender.send(Message(world.topics.watchlist, entry_key(entry), orjson.dumps(entry)))

    registry = CollectorRegistry()
    follower = WatchlistFollower(world.settings.kafka, WatchlistMetrics(registry))

    def times_read() -> float:
        """How often the first entry, which cannot be applied, was met."""
        return registry.get_sample_value("rightswatch_watchlist_malformed_total") or 0.0

    async with running(follower.run()):
        await write({"op": "withdraw", "right_id": 7}, {"revision": 1, **right("R1", "ZORBEX")})
        await write({"op": "checkpoint", "revision": 1, "log": 1})
        await reach(follower, 1)
        await write({"revision": 2, **right("R2", "QUVANT")}, {"op": "checkpoint", "revision": 2, "log": 1})
        await reach(follower, 2)
        assert times_read() == 1
        await write({"revision": 3, **right("R3", "VELTRA")}, {"op": "checkpoint", "revision": 3, "log": 2})
        await reach(follower, 3)
        assert follower.state().rights == 3
        await until(lambda: times_read() == 2)


@pytest.mark.asyncio
async def test_the_publisher_loop_brings_a_change_into_force(world: World, sender: Sender) -> None:
    store = RightsStore(world.settings.operational)
    follower = make_follower(world)
    try:
        async with (
            WatchlistPublisher(store, sender, world.settings.kafka) as publisher,
            running(publisher.run(0.25)),
            running(follower.run()),
        ):
            await reach(follower, 0)
            await reach(follower, store.apply([right("R1", "ZORBEX")]))
            assert follower.state().rights == 1
    finally:
        store.close()


@pytest.mark.asyncio
async def test_what_is_not_published_yet_is_a_metric(world: World, sender: Sender) -> None:
    registry = CollectorRegistry()
    world.apply(right("R1", "ZORBEX"), right("R2", "QUVANT"))
    with closing(RightsStore(world.settings.operational)) as store:
        publisher = WatchlistPublisher(store, sender, world.settings.kafka, PublisherMetrics(registry))
        assert publisher._has_news()
    assert registry.get_sample_value("rightswatch_watchlist_unpublished_revisions") == 2


@pytest.mark.asyncio
async def test_a_rule_pack_comes_into_force_and_one_that_cannot_be_read_is_malformed(
    world: World, sender: Sender
) -> None:
    world.apply(right("R1", "ZORBEX"))
    registry = CollectorRegistry()
    follower = WatchlistFollower(world.settings.kafka, WatchlistMetrics(registry))
    async with running(follower.run()):
        await publish(world, sender)
        await reach(follower, 1)
        shipped = follower.current().versions["rules"]
        revision = world.apply({"op": "rules", "rules": {"weights": "[signals]\nmark = 0.1"}})
        await publish(world, sender)
        await reach(follower, revision)
        assert follower.current().rules.signals["mark"] == 0.1
        assert follower.current().versions["rules"] != shipped
        unreadable = {"revision": 3, "op": "rules", "rules": {"weights": "[signals]\nmark = 7"}}
        await sender.send(Message(world.topics.watchlist, entry_key(unreadable), orjson.dumps(unreadable)))
        await until(lambda: registry.get_sample_value("rightswatch_watchlist_malformed_total") == 1)
        assert follower.current().rules.signals["mark"] == 0.1


@pytest.mark.asyncio
async def test_a_calibration_comes_into_force_in_a_process_that_is_running(world: World, sender: Sender) -> None:
    world.apply(right("R1", "ZORBEX"))
    follower = WatchlistFollower(world.settings.kafka, WatchlistMetrics(CollectorRegistry()))
    scores = {"mark": {"disguise+mark": {"score": 0.9}}}
    document = {"form": 1, "made_at": "2026-11-29T12:00:00.000Z", "scores": scores, "thresholds": {}}
    async with running(follower.run()):
        await publish(world, sender)
        await reach(follower, 1)
        assert "calibration" not in follower.current().versions
        revision = world.apply({"op": "calibrate", "calibration": document})
        await publish(world, sender)
        await reach(follower, revision)
        assert follower.current().versions["calibration"] == read_calibration(document).version
        assert follower.current().calibration.score("mark", ("mark", "disguise"), 0.685) == 0.9
        revision = world.apply({"op": "calibrate", "calibration": {}})
        await publish(world, sender)
        await reach(follower, revision)
        assert "calibration" not in follower.current().versions


def test_each_thing_that_the_log_holds_has_its_own_key() -> None:
    register = {"office": "CN", "kinds": ["design"], "from": 2010, "to": 2026}
    entries: list[dict[str, Any]] = [
        {"op": "put", "right": {"right_id": "checkpoint"}},
        {"op": "checkpoint", "revision": 1},
        {"op": "register", "register": register},
        {"op": "register", "register": {**register, "office": "EP"}},
        {"op": "rules", "rules": {}},
        {"op": "calibrate", "calibration": {}},
    ]
    assert len({entry_key(entry) for entry in entries}) == len(entries)
    assert entry_key({"op": "withdraw", "right_id": "checkpoint"}) == entry_key(entries[0])
