"""Sweeps over stored listings on real stores: what a new right finds, once, across kills and servers that go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry

from detectors.pictures.looking import see
from detectors.pictures.seen import ReadLine, Seen
from detectors.records import Page, Screening, timestamp_text
from detectors.watchlist import WatchlistBuilder
from sinks.clickhouse.picture_rows import LookRow
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.stored_pages import StoredPages
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused
from sinks.operational.retro_store import RetroStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings
from streams.broker.batches import Message
from streams.broker.messages import proof_message
from streams.broker.producer import Sender
from streams.configuration.sections import RetroSettings
from streams.embedded import Endpoints
from streams.errors import BrokerError
from streams.metrics import RetroMetrics
from streams.pipeline import screen_page
from streams.replay import replay
from streams.retro.sweeper import Sweeper
from streams.writer.rows import rows_of
from tests.streams.proxy import Proxy
from tests.streams.shop import PHOTOGRAPH
from tests.streams.world import World, page, right, until
from tests.streams.writing import running_writer

QUICK = RetroSettings(share=1.0, settle_seconds=0.2, poll_seconds=0.05)
PATIENT = replace(QUICK, settle_seconds=3.0)  # for tests that bring a late page
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Sweeping:
    world: World
    sweeper: Sweeper
    registry: CollectorRegistry
    task: asyncio.Task[None]

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    async def done(self, sweeps: int = 1) -> None:
        await until(lambda: self.count("rightswatch_retro_sweeps_total") == sweeps)

    async def end(self) -> None:
        self.sweeper.stop.set()
        await self.task


@asynccontextmanager
async def sweeping(
    world: World,
    settings: RetroSettings = QUICK,
    *,
    clickhouse: ClickHouseSettings | None = None,
    make_sender: Callable[[], Sender] | None = None,
) -> AsyncIterator[Sweeping]:
    """A sweeper in the test's own event loop; the writer and the tables must be there."""
    registry = CollectorRegistry()
    async with AsyncExitStack() as stack:
        sweeper = Sweeper(
            store=stack.enter_context(closing(RetroStore(world.settings.operational))),
            rights=stack.enter_context(closing(RightsStore(world.settings.operational))),
            pages=stack.enter_context(closing(StoredPages(clickhouse or world.settings.clickhouse))),
            sender=await stack.enter_async_context(make_sender() if make_sender else Sender(world.settings.kafka)),
            kafka=world.settings.kafka,
            settings=settings,
            metrics=RetroMetrics(registry),
            clock=lambda: datetime.now(UTC),
            stop=asyncio.Event(),
        )
        one = Sweeping(world, sweeper, registry, asyncio.create_task(sweeper.run()))
        try:
            yield one
        finally:
            await one.end()


def store(world: World, *bodies: bytes, revision: int, at: datetime = LONG_AGO) -> list[Page]:
    """Pages as the writer keeps them after a worker has screened them at that revision."""
    pages = [Page(body, at, world.topics.listings, 0, number) for number, body in enumerate(bodies)]
    proofs = [
        {
            "page": one.digest,
            "topic": one.topic,
            "partition": one.partition,
            "offset": one.offset,
            "observed_at": timestamp_text(at),
            "revision": revision,
            "versions": {},
            "screened": {},
            "warnings": {},
            **dict.fromkeys(("listings", "matches", "alerts", "dead"), 0),
        }
        for one in pages
    ]
    with TableWriter(world.settings.clickhouse) as writer:
        writer.insert_listings([row for one in pages for row in rows_of(one)])
        writer.insert_pages(pages)
        writer.insert_screenings(proofs)
    return pages


def offer(number: int, words: str, **fields: Any) -> bytes:
    return orjson.dumps({"platform": "taobao", "listing_id": str(number), "title": f"new {words} shoes", **fields})


def alerts(world: World) -> list[dict[str, Any]]:
    rows = world.rows("SELECT document FROM alerts FINAL ORDER BY listing_id")
    return [orjson.loads(document) for (document,) in rows]


@pytest.mark.asyncio
async def test_a_right_finds_what_was_stored_before_it_and_each_alert_says_so_and_replays(world: World) -> None:
    async with running_writer(world):
        began = datetime.now(UTC).replace(microsecond=0)
        store(world, page(0, 10, "ZORBEX"), page(10, 10, "plain"), page(20, 5, "ZORBEX"), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        async with sweeping(world) as sweeper:
            await sweeper.done()
            assert sweeper.count("rightswatch_retro_pages_total") == 3
            await until(lambda: sweeper.count("rightswatch_retro_pending_age_seconds") == 0)
        found = alerts(world)
        assert len(found) == 15
        assert all(alert["retrospective"] and alert["revision"] == 1 for alert in found)
        assert all(began <= datetime.fromisoformat(alert["observed_at"]) <= datetime.now(UTC) for alert in found)
    with AlertReader(world.settings.clickhouse) as reader, closing(RightsStore(world.settings.operational)) as rights:
        assert all(replay(alert["alert_id"], reader, rights).is_identical for alert in found)


@pytest.mark.asyncio
async def test_only_pages_screened_before_the_change_are_swept_and_only_for_what_changed(world: World) -> None:
    """The store holds no alert for the others, which shows that they were not looked at for these rights."""
    world.apply(right("CN-TM-1", "ZORBEX"), right("CN-TM-2", "QUVANT"))
    async with running_writer(world), sweeping(world) as sweeper:
        await sweeper.done()
        store(world, page(0, 5, "ZORBEX QUVANT"), revision=2)
        store(world, page(5, 5, "ZORBEX QUVANT"), revision=3)
        world.apply(right("CN-TM-1", "ZORBEX", "卓贝斯"))
        await sweeper.done(2)
    assert {(alert["right_id"], int(alert["listing_id"]) < 5) for alert in alerts(world)} == {("CN-TM-1", True)}


@pytest.mark.asyncio
async def test_alerts_that_are_stored_are_not_raised_again(world: World) -> None:
    async with running_writer(world), sweeping(world) as sweeper:
        store(world, page(0, 5, "ZORBEX"), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        await sweeper.done()
        before = alerts(world)
        world.apply(right("CN-TM-1", "ZORBEX", "卓贝斯"))
        await sweeper.done(2)
        assert sweeper.count("rightswatch_dropped_total", stage="retro", reason="raised_before") == 5
        assert sweeper.count("rightswatch_retro_alerts_total") == 5
    assert alerts(world) == before
    assert world.rows("SELECT count() FROM alerts") == [(5,)]


@pytest.mark.asyncio
async def test_what_was_kept_back_is_raised_once_a_quarantined_picture_is_released(world: World) -> None:
    pdq = "0f" * 32
    watched = {"right_id": "CN-D-1", "kind": "design", "images": [{"pdq": pdq}]}
    world.apply({"op": "put", "right": watched})
    fired = {"rights": ["CN-D-1"]}
    async with running_writer(world), sweeping(world) as sweeper:
        await sweeper.done()
        held = world.apply({"op": "allow", "allow": {"pdq": pdq, "state": "quarantined", "fired": fired}})
        store(world, offer(1, "plain", images=[{"url": "https://a.example/1.jpg", "pdq": pdq}]), revision=held)
        world.apply({"op": "allow", "allow": {"pdq": pdq, "state": "released", "fired": fired}})
        await sweeper.done(2)
    (alert,) = alerts(world)
    assert (alert["detector"], alert["right_id"], alert["retrospective"]) == ("image_copy", "CN-D-1", True)


@pytest.mark.asyncio
async def test_what_a_sweep_finds_in_a_quarantined_picture_is_kept_for_whoever_decides(world: World) -> None:
    pdq = "0f" * 32
    async with running_writer(world), sweeping(world) as sweeper:
        store(world, offer(1, "plain", images=[{"url": "https://a.example/1.jpg", "pdq": pdq}]), revision=0)
        world.apply({"op": "allow", "allow": {"pdq": pdq, "state": "quarantined"}})
        world.apply({"op": "put", "right": {"right_id": "CN-D-1", "kind": "design", "images": [{"pdq": pdq}]}})
        await sweeper.done()
        assert sweeper.count("rightswatch_dropped_total", stage="retro", reason="quarantined") == 1
    assert alerts(world) == []
    assert world.rows("SELECT screened, right_id FROM screened_sample FINAL") == [("quarantined", "CN-D-1")]


@pytest.mark.asyncio
async def test_a_mark_added_later_is_found_in_the_words_read_in_a_picture(world: World) -> None:
    url = "https://a.example/1.jpg"
    seen = see(PHOTOGRAPH)
    assert isinstance(seen, Seen)
    read = replace(seen, lines=(ReadLine("ZORBEX", (0.0, 0.0, 90.0, 20.0), 0.99),), is_read=True)
    async with running_writer(world), sweeping(world) as sweeper:
        (one,) = store(world, offer(1, "plain", images=[{"url": url}]), revision=0)
        row = LookRow(
            page=one.digest, platform="taobao", listing_id="1", image=0, url=url, seen=read,
            fetched_at=datetime.now(UTC), kept_until=datetime.now(UTC) + timedelta(days=1),
        )  # fmt: skip
        with TableWriter(world.settings.clickhouse) as writer:
            writer.insert_looks([row])
        world.apply(right("CN-TM-1", "ZORBEX"))
        await sweeper.done()
    (alert,) = alerts(world)
    assert (alert["detector"], alert["right_id"], alert["reasons"][0]["field"]) == ("logo", "CN-TM-1", "images[0]")


@pytest.mark.asyncio
async def test_only_the_latest_observation_of_an_offer_counts_and_none_that_is_delisted(world: World) -> None:
    later = LONG_AGO + timedelta(hours=1)
    async with running_writer(world), sweeping(world) as sweeper:
        store(world, *(offer(number, "ZORBEX") for number in range(4)), revision=0)
        store(world, offer(0, "plain"), offer(1, "ZORBEX", state="delisted"), revision=0, at=later)
        store(world, offer(2, "ZORBEX", description="cheaper"), revision=0, at=later)
        world.apply(right("CN-TM-1", "ZORBEX"))
        await sweeper.done()
    latest = {
        page.digest
        for page in (Page(offer(2, "ZORBEX", description="cheaper"), later), Page(offer(3, "ZORBEX"), later))
    }
    assert {(alert["listing_id"], alert["page"] in latest) for alert in alerts(world)} == {("2", True), ("3", True)}


@pytest.mark.asyncio
async def test_a_page_that_was_in_flight_when_the_right_changed_is_swept_too(world: World) -> None:
    async with running_writer(world), sweeping(world, PATIENT) as sweeper:
        store(world, page(0, 5, "ZORBEX"), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        await until(lambda: world.count("alerts") == 5)
        store(world, page(5, 5, "ZORBEX"), revision=0)
        await until(lambda: world.count("alerts") == 10)
        await sweeper.done()


@pytest.mark.asyncio
async def test_a_sweep_waits_for_proofs_that_a_stalled_writer_has_not_stored(world: World) -> None:
    async with running_writer(world):
        pass  # makes the tables, and is away then
    one = Page(page(0, 5, "ZORBEX"), LONG_AGO, world.topics.listings, 0, 0)
    screened_by = {"revision": 0, "versions": {}, "worker": "w"}
    proof = proof_message(one, screen_page(one, WatchlistBuilder().build()), world.topics, screened_by, {})
    async with Sender(world.settings.kafka) as sender:
        assert not (await sender.send_all([Message(world.topics.listings, b"k", one.body), proof])).unsent
    world.apply(right("CN-TM-1", "ZORBEX"))
    async with sweeping(world) as sweeper:
        await asyncio.sleep(5 * QUICK.settle_seconds)
        assert sweeper.count("rightswatch_retro_sweeps_total") == 0
        async with running_writer(world):
            await sweeper.done()
            assert world.count("alerts") == 5


@pytest.mark.asyncio
async def test_a_right_withdrawn_while_it_is_swept_for_raises_no_more(world: World) -> None:
    async with running_writer(world), sweeping(world, PATIENT) as sweeper:
        store(world, page(0, 5, "ZORBEX QUVANT"), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"), right("CN-TM-2", "QUVANT"))
        await until(lambda: world.count("alerts") == 10)
        world.apply({"op": "withdraw", "right_id": "CN-TM-1"})
        await until(lambda: sweeper.sweeper.store.state().read_revision == 3)
        store(world, page(5, 5, "ZORBEX QUVANT"), revision=0)
        await until(lambda: world.count("alerts") == 15)
        await sweeper.done()
    assert {alert["right_id"] for alert in alerts(world) if int(alert["listing_id"]) >= 5} == {"CN-TM-2"}


@pytest.mark.asyncio
async def test_a_page_that_our_code_fails_on_becomes_a_dead_letter_and_the_sweep_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def screen(one: Page, *given: Any, **more: Any) -> Screening:
        if b"poison" in one.body:
            raise ZeroDivisionError("a bug")
        return screen_page(one, *given, **more)

    monkeypatch.setattr("streams.retro.scope.screen_page", screen)
    async with running_writer(world), sweeping(world) as sweeper:
        good, bad = store(world, page(0, 5, "ZORBEX"), offer(9, "ZORBEX poison"), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        await sweeper.done()
        assert sweeper.count("rightswatch_dropped_total", stage="retro", reason="screening_failed") == 1
    assert {alert["page"] for alert in alerts(world)} == {good.digest}
    assert world.rows("SELECT reason, lower(hex(page)) FROM dead_letters FINAL") == [("screening_failed", bad.digest)]


class Killed(BaseException):
    """As if the process ended here."""


@dataclass(slots=True)
class Kill:
    """A sender that delivers and then is killed, before anybody hears of it."""

    after_sends: int


def killed_sender(world: World, kill: Kill) -> Sender:
    class KilledSender(Sender):
        async def send_all(self, messages: Any) -> Any:
            sent = await super().send_all(messages)
            kill.after_sends -= bool(messages)
            if not kill.after_sends:
                raise Killed
            return sent

    return KilledSender(world.settings.kafka)


@pytest.mark.asyncio
async def test_a_killed_sweep_goes_on_and_raises_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed when the second batch's alerts are on the broker and nothing else says so."""
    monkeypatch.setattr("streams.retro.course.PAGES_PER_BATCH", 3)
    async with running_writer(world):
        store(world, *(page(2 * number, 2, "ZORBEX") for number in range(12)), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        with pytest.raises(Killed):
            async with sweeping(world, make_sender=lambda: killed_sender(world, Kill(2))) as first:
                await first.task
        async with sweeping(world) as second:
            await second.done()
        assert second.sweeper.store is not first.sweeper.store
    found = alerts(world)
    assert len(found) == 24
    assert len({alert["observed_at"] for alert in found}) == 4, "each batch has one moment, also the one done twice"


@pytest.mark.asyncio
async def test_the_sweep_goes_on_after_clickhouse_was_away(world: World, stack: Endpoints) -> None:
    proxy = Proxy(stack.clickhouse_port or 0)
    await proxy.open()
    through = replace(world.settings.clickhouse, port=proxy.port, connect_timeout_seconds=1.0)
    async with running_writer(world):
        store(world, page(0, 5, "ZORBEX"), revision=0)
        await proxy.close()
        world.apply(right("CN-TM-1", "ZORBEX"))
        async with sweeping(world, clickhouse=through) as sweeper:
            await until(lambda: sweeper.count("rightswatch_retries_total", stage="retro") > 0)
            assert sweeper.count("rightswatch_retro_pending_age_seconds") > 0
            await proxy.open()
            await sweeper.done()
        assert world.count("alerts") == 5
    await proxy.close()


@pytest.mark.asyncio
async def test_alerts_the_broker_did_not_take_are_sent_again(world: World) -> None:
    tries = 0

    class Failing(Sender):
        async def send_all(self, messages: Any) -> Any:
            nonlocal tries
            tries += bool(messages)
            if tries == 1:
                raise BrokerError("away")
            return await super().send_all(messages)

    async with running_writer(world):
        store(world, page(0, 5, "ZORBEX"), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        async with sweeping(world, make_sender=lambda: Failing(world.settings.kafka)) as sweeper:
            await sweeper.done()
        assert (world.count("alerts"), tries) == (5, 2)


@pytest.mark.asyncio
async def test_a_batch_beyond_the_limits_of_clickhouse_is_swept_by_halves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = StoredPages.pages

    def at_most_two(self: StoredPages, digests: Collection[str]) -> dict[str, Page]:
        if len(digests) > 2:
            raise StoreRefused("memory limit exceeded")
        return pages(self, digests)

    monkeypatch.setattr(StoredPages, "pages", at_most_two)
    async with running_writer(world):
        store(world, *(page(2 * number, 2, "ZORBEX") for number in range(7)), revision=0)
        world.apply(right("CN-TM-1", "ZORBEX"))
        async with sweeping(world) as sweeper:
            await sweeper.done()
        assert world.count("alerts") == 14


@pytest.mark.asyncio
async def test_of_two_sweepers_one_works_and_the_other_takes_over(world: World) -> None:
    async with running_writer(world), sweeping(world) as second:
        store(world, page(0, 5, "ZORBEX"), revision=0)
        async with sweeping(world) as first:
            world.apply(right("CN-TM-1", "ZORBEX"))
            await until(
                lambda: (
                    first.count("rightswatch_retro_sweeps_total") + second.count("rightswatch_retro_sweeps_total") == 1
                )
            )
        world.apply(right("CN-TM-2", "QUVANT"))
        await until(lambda: second.sweeper.store.state().read_revision == 2)
        await until(lambda: not second.sweeper.store.state().open)
    assert world.rows("SELECT count() FROM alerts") == [(5,)]
