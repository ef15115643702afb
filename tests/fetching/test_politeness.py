"""Tries, budgets and queues: what is asked of one host, and of this process, is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from streams.fetching.buckets import TokenBucket, TokenBuckets
from streams.fetching.connecting import KeptHosts
from streams.fetching.hosts import HostBudget, HostLimits
from streams.fetching.outcomes import Fetched, Reason, Refused, RefusedError
from tests.fetching.net import HOST, JPEG, Net, Talk, desk, falls_silent, head, raw_server, says

BUSY = head(b"", "Connection: close", status="503 Away")


def in_turn(*answers: bytes) -> tuple[Talk, list[int]]:
    """One answer a request, the last one for ever; and how many were given."""
    given: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = answers[min(len(given), len(answers) - 1)]
        given.append(len(answer))
        writer.write(answer)

    return talk, given


@pytest.mark.parametrize(
    ("answers", "reason", "asked"),
    [
        ([head(JPEG)], None, 1),
        ([BUSY, head(JPEG)], None, 2),
        ([b"", b"", head(JPEG)], None, 3),
        ([head(JPEG)[:100], head(JPEG)], None, 2),
        ([BUSY], Reason.SERVER_ERROR, 3),
        ([head(b"", status="429 Slow Down")], Reason.RATE_LIMITED, 3),
        ([b""], Reason.RESET, 3),
        ([head(b"", status="404 Not Found")], Reason.GONE, 1),
        ([head(b"", status="403 Forbidden")], Reason.DENIED, 1),
        ([head(b"<html>")], Reason.NOT_A_PICTURE, 1),
        ([b"HTTP nonsense\r\n\r\n"], Reason.BAD_RESPONSE, 1),
    ],
)
@pytest.mark.asyncio
async def test_only_what_may_pass_is_asked_for_again(answers: list[bytes], reason: Reason | None, asked: int) -> None:
    net = Net()
    talk, given = in_turn(*answers)
    async with raw_server(net, talk) as port, desk(net, retries=2) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == reason
        assert at.figure("rightswatch_retries_total", stage="fetch") == asked - 1
    assert len(given) == asked


@pytest.mark.asyncio
async def test_the_pauses_between_tries_double() -> None:
    net = Net()
    async with raw_server(net, says(BUSY)) as port, desk(net, retries=4, backoff_seconds=1.0) as at:
        await at.fetch(f"https://{HOST}:{port}/a.jpg")
    assert [0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(net.pauses)] == [True] * 4


@pytest.mark.asyncio
async def test_a_server_gets_the_pause_that_it_asks_for() -> None:
    net = Net()
    talk, given = in_turn(head(b"", "Retry-After: 7", status="503 Away"), head(JPEG))
    async with raw_server(net, talk) as port, desk(net, host_wait_seconds=100.0, total_seconds=100.0) as at:
        # The pause is over when the second try comes: the clock stands where the sleep left it.
        await at.picture(f"https://{HOST}:{port}/a.jpg")
    assert (net.pauses, len(given)) == ([7.0], 2)


@pytest.mark.asyncio
async def test_a_server_that_asks_for_a_long_pause_is_left_alone_and_the_url_refused() -> None:
    net = Net()
    talk, given = in_turn(head(b"", "Retry-After: 60", status="429 Slow Down"), head(JPEG))
    async with raw_server(net, talk) as port, desk(net, retry_after_max_seconds=10.0) as at:
        first = await at.reason(f"https://{HOST}:{port}/a.jpg")
        others = [await at.reason(f"https://{HOST}:{port}/{n}.jpg") for n in range(5)]
        asked = len(given)
        net.now += 61.0
        after = await at.reason(f"https://{HOST}:{port}/9.jpg")
    assert (first, others, asked) == (Reason.RATE_LIMITED, [Reason.HOST_BUSY] * 5, 1)
    assert (after, net.pauses) == (None, [])


@pytest.mark.asyncio
async def test_a_server_cannot_have_itself_left_alone_for_ever() -> None:
    net = Net()
    talk, _ = in_turn(head(b"", "Retry-After: 999999999", status="503 Away"), head(JPEG))
    async with raw_server(net, talk) as port, desk(net, retry_after_max_seconds=10.0) as at:
        await at.fetch(f"https://{HOST}:{port}/a.jpg")
        net.now += 61.0
        assert await at.reason(f"https://{HOST}:{port}/b.jpg") is None


@pytest.mark.asyncio
async def test_no_more_is_asked_at_once_of_a_host_and_of_all_than_allowed() -> None:
    net = Net(names={HOST: ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    now: dict[str, int] = {}
    most: dict[str, int] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("socket").getsockname()[0]
        now[host] = now.get(host, 0) + 1
        most[host] = max(most.get(host, 0), now[host])
        for _ in range(20):
            await asyncio.sleep(0)
        now[host] -= 1
        writer.write(head(JPEG, "Connection: close"))

    async with raw_server(net, talk) as port, desk(net, concurrency=3, host_concurrency=2, waiting=100) as at:
        await asyncio.gather(*(at.picture(f"https://{HOST}:{port}/{n}.jpg") for n in range(8)))
        one_host = most.pop("127.0.0.1")
        hosts = (HOST, "other.example")
        await asyncio.gather(*(at.picture(f"https://{hosts[n % 2]}:{port}/b{n}.jpg") for n in range(16)))
    assert one_host <= 2
    assert most["127.0.0.1"] <= 3


@pytest.mark.asyncio
async def test_a_full_queue_refuses_and_says_so() -> None:
    net = Net()
    async with raw_server(net, falls_silent()) as port, desk(net, concurrency=1, waiting=2, total_seconds=0.3) as at:
        outcomes = await asyncio.gather(*(at.reason(f"https://{HOST}:{port}/{n}.jpg") for n in range(10)))
        under_way = at.figure("rightswatch_fetch_under_way")
    assert outcomes.count(Reason.BUSY) == 7
    assert under_way == 0


@pytest.mark.asyncio
async def test_a_slow_host_holds_up_no_other_host() -> None:
    net = Net(names={HOST: ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    limits = {"concurrency": 3, "host_concurrency": 2, "host_wait_seconds": 30.0, "total_seconds": 30.0}
    async with raw_server(net, falls_silent()) as slow, raw_server(net, says(head(JPEG))) as quick:
        async with desk(net, **limits) as at:
            tasks = [asyncio.create_task(at.fetch(f"https://{HOST}:{slow}/{n}.jpg")) for n in range(20)]
            await asyncio.sleep(0)
            assert await at.reason(f"https://other.example:{quick}/a.jpg") is None
        # Closing tells all who wait.
        assert set(await asyncio.gather(*tasks)) == {Refused(Reason.CLOSED)}


@pytest.mark.asyncio
async def test_a_closed_fetcher_refuses() -> None:
    net = Net()
    async with raw_server(net, says(head(JPEG))) as port, desk(net) as at:
        await at.fetcher.close()
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.CLOSED


@pytest.mark.asyncio
async def test_the_same_url_is_asked_for_once_by_many() -> None:
    net = Net()
    talk, given = in_turn(head(JPEG))
    async with raw_server(net, talk) as port, desk(net) as at:
        outcomes = await asyncio.gather(*(at.picture(f"https://{HOST}:{port}/a.jpg") for _ in range(10)))
        assert at.figure("rightswatch_fetch_remembered_total", what="under_way") == 9
    assert (len({outcome.digest for outcome in outcomes}), len(given)) == (1, 1)


@pytest.mark.asyncio
async def test_a_caller_that_gives_up_takes_nobody_elses_picture_away() -> None:
    net = Net()
    go_on = asyncio.Event()
    asked = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await go_on.wait()
        writer.write(head(JPEG))

    async with raw_server(net, talk) as port, desk(net) as at:
        impatient, patient = (asyncio.create_task(at.fetch(f"https://{HOST}:{port}/a.jpg")) for _ in range(2))
        await asked.wait()
        impatient.cancel()
        go_on.set()
        assert isinstance(await patient, Fetched)
    assert impatient.cancelled()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(rate=2.0, burst=3.0, now=0.0)
    assert [bucket.reserve(0.0, 10.0) for _ in range(6)] == [0.0, 0.0, 0.0, 0.5, 1.0, 1.5]


def test_a_bucket_takes_nothing_from_who_would_wait_too_long() -> None:
    bucket = TokenBucket(rate=1.0, burst=1.0, now=0.0)
    assert [bucket.reserve(0.0, 1.5) for _ in range(4)] == [0.0, 1.0, None, None]
    assert bucket.reserve(1.0, 1.5) == 1.0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(rate=1.0, burst=1.0, now=100.0)
    bucket.reserve(100.0, 0.0)
    assert bucket.reserve(0.0, 0.0) is None
    assert bucket.reserve(101.0, 0.0) == 0.0


def test_buckets_are_bounded() -> None:
    buckets = TokenBuckets(rate=1.0, burst=1.0, max_keys=100)
    assert all(buckets.take(str(n), 0.0) for n in range(1_000))
    assert not buckets.take("999", 0.0)


@pytest.mark.asyncio
async def test_hosts_are_bounded_and_those_in_use_stay() -> None:
    net = Net()
    limits = HostLimits(HostBudget(concurrency=1, rate=1.0, wait_seconds=0.01, max_hosts=10), net.monotonic, net.sleep)
    async with limits.slot("held.example"):
        for n in range(100):
            async with limits.slot(f"{n}.example"):
                pass
        with pytest.raises(RefusedError, match="host_busy"):
            await limits.slot("held.example").__aenter__()
    async with limits.slot("last.example"):
        pass
    assert len(limits) <= 11


@pytest.mark.parametrize(
    ("host", "rate"),
    [("alicdn.com", 200.0), ("img.alicdn.com", 200.0), ("notalicdn.com", 5.0), ("alicdn.com.example", 5.0)],
)
def test_a_domain_may_have_a_rate_of_its_own(host: str, rate: float) -> None:
    budget = HostBudget(concurrency=4, rate=5.0, wait_seconds=1.0, suffix_rates=(("alicdn.com", 200.0),))
    assert budget.rate_of(host) == rate


def test_few_hosts_keep_their_connections_and_leave_when_idle() -> None:
    net = Net()
    kept = KeptHosts(2, 15.0, net.monotonic)
    assert [kept.admit(host) for host in ("a", "b", "c", "a")] == [True, True, False, True]
    net.now += 15.1
    assert [kept.admit(host) for host in ("c", "d", "a")] == [True, True, False]


@asynccontextmanager
async def counting_server(net: Net) -> AsyncIterator[tuple[int, list[int]]]:
    """Keeps its connections open; and how many there were."""
    connections: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        while True:
            writer.write(head(JPEG))
            await reader.readuntil(b"\r\n\r\n")

    async with raw_server(net, talk) as port:
        yield port, connections


@pytest.mark.asyncio
async def test_a_host_keeps_its_connection_for_the_next_picture() -> None:
    net = Net()
    async with counting_server(net) as (port, connections), desk(net) as at:
        for n in range(5):
            await at.picture(f"https://{HOST}:{port}/{n}.jpg")
    assert len(connections) == 1


@pytest.mark.asyncio
async def test_a_flood_of_hosts_leaves_few_connections_open() -> None:
    net = Net(names={f"n{i}.many.example": ["127.0.0.1"] for i in range(100)})
    async with counting_server(net) as (port, connections), desk(net) as at:
        for picture in range(2):
            for i in range(100):
                await at.picture(f"https://n{i}.many.example:{port}/{picture}.jpg")
    # 64 hosts kept theirs for the second picture, the others had to connect again.
    assert len(connections) == 100 + 36
