"""Followers of one host and their snapshots: started from, taken over from each other, and never trusted wrongly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from detectors.watchlist import WatchlistBuilder
from streams.broker.producer import Sender
from streams.broker.topics import create_topics
from streams.configuration.sections import SnapshotSettings
from streams.metrics import WatchlistMetrics
from streams.snapshot.files import ARRAYS, SnapshotError, read_manifest
from streams.snapshot.opening import snapshot_store
from streams.snapshot.sharing import SnapshotSharing
from streams.snapshot.store import LogPlace, Snapshot, SnapshotStore
from streams.watchlist_log.follower import WatchlistFollower
from streams.worker.process import _readiness
from tests.streams.test_watchlist import changed, publish, reach, running
from tests.streams.world import World, right, until


@pytest_asyncio.fixture
async def sender(world: World) -> AsyncIterator[Sender]:
    await create_topics(world.settings.kafka)
    async with Sender(world.settings.kafka) as sender:
        yield sender


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """Loaded before anybody is waited for."""
    WatchlistBuilder().build()


class Member:
    """A process of the host, as far as the watchlist goes."""

    def __init__(self, world: World, least_rights: int = 1) -> None:
        registry = CollectorRegistry()
        metrics = WatchlistMetrics(registry)
        self.ahead = 0.0  # seconds that its clock is put forward
        self.store = snapshot_store(world.settings)
        self.sharing = SnapshotSharing(self.store, SnapshotSettings(least_rights=least_rights), metrics)
        self.follower = WatchlistFollower(
            world.settings.kafka, metrics, sharing=self.sharing, monotonic=lambda: time.monotonic() + self.ahead
        )
        self._registry = registry

    def counted(self, what: str) -> int:
        return int(self._registry.get_sample_value(f"rightswatch_watchlist_snapshots_{what}_total") or 0)

    def gauge(self, what: str) -> float:
        return self._registry.get_sample_value(f"rightswatch_watchlist_{what}") or 0.0

    def rights(self) -> list[str]:
        return list(self.follower.current().right_ids)

    def snapshot_revision(self) -> int | None:
        return self.follower.state().snapshot_revision


@asynccontextmanager
async def at_work(member: Member, revision: int) -> AsyncIterator[Member]:
    async with running(member.follower.run()):
        await reach(member.follower, revision)
        yield member


async def with_snapshot(world: World, sender: Sender) -> Snapshot:
    """One that a process has made of twenty rights, and which ended then."""
    world.apply(*(right(f"Q{number:02}", f"QUVANT{number}") for number in range(20)))
    await publish(world, sender)
    async with at_work(Member(world), 20) as maker:
        await until(lambda: maker.snapshot_revision() == 20)
        assert maker.counted("written") == 1
        assert maker.sharing.held is not None
        return maker.sharing.held


def made_by_another(store: SnapshotStore, place: LogPlace) -> str:
    """A snapshot of a right that is in no log of ours."""
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, **right("FOREIGN", "ZORBEX")})
    with store.making():
        return store.write(builder.merging()(), place, compiled_seconds=1.0)


@pytest.mark.asyncio
async def test_a_process_starts_from_the_snapshot_and_reads_what_came_since(world: World, sender: Sender) -> None:
    await with_snapshot(world, sender)
    revision = await changed(world, sender, {"op": "withdraw", "right_id": "Q07"})
    async with at_work(Member(world), revision) as newcomer:
        watchlist = newcomer.follower.current()
        assert newcomer.snapshot_revision() == 20
        assert watchlist.base is newcomer.sharing.held.base.watchlist.base  # type: ignore[union-attr]
        assert (len(watchlist), "Q07" in newcomer.rights()) == (19, False)
        assert newcomer.counted("written") == 0
        newcomer.follower.report()
        assert newcomer.gauge("snapshot_revision") == 20
        assert newcomer.gauge("snapshot_age_seconds") > 0
        told = _readiness(newcomer.follower, 30.0, consuming=True).detail["snapshot"]
        assert (told["revision"], told["age_seconds"] > 0) == (20, True)


@pytest.mark.asyncio
async def test_a_small_watchlist_is_compiled_by_each_process(world: World, sender: Sender) -> None:
    world.apply(right("R1", "ZORBEX"))
    await publish(world, sender)
    async with at_work(Member(world, least_rights=2), 1) as member:
        await reach(member.follower, await changed(world, sender, {"op": "withdraw", "right_id": "R1"}))
        assert (member.snapshot_revision(), member.store.current()) == (None, None)
        assert _readiness(member.follower, 30.0, consuming=True).detail["snapshot"] is None


def of_another_log(place: LogPlace) -> LogPlace:
    return replace(place, number=99)


def of_a_log_made_anew(place: LogPlace) -> LogPlace:
    """With the same number: its database was made anew too."""
    return replace(place, timestamp_ms=place.timestamp_ms - 1)


def of_a_longer_log(place: LogPlace) -> LogPlace:
    return replace(place, offset=place.offset + 1_000)


@pytest.mark.parametrize("place", [of_another_log, of_a_log_made_anew, of_a_longer_log])
@pytest.mark.asyncio
async def test_a_snapshot_of_another_log_is_not_trusted(
    world: World, sender: Sender, place: Callable[[LogPlace], LogPlace]
) -> None:
    snapshot = await with_snapshot(world, sender)
    foreign = made_by_another(snapshot_store(world.settings), place(snapshot.place))
    async with at_work(Member(world), 20) as member:
        assert "FOREIGN" not in member.rights()
        assert len(member.rights()) == 20
        assert member.counted("refused") == 1
        await until(lambda: member.store.current() not in (None, foreign))


@pytest.mark.asyncio
async def test_a_new_base_is_made_by_one_process_and_taken_by_the_others(world: World, sender: Sender) -> None:
    await with_snapshot(world, sender)
    async with at_work(Member(world), 20) as one, at_work(Member(world), 20) as two:
        revision = await changed(world, sender, right("R1", "ZORBEX"))
        for member in (one, two):
            await reach(member.follower, revision)
            member.ahead = 10_000.0
        await until(lambda: [member.snapshot_revision() for member in (one, two)] == [revision, revision])
        await until(lambda: not (one.follower.current().changes or two.follower.current().changes))
        assert one.counted("written") + two.counted("written") == 1
        assert len(one.follower.current()) == len(two.follower.current()) == 21


@pytest.mark.asyncio
async def test_a_process_that_finds_its_snapshot_damaged_ends_and_nobody_starts_from_it(
    world: World, sender: Sender
) -> None:
    snapshot = await with_snapshot(world, sender)
    folder = snapshot_store(world.settings).folder / snapshot.name
    place = read_manifest(folder)["arrays"]["segment.documents.data"]["at"]
    with (folder / ARRAYS).open("r+b") as file:
        file.seek(place)
        file.write(b"?")
    member = Member(world)
    with pytest.raises(SnapshotError, match="is damaged"):
        async with asyncio.timeout(60):
            await member.follower.run()
    assert member.store.current() is None


@pytest.mark.asyncio
async def test_a_folder_that_cannot_be_written_keeps_nobody_from_matching(world: World, sender: Sender) -> None:
    world.apply(right("R1", "ZORBEX"))
    await publish(world, sender)
    member = Member(world)
    member.store.folder.parent.mkdir()
    member.store.folder.write_text("a file where the folder should be")
    async with at_work(member, 1):
        await until(lambda: member.counted("refused") == 1)
        await reach(member.follower, await changed(world, sender, right("R2", "QUVANT")))
        assert member.rights() == ["R1", "R2"]
