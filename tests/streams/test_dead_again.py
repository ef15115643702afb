"""Dead letters through real servers: from a page to `rightswatch dead`, back to the broker, and screened again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.broker.topics import client_options
from streams.cli import run
from streams.pipeline import screen_page
from tests.streams.test_screener import screener
from tests.streams.world import World, page, until
from tests.streams.writing import running_writer

LONG = b'{"platform":"x","listing_id":"7","description":"' + b"x" * 100_000 + b'"}'


class Bug:
    """A pipeline that fails until the bug is mended."""

    is_mended = False

    def screen(self, one: Page, watchlist: Watchlist) -> Screening:
        if b"poison" in one.body and not self.is_mended:
            raise ZeroDivisionError("a bug")
        return screen_page(one, watchlist)


@asynccontextmanager
async def working(world: World, bug: Bug) -> AsyncIterator[None]:
    """A worker's handling of every page of the topic, beside a writer."""
    async with running_writer(world), screener(world, bug.screen) as (one, _):
        consumer = AIOKafkaConsumer(
            world.topics.listings, **client_options(world.settings.kafka), auto_offset_reset="earliest"
        )
        await consumer.start()

        async def work() -> None:
            async for record in consumer:
                await one.handle(record.value, record.timestamp, (record.topic, record.partition, record.offset))

        working = asyncio.create_task(work())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])
            await consumer.stop()


@pytest.mark.asyncio
async def test_what_is_sent_again_from_the_command_line_is_screened_or_dead_again(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)

    def dead(*arguments: str) -> list[dict[str, Any]]:
        capfd.readouterr()
        assert run(["dead", *arguments]) == 0
        return [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]

    def outcome(reason: str) -> str:
        (one,) = dead("list", "--state", "retried", "--reason", reason)
        return str(one["outcome"]["state"])

    bug = Bug()
    async with working(world, bug):
        await world.send_pages([page(0, 2, "ZORBEX") + b"\n" + LONG, page(2, 3, "ZORBEX poison")])
        await until(lambda: world.count("dead_letters") == 2 and world.count("screenings") == 2)
        bug.is_mended = True
        open_ones = await asyncio.to_thread(dead, "list")
        assert {one["reason"] for one in open_ones} == {"no_title", "screening_failed"}
        ids = [one["letter_id"] for one in open_ones]
        assert await asyncio.to_thread(dead, "retry", *ids, "--why", "mended") == []
        await until(lambda: outcome("screening_failed") == "screened")
        await until(lambda: outcome("no_title") == "dead_again")
        await until(lambda: world.count("alerts") == 5)
        (again,) = await asyncio.to_thread(dead, "list")
        assert (again["reason"], again["length"]) == ("no_title", len(LONG))
        await asyncio.to_thread(dead, "discard", "--reason", "no_title", "--why", "no title, no offer")
        counts = await asyncio.to_thread(dead, "counts")
    assert {(one["reason"], one["state"]) for one in counts} == {
        ("screening_failed", "retried"),
        ("no_title", "retried"),
        ("no_title", "discarded"),
    }


@pytest.mark.parametrize(("arguments", "code"), [
    (["retry"], 2), (["discard", "--reason", "not_json"], 2), (["retry", "7", "--reason", "not_json"], 2),
    (["list", "--after", "then"], 2),
])  # fmt: skip
def test_a_command_that_does_not_say_which_or_why_is_wrong_usage(arguments: list[str], code: int) -> None:
    assert run(["dead", *arguments]) == code


def test_an_unknown_letter_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    unknown = "1.0.0.0.0123456789abcdef.listings"
    assert run(["dead", "show", unknown]) == 1
    assert run(["dead", "discard", unknown, "--why", "noise"]) == 1
    assert run(["dead", "show", "7"]) == 1
    assert capfd.readouterr().err.count(f"refused {unknown}") == 2
