"""The users of deploy/redis on a real Redis: each process's commands on its own keys, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError

from sinks.errors import LiveUnavailable
from sinks.live import START, LiveStream
from sinks.settings import RedisSettings, with_password
from streams.writer import showing
from streams.writer.showing import Showing
from tests.deploy.conftest import Secrets
from tools.servers.redis import RedisServer


class Users:
    def __init__(self, server: RedisServer, secrets: Secrets) -> None:
        self._port = server.port
        self._secrets = secrets

    def __getitem__(self, name: str) -> RedisSettings:
        url = f"redis://rightswatch_{name}@127.0.0.1:{self._port}/0"
        return RedisSettings(with_password(url, self._secrets[f"redis_{name}"]))


class AwayOnce(LiveStream):
    """A real Redis whose first answer is that it is away."""

    asked = took = 0

    async def append(self, alerts: Sequence[bytes]) -> None:
        self.asked += 1
        if self.asked == 1:
            raise LiveUnavailable("Redis", "away")
        await super().append(alerts)
        self.took += len(alerts)


@pytest.fixture(scope="module")
def users(guarded_redis: RedisServer, secrets: Secrets) -> Users:
    return Users(guarded_redis, secrets)


@pytest_asyncio.fixture
async def streams(users: Users) -> AsyncIterator[dict[str, LiveStream]]:
    opened = {name: LiveStream(users[name]) for name in ("worker", "writer", "web")}
    yield opened
    for stream in opened.values():
        await stream.close()


@pytest.mark.asyncio
async def test_what_the_writer_appends_the_floor_reads(streams: dict[str, LiveStream]) -> None:
    await streams["writer"].append([b"{}"])
    floor = streams["web"]
    read = await floor.read(START, block_ms=0)
    assert read.entries[-1] == (await floor.last_id(), b"{}")
    assert await floor.oldest_id() is not None
    assert await floor.read(read.last, block_ms=10) == await floor.read(read.last, block_ms=0)


@pytest.mark.asyncio
async def test_what_one_web_process_hears_of_a_verdict_the_others_read(streams: dict[str, LiveStream]) -> None:
    await streams["web"].append_triage(['{"version":1}'])
    last = await streams["web"].last_id()
    assert last != START
    assert (await streams["web"].read(START, block_ms=0)).entries[-1] == (last, b'{"version":1}')


@pytest.mark.asyncio
async def test_after_an_outage_the_writer_shows_alerts_again(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks whether Redis is back as its user, who may not read the stream."""
    monkeypatch.setattr(showing, "PROBE_SECONDS", 0.001)
    missed = list[int]()
    stream = AwayOnce(users["writer"])
    async with stream:
        live = Showing(stream, missed.append)
        await live.show([b"{}"])
        assert missed == [1]
        async with asyncio.timeout(30):
            while not stream.took:
                await live.show([b"{}"])
                await asyncio.sleep(0.001)
        await live.close()


@pytest.mark.asyncio
async def test_a_workers_pulse_reaches_the_floor(streams: dict[str, LiveStream]) -> None:
    await streams["worker"].beat("w1", {"pages": 1})
    assert await streams["web"].pulse() == {"w1": {"pages": 1}}


@pytest.mark.asyncio
async def test_the_floor_forgets_a_worker_that_is_gone(streams: dict[str, LiveStream], users: Users) -> None:
    async with Redis.from_url(users["worker"].url) as worker:
        await worker.sadd("rightswatch:workers", "gone")
    assert "gone" not in await streams["web"].pulse()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("worker", ["XADD", "rightswatch:live", "*", "alert", "{}"]),
        ("worker", ["SET", "rightswatch:other", "1"]),
        ("worker", ["GET", "rightswatch:beat:w1"]),
        ("writer", ["XRANGE", "rightswatch:live", "-", "+"]),
        ("writer", ["SET", "rightswatch:beat:w1", "1"]),
        ("writer", ["DEL", "rightswatch:live"]),
        ("web", ["XTRIM", "rightswatch:live", "MAXLEN", "0"]),
        ("web", ["SET", "rightswatch:beat:w1", "1"]),
        ("web", ["KEYS", "*"]),
        ("web", ["FLUSHALL"]),
        ("web", ["CONFIG", "GET", "*"]),
        ("health", ["GET", "rightswatch:workers"]),
    ],
)
async def test_what_a_process_has_no_need_of_is_refused(
    users: Users, guarded_redis: RedisServer, user: str, command: list[Any]
) -> None:
    url = guarded_redis.url if user == "health" else users[user].url
    async with Redis.from_url(url) as client:
        with pytest.raises(NoPermissionError):
            await client.execute_command(*command)  # type: ignore[no-untyped-call]


@pytest.mark.asyncio
async def test_nobody_gets_in_without_a_user(guarded_redis: RedisServer) -> None:
    async with Redis.from_url(f"redis://127.0.0.1:{guarded_redis.port}/0") as client:
        with pytest.raises(AuthenticationError):
            await client.ping()


@pytest.mark.asyncio
async def test_a_wrong_password_is_told_with_its_remedy(guarded_redis: RedisServer) -> None:
    url = f"redis://rightswatch_web:wrong-0f@127.0.0.1:{guarded_redis.port}/0"
    async with LiveStream(RedisSettings(url)) as stream:
        with pytest.raises(LiveUnavailable, match=r"correct the user in \[redis\] url and the password") as told:
            await stream.last_id()
    assert "wrong-0f" not in str(told.value)
