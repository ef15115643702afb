"""A message's pictures: each content looked at once, busy hosts asked again, and no more bytes held than allowed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from detectors.pictures.looking import see
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Seen
from streams.configuration.sections import PicturesSettings
from streams.fetching.outcomes import Fetched
from streams.metrics import PictureMetrics
from streams.pictures.examining import Worth
from streams.pictures.fetching import FAILED_IN_A_ROW, PictureFetching
from streams.worker.in_hand import DEATHS_LIMIT, InHand
from tests.fetching.net import Net, desk
from tests.streams.shop import Shop, edited, open_shop, watchlist

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
WATCHLIST = watchlist()


@dataclass
class Table:
    """Fetching against a shop, and what was looked at."""

    shop: Shop
    net: Net
    fetching: PictureFetching
    registry: CollectorRegistry
    looked: list[Worth] = field(default_factory=list)

    def figure(self, outcome: str) -> float:
        return self.registry.get_sample_value("rightswatch_pictures_total", {"outcome": outcome}) or 0.0


@asynccontextmanager
async def table(*, host: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[Table]:
    net, registry, looked = Net(), CollectorRegistry(), list[Worth]()

    def look(data: bytes, worth: Worth) -> Seen | Refusal:
        looked.append(worth)
        return see(data) if worth.before is None else worth.before

    async with open_shop() as shop:
        net.ports.add(shop.port)
        async with desk(net, **(host or {})) as at:
            with ThreadPoolExecutor(1) as executor:
                fetching = PictureFetching(
                    fetcher=at.fetcher,
                    examine=look,
                    executor=executor,
                    settings=PicturesSettings(**settings),
                    metrics=PictureMetrics(registry),
                    clock=lambda: NOW,
                    queue_age_seconds=lambda: 7.0,
                    monotonic=net.monotonic,
                    sleep=net.sleep,
                )
                yield Table(shop, net, fetching, registry, looked)


@pytest.mark.asyncio
async def test_a_content_is_looked_at_once_and_what_was_seen_is_handed_back_whatever_urls_lead_to_it() -> None:
    async with table() as one:
        urls = [one.shop.url(f"plain.jpg?{n}") for n in range(3)] + [one.shop.url("copy/1.jpg")]
        await one.fetching.pictures(dict.fromkeys(urls, 0.5), WATCHLIST)
        found = await one.fetching.pictures(dict.fromkeys(urls, 0.5), WATCHLIST)
    assert len(found) == 4
    assert {(worth.risk, worth.queue_age_seconds) for worth in one.looked} == {(0.5, 7.0)}
    assert sum(worth.before is None for worth in one.looked) == 2
    assert sum(worth.before is Refusal.LOW_QUALITY for worth in one.looked) == 5
    assert (one.figure("seen"), one.figure("seen_before"), one.figure("low_quality")) == (1, 1, 6)


@pytest.mark.asyncio
async def test_a_shop_whose_pictures_are_more_than_its_host_allows_at_once_gets_all_of_them() -> None:
    async with table(host={"host_rate": 1.0, "host_wait_seconds": 2.0}, patience_seconds=60.0) as one:
        urls = [one.shop.url(f"copy/{n}.jpg") for n in range(12)]
        found = await one.fetching.pictures(dict.fromkeys(urls, 0.0), WATCHLIST)
    assert len(found) == 12


@pytest.mark.asyncio
async def test_patience_ends_and_what_was_not_fetched_is_counted() -> None:
    async with table(host={"host_rate": 0.01, "host_wait_seconds": 0.1}, patience_seconds=5.0) as one:
        urls = [one.shop.url(f"copy/{n}.jpg") for n in range(4)]
        found = await one.fetching.pictures(dict.fromkeys(urls, 0.0), WATCHLIST)
    assert len(found) == 1
    assert one.figure("not_fetched") == 3


@pytest.mark.asyncio
async def test_only_the_bytes_of_pictures_near_a_rights_are_held() -> None:
    async with table() as one:
        copy, plain = one.shop.url("copy/1.jpg"), one.shop.url("plain.jpg")
        found = await one.fetching.pictures({copy: 0.0, plain: 0.0}, WATCHLIST)
    assert found[copy].content is not None
    assert found[plain].content is None


@pytest.mark.asyncio
async def test_bytes_beyond_the_bound_are_not_held_but_can_be_had_again() -> None:
    async with table(held_bytes=1) as one:
        url = one.shop.url("copy/1.jpg")
        found = await one.fetching.pictures({url: 0.0}, WATCHLIST)
        seen = found[url].seen
        assert isinstance(seen, Seen)
        again = await one.fetching.again(url, seen.digest)
        assert await one.fetching.again(one.shop.url("copy/2.jpg"), seen.digest) is None
    assert found[url].content is None
    assert again is not None
    assert again.digest == seen.digest


@pytest.mark.asyncio
async def test_no_fetch_begins_while_too_much_waits_to_be_looked_at() -> None:
    may_look = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with table(unseen_bytes=1, fetches=2) as one:
        look = one.fetching.examine
        one.fetching.examine = lambda data, worth: (
            asyncio.run_coroutine_threadsafe(may_look.wait(), loop).result(),
            look(data, worth),
        )[1]
        urls = [one.shop.url(f"copy/{n}.jpg") for n in range(9)]
        work = asyncio.create_task(one.fetching.pictures(dict.fromkeys(urls, 0.0), WATCHLIST))
        while not one.shop.asked:  # noqa: ASYNC110 - the server is no event of ours
            await asyncio.sleep(0.01)
        for _ in range(50):
            await asyncio.sleep(0)
        asked = len(one.shop.asked)
        may_look.set()
        found = await work
    assert asked <= 2
    assert len(found) == 9


@pytest.mark.asyncio
async def test_a_picture_that_our_code_fails_on_is_counted_and_stops_no_other() -> None:
    async with table() as one:
        urls = [one.shop.url("copy/1.jpg"), one.shop.url("plain.jpg"), one.shop.url("copy/2.jpg")]
        look, fetched = one.fetching.examine, await one.fetching.fetcher.fetch(urls[0])
        assert isinstance(fetched, Fetched)

        def broken(data: bytes, worth: Worth) -> Seen | Refusal:
            if data == fetched.content:
                raise ZeroDivisionError("a bug")
            return look(data, worth)

        one.fetching.examine = broken
        found = await one.fetching.pictures(dict.fromkeys(urls, 0.0), WATCHLIST)
    assert found.keys() == set(urls[1:])
    assert one.figure("failed") == 1


@pytest.mark.asyncio
async def test_when_our_code_fails_on_every_picture_the_fault_is_not_the_pictures() -> None:
    def broken(data: bytes, worth: Worth) -> Seen | Refusal:
        raise ZeroDivisionError("a bug")

    async with table() as one:
        one.fetching.examine = broken
        urls = {one.shop.url(f"copy/{n}.jpg"): 0.0 for n in range(FAILED_IN_A_ROW)}
        with pytest.raises(ZeroDivisionError):
            await one.fetching.pictures(urls, WATCHLIST)


@pytest.mark.asyncio
async def test_a_picture_that_processes_have_died_of_is_left_out_and_the_others_are_looked_at(tmp_path: Path) -> None:
    async with table() as one:
        deadly, harmless = one.shop.url("copy/1.jpg"), one.shop.url("copy/2.jpg")
        key = f"picture {hashlib.sha256(edited(1)).hexdigest()}"
        for number in range(DEATHS_LIMIT):  # what processes leave that the kernel has taken away
            (tmp_path / f"{number}.hand").write_text(key)
            one.fetching.in_hand = InHand(tmp_path, f"pictures-{number}")
        found = await one.fetching.pictures({deadly: 0.5, harmless: 0.5}, WATCHLIST)
    assert set(found) == {harmless}
    assert one.figure("failed") == 1
