"""Each hop is judged like the first one, and there are only so many."""

from __future__ import annotations

import pytest
from aiohttp import web

from streams.fetching.outcomes import Reason
from tests.fetching.net import HOST, JPEG, Net, desk, head, https_server, raw_server, says

pytestmark = pytest.mark.asyncio


def redirect(location: str, status: str = "302 Found") -> bytes:
    return head(b"", f"Location: {location}", status=status)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://127.0.0.1/", Reason.ADDRESS),
        ("https://127.0.0.1:6379/", Reason.PORT),
        ("https://[::ffff:127.0.0.1]/", Reason.ADDRESS),
        ("https://169.254.169.254/latest/meta-data/iam/", Reason.ADDRESS),
        ("https://2130706433/", Reason.HOST_NAME),
        ("https://localhost/", Reason.HOST_NAME),
        ("//localhost/", Reason.HOST_NAME),
        ("https://inside.example/", Reason.ADDRESS),
        ("https://mixed.example/", Reason.ADDRESS),
        ("https://unknown.example/", Reason.UNRESOLVABLE),
        ("http://pictures.example/a.jpg", Reason.SCHEME),
        ("http://127.0.0.1/", Reason.SCHEME),
        ("file:///etc/passwd", Reason.SCHEME),
        ("data:image/png;base64,iVBORw0KGgo=", Reason.SCHEME),
        ("javascript:alert(1)", Reason.SCHEME),
        ("https://user:secret@pictures.example/", Reason.USERINFO),
        ("https://pictures.example:22/", Reason.PORT),
        ("https://[/", Reason.BAD_URL),
        ("https://pictures.example/" + "a" * 5_000, Reason.URL_TOO_LONG),
        ("https://pictures.example\\@127.0.0.1/", Reason.BAD_URL),
        ("", Reason.REDIRECTS),
        ("?", Reason.REDIRECTS),
    ],
)
async def test_a_hostile_redirect_is_refused_and_not_followed(location: str, reason: Reason) -> None:
    net = Net()
    net.names |= {"inside.example": ["10.0.0.1"], "mixed.example": ["93.184.216.34", "192.168.0.1"]}
    async with raw_server(net, says(redirect(location))) as port, desk(net, retries=0) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == reason
    assert net.opened == [("127.0.0.1", port)]


async def test_https_is_never_left_even_where_http_is_allowed() -> None:
    net = Net()
    async with raw_server(net, says(head(JPEG)), tls=None) as plain:
        talk = says(redirect(f"http://{HOST}:{plain}/a.jpg"))
        async with raw_server(net, talk) as port, desk(net, allow_http=True) as at:
            assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.DOWNGRADE
    assert net.opened == [("127.0.0.1", port)]


async def test_http_to_https_is_followed() -> None:
    net = Net()
    async with raw_server(net, says(head(JPEG))) as port:
        talk = says(redirect(f"https://{HOST}:{port}/a.jpg", "301 Moved"))
        async with raw_server(net, talk, tls=None) as plain, desk(net, allow_http=True) as at:
            picture = await at.picture(f"http://{HOST}:{plain}/a.jpg")
    assert picture.final_url == f"https://{HOST}:{port}/a.jpg"


@pytest.mark.parametrize(("hops", "passes"), [(0, True), (3, True), (4, False), (1_000, False)])
async def test_so_many_redirects_are_followed(hops: int, passes: bool) -> None:
    asked: list[str] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        left = int(request.path.strip("/"))
        if left:
            return web.Response(status=302, headers={"Location": f"/{left - 1}"})
        return web.Response(body=JPEG, content_type="image/jpeg")

    net = Net()
    async with https_server(net, handler) as port, desk(net, max_redirects=3) as at:
        reason = await at.reason(f"https://{HOST}:{port}/{hops}")
    assert (reason, len(asked)) == ((None, hops + 1) if passes else (Reason.REDIRECTS, 4))


async def test_a_loop_ends() -> None:
    net = Net()
    async with raw_server(net, says(redirect("/a.jpg"))) as port, desk(net) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.REDIRECTS


async def test_a_redirect_to_another_host_pays_that_hosts_budget() -> None:
    net = Net()
    net.names["other.example"] = ["127.0.0.1"]

    async def handler(request: web.BaseRequest) -> web.Response:
        if request.host.startswith(HOST):
            return web.Response(status=307, headers={"Location": f"https://other.example:{port}{request.path}"})
        return web.Response(body=JPEG, content_type="image/jpeg")

    budget = {"host_rate": 1.0, "host_rates": ("pictures.example=1000",), "host_wait_seconds": 0.5}
    async with https_server(net, handler) as port, desk(net, **budget) as at:
        outcomes = [await at.reason(f"https://{HOST}:{port}/{i}") for i in range(2)]
    assert outcomes == [None, Reason.HOST_BUSY]
