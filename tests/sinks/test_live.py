"""The live stream: order, waiting, gaps, the pulse of the workers, and Redis away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from sinks import live
from sinks.errors import LiveUnavailable, StoreRefused
from sinks.live import START, LiveStream
from sinks.settings import RedisSettings
from tools.servers.redis import RedisServer
from tools.servers.running import running

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def stream(redis_settings: RedisSettings) -> AsyncIterator[LiveStream]:
    async with LiveStream(redis_settings) as stream:
        yield stream


@pytest_asyncio.fixture
async def redis(redis_settings: RedisSettings) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_settings.url) as redis:
        yield redis


async def test_alerts_come_in_order_from_any_place(stream: LiveStream) -> None:
    await stream.append([b"1", b"2"])
    await stream.append([b"3"])
    read = await stream.read(START, 0)
    assert [alert for _, alert in read.entries] == [b"1", b"2", b"3"]
    assert not read.gap
    assert read.last == read.entries[-1][0] == await stream.last_id()
    assert read.entries[0][0] == await stream.oldest_id()
    later = await stream.read(read.entries[0][0], 0)
    assert [alert for _, alert in later.entries] == [b"2", b"3"]


async def test_an_empty_stream_has_no_gap(stream: LiveStream) -> None:
    assert await stream.last_id() == START
    assert await stream.oldest_id() is None
    read = await stream.read(START, 1)
    assert (read.entries, read.last, read.gap) == ((), START, False)
    await stream.append([])
    assert await stream.last_id() == START


async def test_a_reader_waits_for_the_next_alert(stream: LiveStream) -> None:
    await stream.append([b"1"])
    reading = asyncio.create_task(stream.read(await stream.last_id(), 10_000))
    await asyncio.sleep(0)
    await stream.append([b"2"])
    read = await reading
    assert [alert for _, alert in read.entries] == [b"2"]


async def test_nothing_new_keeps_the_place(stream: LiveStream) -> None:
    await stream.append([b"1"])
    place = await stream.last_id()
    read = await stream.read(place, 1)
    assert (read.entries, read.last, read.gap) == ((), place, False)


async def test_a_long_backlog_comes_in_parts(stream: LiveStream) -> None:
    await stream.append([b"%d" % number for number in range(live.MAX_READ + 10)])
    first = await stream.read(START, 0)
    rest = await stream.read(first.last, 0)
    assert [len(first.entries), len(rest.entries)] == [live.MAX_READ, 10]


async def test_a_place_that_was_trimmed_is_a_gap(redis_settings: RedisSettings) -> None:
    async with LiveStream(redis_settings, kept_entries=100) as stream:
        await stream.append([b"0"])
        place = await stream.last_id()
        await stream.append([b"x"] * 1_000)
        read = await stream.read(place, 0)
        assert read.gap
        assert read.entries == ()
        assert read.last == await stream.last_id()
        assert not (await stream.read(read.last, 0)).gap


async def test_an_emptied_redis_is_a_gap_also_when_it_has_filled_again(
    stream: LiveStream, redis: Redis, redis_settings: RedisSettings
) -> None:
    await stream.append([b"1"])
    place = await stream.last_id()
    await redis.delete(f"{redis_settings.key_prefix}live")
    assert (await stream.read(place, 0)).gap
    await stream.append([b"2"])
    assert (await stream.read(place, 0)).gap


async def test_a_redis_emptied_while_a_reader_waits_is_a_gap(
    stream: LiveStream, redis: Redis, redis_settings: RedisSettings
) -> None:
    await stream.append([b"1"])
    reading = asyncio.create_task(stream.read(await stream.last_id(), 10_000))
    while not (await redis.info("clients"))["blocked_clients"]:  # noqa: ASYNC110 - the server has no event to give
        await asyncio.sleep(0.01)
    await redis.delete(f"{redis_settings.key_prefix}live")
    await stream.append([b"2"])
    assert (await reading).gap


@pytest.mark.parametrize(
    "place", ["", "nonsense", "$", "+", "1-1\r\nFLUSHALL", "9" * 40 + "-0", "5", "9999999999999-0"]
)
async def test_a_strangers_place_is_a_gap(stream: LiveStream, place: str) -> None:
    await stream.append([b"1"])
    read = await stream.read(place, 10_000)
    assert read.gap
    assert read.last == await stream.last_id()


async def test_the_pulse_shows_who_is_alive(stream: LiveStream, redis: Redis, redis_settings: RedisSettings) -> None:
    assert await stream.pulse() == {}
    await stream.beat("w1", {"revision": 1})
    await stream.beat("w1", {"revision": 2, "host": "a\ud800"})
    await stream.beat("w2", {})
    assert await stream.pulse() == {"w1": {"revision": 2, "host": "a\ufffd"}, "w2": {}}
    assert 0 < await redis.pttl(f"{redis_settings.key_prefix}beat:w1") <= live.PULSE_SECONDS * 1000
    await redis.delete(f"{redis_settings.key_prefix}beat:w1")  # as if it had expired
    assert await stream.pulse() == {"w2": {}}
    assert await redis.smembers(f"{redis_settings.key_prefix}workers") == {b"w2"}


async def test_redis_away_is_one_error_that_names_the_host_only() -> None:
    async with LiveStream(RedisSettings("redis://:s3cret@127.0.0.1:1/0")) as stream:
        for attempt in (
            stream.append([b"1"]),
            stream.read(START, 0),
            stream.last_id(),
            stream.beat("w", {}),
            stream.pulse(),
        ):
            with pytest.raises(LiveUnavailable, match=r"127\.0\.0\.1:1") as caught:
                await attempt
            assert "s3cret" not in str(caught.value)


async def test_a_redis_that_was_away_is_used_again_and_what_it_lost_is_a_gap() -> None:
    with running(RedisServer) as server:
        async with LiveStream(RedisSettings(server.url)) as stream:
            await stream.append([b"1"])
            place = await stream.last_id()
            server.kill()
            with pytest.raises(LiveUnavailable):
                await stream.append([b"2"])
            server.start()
            assert (await stream.read(place, 0)).gap
            await stream.append([b"3"])
            assert [alert for _, alert in (await stream.read(START, 0)).entries] == [b"3"]


async def test_a_wrong_password_is_the_same_error(redis_settings: RedisSettings) -> None:
    host = redis_settings.url.rpartition("@")[2]
    async with LiveStream(RedisSettings(f"redis://:wr0ng@{host}")) as stream:
        with pytest.raises(LiveUnavailable) as caught:
            await stream.last_id()
    assert "wr0ng" not in str(caught.value)


async def test_an_unusable_url_is_refused() -> None:
    with pytest.raises(StoreRefused, match="url"):
        LiveStream(RedisSettings("http://:s3cret@host"))
