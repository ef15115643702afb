"""The fetcher as a whole: under uvloop, against random answers, and as the settings make it."""

from __future__ import annotations

import asyncio

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from streams.configuration.sections import FetchingSettings
from streams.fetching.opening import open_fetcher
from streams.fetching.outcomes import Reason, Refused
from streams.metrics import FetchMetrics, Stages
from tests.fetching.net import HOST, JPEG, Net, desk, falls_silent, head, raw_server, says


async def _reasons() -> list[Reason | None]:
    net = Net()
    net.names |= {"inside.example": ["10.0.0.1"], "wrong.example": ["127.0.0.1"]}
    limits = {"retries": 0, "stall_seconds": 0.1}
    found: list[Reason | None] = []
    async with desk(net) as at:
        found.append(await at.reason("https://inside.example/"))
    for talk in (says(head(JPEG)), says(head(JPEG)[:99]), falls_silent(head(JPEG, "Content-Length: 9999"))):
        async with raw_server(net, talk) as port, desk(net, **limits) as at:
            found.append(await at.reason(f"https://{HOST}:{port}/a.jpg"))
            found.append(await at.reason(f"https://wrong.example:{port}/a.jpg"))
    async with desk(net) as at:
        found.append(await at.reason(f"https://{HOST}:{port}/a.jpg"))
    return found


def test_it_works_on_uvloop_as_on_asyncio() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(_reasons())
    assert found == [
        Reason.ADDRESS, None, Reason.TLS, Reason.RESET, Reason.TLS, Reason.TOO_SLOW, Reason.TLS, Reason.UNREACHABLE,
    ]  # fmt: skip


ANSWER_PIECES = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\n", b"HTTP/1.1 304 Not Modified\r\n", b"HTTP/1.1 100 Continue\r\n",
     b"Content-Type: image/jpeg\r\n", b"Content-Length: 5\r\n", b"Content-Length: 99\r\n", b"Location: //[\r\n",
     b"Location: \xff\xfe\r\n", b"Location: https://127.0.0.1/\r\n", b"Transfer-Encoding: chunked\r\n",
     b"Content-Encoding: \xff\r\n", b"Retry-After: \xff\r\n", b"Set-Cookie: \xff=\x01;;\r\n", b"\r\n", b"\r\n\r\n",
     b"5\r\n", b"0\r\n\r\n", b"\xff\xd8\xff", b"\0", JPEG]
)  # fmt: skip


def test_no_answer_raises_or_is_our_own_fault() -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ANSWER_PIECES, max_size=10).map(b"".join) | st.binary(max_size=200))
    def one(answer: bytes) -> None:
        reasons.append(runner.run(_one(answer)))

    reasons: list[Reason | None] = []
    with asyncio.Runner() as runner:
        one()
    assert Reason.INTERNAL not in reasons


async def _one(answer: bytes) -> Reason | None:
    net = Net()
    async with (
        raw_server(net, says(answer), tls=None) as port,
        desk(net, allow_http=True, retries=0, max_redirects=1) as at,
    ):
        return await at.reason(f"http://{HOST}:{port}/a.jpg")


@pytest.mark.asyncio
async def test_the_settings_make_a_fetcher_that_goes_nowhere_private() -> None:
    registry = CollectorRegistry()
    async with open_fetcher(FetchingSettings(), FetchMetrics(registry, Stages(registry))) as fetcher:
        outcomes = [await fetcher.fetch(url) for url in ("https://127.0.0.1/", "http://93.184.216.34/", "https://a/")]
    assert outcomes == [Refused(Reason.ADDRESS), Refused(Reason.SCHEME), Refused(Reason.HOST_NAME)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("extra_ports", ("x",)), ("extra_ports", ("0",)), ("extra_ports", ("70000",)), ("refuse_networks", ("10/8/9",)),
        ("host_rates", ("alicdn.com",)), ("host_rates", ("=5",)), ("host_rates", ("a.b=0",)), ("agent", "a\r\nb"),
        ("host_rates", ("a.b=nan",)), ("agent", ""), ("max_bytes", 0), ("host_rate", 0.0), ("retries", -1),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        FetchingSettings(**{name: value})  # type: ignore[arg-type]
