"""A process that starts from a snapshot in the middle of the log, on every broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.broker.producer import Sender
from streams.broker.topics import topic_names
from streams.configuration.sections import KafkaSettings, SnapshotSettings
from streams.metrics import WatchlistMetrics
from streams.snapshot.sharing import SnapshotSharing
from streams.snapshot.store import SnapshotStore
from streams.watchlist_log.follower import WatchlistFollower
from streams.watchlist_log.publisher import WatchlistPublisher
from tests.broker.brokers import Broker, until
from tests.broker.test_restart import put

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def following(kafka: KafkaSettings, store: SnapshotStore) -> AsyncIterator[WatchlistFollower]:
    metrics = WatchlistMetrics(CollectorRegistry())
    sharing = SnapshotSharing(store, SnapshotSettings(least_rights=1), metrics)
    follower = WatchlistFollower(kafka, metrics, sharing=sharing)
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_the_logs_tail_is_read_after_a_snapshot_and_all_of_it_after_one_that_ends_past_the_log(
    ready: Broker, tmp_path: Path
) -> None:
    store = SnapshotStore(tmp_path, topic_names(ready.kafka.topic_prefix).watchlist)
    with closing(RightsStore(OperationalSettings.sqlite(tmp_path / "rights.db"))) as rights:
        async with Sender(ready.kafka) as sender, WatchlistPublisher(rights, sender, ready.kafka) as publisher:
            rights.apply([put(name) for name in "ABDEFGHI"])
            await publisher.publish()
            async with following(ready.kafka, store) as maker:
                await until(lambda: maker.state().snapshot_revision == 8)
            rights.apply([put("C")])
            await publisher.publish()
            async with following(ready.kafka, store) as newcomer:
                await until(lambda: newcomer.state().rights == 9)
                assert newcomer.state().snapshot_revision == 8
            snapshot = store.load(store.current() or "")
            with store.making():
                past = replace(snapshot.place, offset=snapshot.place.offset + 1_000)
                store.write(snapshot.base, past, compiled_seconds=1.0)
            async with following(ready.kafka, store) as other:
                await until(lambda: other.state().rights == 9)
