"""The live stream takes what it takes; a Redis that is away or hangs holds up nothing that is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sinks.errors import LiveUnavailable
from sinks.live import LiveStream
from sinks.settings import RedisSettings
from streams.writer import showing
from streams.writer.showing import CHUNK, Showing


class Redis(LiveStream):
    """Answers while it is up; `hangs` answers never."""

    def __init__(self) -> None:
        super().__init__(RedisSettings("redis://127.0.0.1:1/0"))
        self.is_up, self.hangs = True, False
        self.taken: list[bytes] = []
        self.asked = 0

    async def append(self, alerts: Sequence[bytes]) -> None:
        self.asked += 1
        await self._answer()
        self.taken += alerts

    async def check(self) -> None:
        await self._answer()

    async def _answer(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if not self.is_up:
            raise LiveUnavailable("Redis", "away")


@pytest.mark.asyncio
async def test_what_is_not_taken_is_counted_and_what_comes_after_is_not_even_tried() -> None:
    redis, failed = Redis(), list[int]()
    live = Showing(redis, failed.append)
    redis.is_up = False
    await live.show([b"a"] * (CHUNK + 1))
    await live.show([b"b"] * 5)
    assert (failed, redis.asked) == ([CHUNK + 1, 5], 1)
    await live.close()


@pytest.mark.asyncio
async def test_one_that_hangs_costs_the_limit_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "LIMIT_SECONDS", 0.01)
    redis, failed = Redis(), list[int]()
    live = Showing(redis, failed.append)
    redis.hangs = True
    await live.show([b"a"])
    await live.show([b"b"])
    assert (failed, redis.asked) == ([1, 1], 1)
    await live.close()


@pytest.mark.asyncio
async def test_once_it_answers_alerts_are_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "PROBE_SECONDS", 0.001)
    redis, failed = Redis(), list[int]()
    live = Showing(redis, failed.append)
    redis.is_up = False
    await live.show([b"a"])
    redis.is_up = True
    async with asyncio.timeout(30):
        while not redis.taken:
            await live.show([b"b"])
            await asyncio.sleep(0.001)
    assert redis.taken == [b"b"]
    await live.close()
