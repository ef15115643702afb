"""One message of topic `pictures`: kept before it is told, never lost, and screened with all that its texts knew."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

import orjson
import pytest
from prometheus_client import CollectorRegistry

from detectors.pictures.looking import see
from detectors.pictures.seen import Looks
from detectors.records import Alert, Page, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from sinks.clickhouse.picture_rows import EvidenceRow, LookRow
from sinks.errors import StoreUnavailable
from streams.broker.batches import Message
from streams.broker.producer import Sender, Sent
from streams.fetching.outcomes import Fetched
from streams.fetching.tasks import picture_messages
from streams.metrics import PictureMetrics
from streams.pictures.fetching import Picture, PictureFetching
from streams.pictures.screener import PictureScreener
from streams.pictures.storing import PictureTables
from streams.pipeline import screen_page, screen_pictures
from streams.worker.handling import Handling
from tests.detectors.pictures.made import photograph
from tests.streams.shop import PHOTOGRAPH, watchlist
from tests.streams.world import World, right

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
URL = "https://pictures.example/a.jpg"
OFFER = {"platform": "taobao", "listing_id": "1", "title": "poster", "images": [{"url": URL}]}
PAGE = Page(orjson.dumps(OFFER), NOW, "listings", 2, 11)
PLACE = ("pictures", 0, 5)


class Ended(BaseException):
    """Stands for the end of the process."""


def end(code: int) -> NoReturn:
    raise Ended(code)


@dataclass
class Story:
    """What happened, in order."""

    events: list[str] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    evidence: list[EvidenceRow] = field(default_factory=list)
    looks: list[LookRow] = field(default_factory=list)
    held: bool = True
    is_refusing: bool = False  # the store, for what is wrong with a picture
    revisions: list[int] = field(
        default_factory=lambda: [1]
    )  # of the watchlist, each time it is asked for; then the last
    newest: int | None = 1  # that the operational database has; None: it is away

    def newest_revision(self) -> int:
        self.events.append("newest")
        if self.newest is None:
            raise StoreUnavailable("postgresql", "away")
        return self.newest


class ToldSender(Sender):
    def __init__(self, world: World, story: Story) -> None:
        super().__init__(world.settings.kafka)
        self._story = story

    async def send_all(self, messages: Sequence[Message]) -> Sent:
        self._story.events += ["send"] * bool(messages)
        self._story.sent += messages
        return Sent([], {})


class ToldStore(PictureTables):
    def __init__(self, story: Story) -> None:
        self._story = story

    async def insert_looks(self, rows: Sequence[LookRow]) -> None:
        self._story.events.append("looks")
        self._story.looks += rows

    async def insert_evidence(self, rows: Sequence[EvidenceRow]) -> bool:
        self._story.events.append("evidence")
        self._story.evidence += rows
        return not self._story.is_refusing


class OnePicture(PictureFetching):
    """Every URL leads to the photograph."""

    def __init__(self, story: Story) -> None:
        self._story = story

    async def pictures(self, risks: dict[str, float], watchlist: Watchlist) -> dict[str, Picture]:
        content = PHOTOGRAPH if self._story.held else None
        seen = see(PHOTOGRAPH)
        return {
            url: Picture(seen=seen, fetched_at=NOW, media_type="image/jpeg", final_url=url, content=content)
            for url in risks
        }

    async def again(self, url: str, digest: str) -> Fetched | None:
        self._story.events.append("again")
        return Fetched(content=PHOTOGRAPH, digest=digest, media_type="image/jpeg", final_url=url)


@asynccontextmanager
async def screener(world: World, story: Story, screen: Any = screen_pictures) -> AsyncIterator[PictureScreener]:
    metrics = PictureMetrics(CollectorRegistry())

    def current() -> Watchlist:
        revision = story.revisions.pop(0) if len(story.revisions) > 1 else story.revisions[0]
        story.events.append(f"watchlist {revision}")
        return watchlist(revision)

    with ThreadPoolExecutor(1) as executor:
        yield PictureScreener(
            screen=screen,
            watchlist=current,
            newest=story.newest_revision,
            fetching=OnePicture(story),
            store=ToldStore(story),
            handling=Handling(
                sender=ToldSender(world, story),
                topics=world.topics,
                stages=metrics.stages,
                executor=executor,
                is_stopping=lambda: False,
                end=end,
                max_pause_seconds=0.05,
                failed_pages_limit=3,
            ),
            metrics=metrics,
            clock=lambda: NOW,
            shed_seconds=600.0,
            keep_days=90,
        )


def _alerts_of_the_text() -> tuple[Alert, ...]:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, **right("R", "poster")})
    alerts = screen_page(PAGE, builder.build()).alerts
    assert alerts
    return alerts


def message(revision: int = 1) -> bytes:
    (body,) = picture_messages(PAGE, (), revision)
    return body


@pytest.mark.asyncio
async def test_what_was_seen_is_kept_before_the_watchlist_is_taken_and_evidence_before_the_alert(world: World) -> None:
    story = Story()
    async with screener(world, story) as one:
        await one.handle(message(), NOW_MS + 9_000, PLACE)
    assert story.events == ["watchlist 1", "looks", "newest", "watchlist 1", "evidence", "send"]
    (alert,) = [orjson.loads(sent.value) for sent in story.sent]
    assert [row.digest for row in story.evidence] == [alert["reasons"][0]["picture"]]
    assert (story.evidence[0].width, story.evidence[0].height) == photograph().size
    assert (alert["page"], alert["observed_at"]) == (PAGE.digest, "2026-11-21T10:00:00.000Z")
    assert [(row.page, row.listing_id, row.image, row.url) for row in story.looks] == [(PAGE.digest, "1", 0, URL)]


@pytest.mark.asyncio
async def test_bytes_that_were_not_held_are_fetched_again_for_the_evidence(world: World) -> None:
    story = Story(held=False)
    async with screener(world, story) as one:
        await one.handle(message(), NOW_MS, PLACE)
    assert story.events[-3:] == ["again", "evidence", "send"]
    assert [row.content for row in story.evidence] == [PHOTOGRAPH]


@pytest.mark.parametrize(("waited_seconds", "is_risky", "looks"), [(600, False, 1), (601, False, 0), (601, True, 1)])
@pytest.mark.asyncio
async def test_a_message_that_waited_too_long_is_about_listings_whose_texts_alert(
    world: World, waited_seconds: int, is_risky: bool, looks: int
) -> None:
    story = Story()
    (body,) = picture_messages(PAGE, _alerts_of_the_text() if is_risky else (), 1)
    async with screener(world, story) as one:
        await one.handle(body, NOW_MS - 1_000 * waited_seconds, PLACE)
    assert len(story.looks) == looks


@pytest.mark.asyncio
async def test_a_watchlist_older_than_that_of_the_texts_is_waited_for(world: World) -> None:
    story = Story(revisions=[3, 3, 4, 7])
    async with screener(world, story) as one:
        await one.handle(message(revision=5), NOW_MS, PLACE)
    (alert,) = [orjson.loads(sent.value) for sent in story.sent]
    assert alert["revision"] == 7


@pytest.mark.asyncio
async def test_a_right_that_a_sweep_may_be_through_with_is_waited_for(world: World) -> None:
    story = Story(revisions=[3, 3, 4, 7], newest=6)
    async with screener(world, story) as one:
        await one.handle(message(revision=2), NOW_MS, PLACE)
    (alert,) = [orjson.loads(sent.value) for sent in story.sent]
    assert alert["revision"] == 7


@pytest.mark.asyncio
async def test_without_the_operational_database_alerts_are_sent_all_the_same_and_it_is_counted(world: World) -> None:
    story = Story(newest=None)
    async with screener(world, story) as one:
        await one.handle(message(), NOW_MS, PLACE)
    assert story.events[-1] == "send"
    assert one.metrics.watchlist_behind._value.get() == 1


@pytest.mark.asyncio
async def test_a_message_that_is_none_of_ours_is_kept_as_a_dead_letter(world: World) -> None:
    story = Story()
    async with screener(world, story) as one:
        await one.handle(b"{}\nwhat is this", NOW_MS, PLACE)
    (sent,) = story.sent
    letter = orjson.loads(sent.value)
    assert (sent.topic, letter["reason"], letter["topic"]) == (world.topics.dead, "pictures_unreadable", "pictures")
    assert base64.b64decode(letter["head"]) == b"{}\nwhat is this"


@pytest.mark.asyncio
async def test_a_message_that_our_code_fails_on_is_a_dead_letter_and_many_end_the_process(world: World) -> None:
    def broken(page: Page, watchlist: Watchlist, looks: Looks) -> Screening:
        raise ZeroDivisionError("a bug")

    story = Story()
    async with screener(world, story, broken) as one:
        for _ in range(2):
            await one.handle(message(), NOW_MS, PLACE)
        with pytest.raises(Ended):
            await one.handle(message(), NOW_MS, PLACE)
    assert [orjson.loads(sent.value)["reason"] for sent in story.sent] == ["pictures_failed"] * 2


@pytest.mark.asyncio
async def test_an_alert_has_the_id_that_the_page_would_give_it(world: World) -> None:
    story = Story()
    async with screener(world, story) as one:
        for _ in range(2):
            await one.handle(message(), NOW_MS, PLACE)
    whole = screen_pictures(PAGE, watchlist(), {URL: see(PHOTOGRAPH)})
    assert [sent.key for sent in story.sent] == [alert.alert_id.encode() for alert in whole.alerts] * 2


@pytest.mark.asyncio
async def test_evidence_that_the_store_refuses_is_not_counted_as_stored(world: World) -> None:
    story = Story(is_refusing=True)
    async with screener(world, story) as one:
        await one.handle(message(), NOW_MS, PLACE)
        counted = {
            sample.labels["outcome"]: sample.value
            for family in one.metrics.evidence.collect()
            for sample in family.samples
            if sample.name.endswith("_total")
        }
    assert counted == {"refused": 1, "lost": 0}
    assert story.events[-1] == "send"
