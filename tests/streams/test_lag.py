"""The lag is measured while partitions come and go."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import CollectorRegistry

from streams.broker.lag import GroupLag, highwater
from streams.configuration.sections import KafkaSettings
from streams.metrics import WriterMetrics
from streams.processes.watchdog import Watchdog
from streams.watchlist_log.publisher import WatchlistPublisher
from streams.worker.lag import LagProbe
from streams.worker.screener import Progress
from streams.writer import progress as progress_module
from streams.writer.progress import LaneProgress, report_all

PLACE = TopicPartition("listings", 0)


class Consumer:
    """Read to the end, which is a record that ends a transaction: it was never handed over, nor committed past."""

    def __init__(self, committed: int, position: int) -> None:
        self._committed = committed
        self._state = SimpleNamespace(position=position, has_valid_position=True)
        assignment = SimpleNamespace(state_value={PLACE: self._state}.__getitem__)
        self._subscription = SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))

    def reads_to(self, position: int) -> None:
        self._state.position = position

    def assignment(self) -> set[TopicPartition]:
        return {PLACE}

    def highwater(self, _: TopicPartition) -> int:
        return 0

    async def committed(self, _: TopicPartition) -> int:
        return self._committed


class Ends:
    async def of(self, _: object) -> dict[TopicPartition, int]:
        return {PLACE: 10}


def lane(consumer: Any, registry: CollectorRegistry, ends: Any = Ends()) -> LaneProgress:  # noqa: B008  # no state
    progress = LaneProgress(
        "pages",
        ends=ends,
        metrics=WriterMetrics(registry),
        watchdog=Watchdog(60.0, end=lambda code: None),
        clock=lambda: datetime.now(UTC),
    )
    progress.reads(consumer)
    return progress


@pytest.mark.asyncio
async def test_the_end_of_a_transaction_waits_for_nobody_who_has_nothing_in_hand() -> None:
    ends: Any = Ends()
    consumer: Any = Consumer(committed=9, position=10)
    assert (await GroupLag(ends).measure(consumer, is_idle=lambda: True)).messages == 0
    assert (await GroupLag(ends).measure(consumer)).messages == 1  # in hand, as far as anybody knows


@pytest.mark.asyncio
@pytest.mark.parametrize(("unacked", "pages"), [(set(), 0), ({"a page"}, 1)])
async def test_no_page_waits_for_a_worker_that_has_read_past_the_end_of_a_transaction(
    unacked: set[str], pages: int
) -> None:
    consumer = Consumer(committed=9, position=10)
    app: Any = SimpleNamespace(
        consumer=SimpleNamespace(
            _committed_offset={PLACE: 9}, _thread=SimpleNamespace(_consumer=consumer), unacked=unacked
        )
    )
    probe = LagProbe(app, KafkaSettings(), Progress(), lambda: datetime.now(UTC))
    probe._broker = Ends()  # type: ignore[assignment]
    assert (await probe.measure()).pages == pages


@pytest.mark.asyncio
async def test_what_a_lane_reads_while_the_broker_is_asked_waits_until_it_is_stored() -> None:
    class Meanwhile(Ends):
        async def of(self, place: object) -> dict[TopicPartition, int]:
            consumer.reads_to(10)
            progress.took([SimpleNamespace(timestamp=0)])
            return await super().of(place)

    registry, consumer = CollectorRegistry(), Consumer(committed=4, position=4)
    progress = lane(consumer, registry, Meanwhile())
    for _ in range(2):
        await progress.report()
    assert registry.get_sample_value("rightswatch_writer_lag_records", {"stage": "pages"}) == 6


@pytest.mark.asyncio
async def test_what_waited_still_waits_while_the_consumer_of_a_lane_is_away() -> None:
    registry = CollectorRegistry()
    progress = lane(Consumer(committed=4, position=4), registry)
    await progress.report()
    progress.stopped()
    await progress.report()
    values = [sample.value for family in registry.collect() for sample in family.samples if "lag" in sample.name]
    assert 6 in values


@pytest.mark.asyncio
async def test_a_report_that_fails_ends_neither_the_reports_nor_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        times = 0

        async def report(self) -> None:
            self.times += 1
            if self.times == 3:
                raise asyncio.CancelledError
            raise AssertionError("of the client")

    monkeypatch.setattr(progress_module, "REPORT_SECONDS", 0.0)
    failing: Any = Failing()
    with pytest.raises(asyncio.CancelledError):
        await report_all([failing])
    assert failing.times == 3


@pytest.mark.asyncio
async def test_a_publisher_that_does_not_reach_the_broker_leaves_no_client_behind() -> None:
    """aiokafka warns of one that was not stopped, and a warning is an error here."""
    nobody: Any = None
    with pytest.raises(KafkaConnectionError):
        await WatchlistPublisher(nobody, nobody, KafkaSettings(bootstrap="127.0.0.1:1")).__aenter__()


@pytest.mark.asyncio
async def test_a_partition_given_up_while_the_broker_was_asked_ends_nothing() -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
    try:
        assert highwater(consumer, TopicPartition("listings", 0)) == 0
    finally:
        await consumer.stop()
