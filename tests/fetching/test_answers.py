"""What servers answer: a picture comes through whole, everything else is one counted reason, within bounds."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import ssl
import tracemalloc

import pytest
import trustme
from aiohttp import web

from streams.fetching.outcomes import MAY_PASS, Fetched, Reason
from tests.fetching.net import (
    HOST,
    JPEG,
    PNG,
    Net,
    Talk,
    desk,
    falls_silent,
    head,
    https_server,
    raw_server,
    says,
    server_tls,
)

pytestmark = pytest.mark.asyncio

QUICK = {
    "retries": 0, "max_bytes": 100_000, "connect_seconds": 5.0, "first_byte_seconds": 5.0, "stall_seconds": 5.0,
}  # fmt: skip
SLOW = {**QUICK, "connect_seconds": 0.2, "first_byte_seconds": 0.1, "stall_seconds": 0.1}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
BOMB = gzip.compress(bytes(50_000_000), 1)


async def reason_of(talk: Talk, **settings: float) -> Reason | None:
    net = Net()
    async with raw_server(net, talk) as port, desk(net, **{**QUICK, **settings}) as at:
        reason = await at.reason(f"https://{HOST}:{port}/a.jpg")
        if reason is not None:
            assert at.figure("rightswatch_dropped_total", stage="fetch", reason=reason.value) == 1
        return reason


@pytest.mark.parametrize(
    ("answer", "media_type"),
    [
        (head(JPEG), "image/jpeg"),
        (head(JPEG, media_type="image/jpeg; charset=binary"), "image/jpeg"),
        (head(PNG), "image/png"),
        (head(JPEG, media_type="image/webp"), "image/jpeg"),
        (head(JPEG, media_type="application/octet-stream"), "image/jpeg"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + JPEG, "image/jpeg"),
        (b"HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG, "image/jpeg"),
        (head(JPEG, "Content-Encoding: identity"), "image/jpeg"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + head(JPEG), "image/jpeg"),
        (head(b"%x\r\n%b\r\n0\r\n\r\n" % (len(JPEG), JPEG), "Transfer-Encoding: chunked"), "image/jpeg"),
    ],
)
async def test_a_picture_comes_through_with_its_own_type(answer: bytes, media_type: str) -> None:
    net = Net()
    async with raw_server(net, says(answer)) as port, desk(net, **QUICK) as at:
        picture = await at.picture(f"https://{HOST}:{port}/a.jpg?token=secret")
    content = PNG if media_type == "image/png" else JPEG
    assert picture == Fetched(
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        final_url=f"https://{HOST}:{port}/a.jpg?token=secret",
        from_cache=False,
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        # not HTTP
        (b"", Reason.RESET),
        (b"\r\n\r\n", Reason.RESET),
        (b"220 smtp.example ESMTP\r\n", Reason.BAD_RESPONSE),
        (b"HTTP/1.1 OK\r\n\r\n", Reason.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Reason.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + JPEG, Reason.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n", Reason.BAD_RESPONSE),
        (b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % i for i in range(5_000)) + b"\r\n", Reason.BAD_RESPONSE),
        (b"HTTP/1.1 200 " + b"O" * 1_000_000 + b"\r\n\r\n", Reason.BAD_RESPONSE),
        (head(b"zz\r\n" + JPEG, "Transfer-Encoding: chunked"), Reason.BAD_RESPONSE),
        # broken off
        (head(JPEG)[:100], Reason.RESET),
        (head(JPEG, f"Content-Length: {len(JPEG) + 1}"), Reason.RESET),
        (head(b"ffff\r\n" + JPEG, "Transfer-Encoding: chunked"), Reason.RESET),
        # too large
        (head(JPEG, "Content-Length: 100001"), Reason.TOO_LARGE),
        (head(JPEG, "Content-Length: 999999999999999999"), Reason.TOO_LARGE),
        (head(JPEG + bytes(100_000)), Reason.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG + bytes(200_000), Reason.TOO_LARGE),
        (head(b"30d40\r\n" + JPEG + bytes(200_000), "Transfer-Encoding: chunked"), Reason.TOO_LARGE),
        # compressed although identity was asked for
        (head(gzip.compress(JPEG), "Content-Encoding: gzip"), Reason.ENCODED),
        (head(BOMB, "Content-Encoding: gzip"), Reason.ENCODED),
        (head(JPEG, "Content-Encoding: br"), Reason.ENCODED),
        (head(JPEG, "Content-Encoding: zstd"), Reason.ENCODED),
        (head(JPEG, "Content-Encoding: identity, gzip"), Reason.ENCODED),
        (head(JPEG, "Content-Encoding: identity", "Content-Encoding: deflate"), Reason.ENCODED),
        # no picture, by the header
        (head(JPEG, media_type="text/html"), Reason.WRONG_TYPE),
        (head(JPEG, media_type="application/json"), Reason.WRONG_TYPE),
        (head(JPEG, media_type="video/mp4"), Reason.WRONG_TYPE),
        (head(SVG, media_type="image/svg+xml"), Reason.WRONG_TYPE),
        (head(JPEG, media_type="imagejpeg"), Reason.WRONG_TYPE),
        # no picture, by the bytes
        (head(b"<html>blocked</html>"), Reason.NOT_A_PICTURE),
        (head(SVG), Reason.NOT_A_PICTURE),
        (head(b""), Reason.NOT_A_PICTURE),
        (head(b"\xff\xd8"), Reason.NOT_A_PICTURE),
        (head(b"%PDF-1.7" + bytes(100), media_type="application/octet-stream"), Reason.NOT_A_PICTURE),
        (head(b"BM" + b"x" * 100), Reason.NOT_A_PICTURE),
        (head(b"\0\0\0\x18ftypmp42" + bytes(50)), Reason.NOT_A_PICTURE),
        # statuses
        (b"HTTP/1.1 204 No Content\r\n\r\n", Reason.STATUS),
        (head(JPEG, status="206 Partial Content"), Reason.STATUS),
        (head(JPEG, status="300 Multiple Choices"), Reason.STATUS),
        (head(b"", status="304 Not Modified"), Reason.STATUS),
        (head(JPEG, status="400 Bad Request"), Reason.STATUS),
        (head(JPEG, status="401 Unauthorized"), Reason.DENIED),
        (head(JPEG, status="403 Forbidden"), Reason.DENIED),
        (head(JPEG, status="404 Not Found"), Reason.GONE),
        (head(JPEG, status="410 Gone"), Reason.GONE),
        (head(JPEG, status="451 Unavailable"), Reason.DENIED),
        (head(JPEG, status="429 Slow Down"), Reason.RATE_LIMITED),
        (head(JPEG, status="500 Oops"), Reason.SERVER_ERROR),
        (head(JPEG, status="503 Away"), Reason.SERVER_ERROR),
        (head(JPEG, status="999 Request denied"), Reason.SERVER_ERROR),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", Reason.STATUS),
    ],
)
async def test_a_hostile_answer_is_refused_for_its_reason(answer: bytes, reason: Reason) -> None:
    assert await reason_of(says(answer)) == reason


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], Reason.NO_ANSWER),
        ([b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"], Reason.NO_ANSWER),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"] * 50, Reason.NO_ANSWER),
        ([head(JPEG, "Content-Length: 9999")], Reason.TOO_SLOW),
        ([head(JPEG[:10], "Content-Length: 9999")], Reason.TOO_SLOW),
        ([head(b"8\r\n" + JPEG[:8], "Transfer-Encoding: chunked")], Reason.TOO_SLOW),
    ],
)
async def test_a_server_that_falls_silent_is_given_up(parts: list[bytes], reason: Reason) -> None:
    assert await reason_of(falls_silent(*parts), **SLOW) == reason


@pytest.mark.parametrize(
    ("start", "reason"),
    [(b"HTTP/1.1 200 OK\r\nX: ", Reason.NO_ANSWER), (head(JPEG, "Content-Length: 99999"), Reason.TOO_SLOW)],
)
async def test_a_server_that_never_pauses_for_long_is_given_up_too(start: bytes, reason: Reason) -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(b"a")
            await asyncio.sleep(0.01)

    assert await reason_of(trickle, **SLOW) == reason


async def test_the_whole_fetch_is_bounded_even_where_each_part_is_in_time() -> None:
    assert await reason_of(falls_silent(), total_seconds=0.2) == Reason.TOO_SLOW


async def test_an_endless_body_is_read_no_further_than_the_bound() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + JPEG)
        while not writer.is_closing():
            writer.write(bytes(65_536))
            await writer.drain()
            await asyncio.sleep(0)  # a TLS writer whose peer has gone never waits in drain

    tracemalloc.start()
    try:
        assert await reason_of(endless, max_bytes=1_000_000) == Reason.TOO_LARGE
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000


async def test_a_compressed_bomb_is_not_even_read() -> None:
    async def bomb(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(b"", "Content-Encoding: gzip", "Content-Length: 50000"))
        await reader.read()

    assert await reason_of(bomb) == Reason.ENCODED


async def test_a_server_that_does_not_take_the_connection_up_is_given_up() -> None:
    net = Net()
    async with raw_server(net, says(b""), tls=None) as port, desk(net, **SLOW) as at:
        # A plain server waits for a request's head, so it never answers the TLS greeting.
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.CONNECT_TIMEOUT


async def test_a_server_that_speaks_no_tls_is_a_tls_error() -> None:
    net = Net()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.example ESMTP\r\n")
        await reader.read()

    async with raw_server(net, greet, tls=None, speaks_first=True) as port, desk(net, **QUICK) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.TLS


async def test_a_certificate_for_another_name_is_a_tls_error() -> None:
    net = Net()
    tls = server_tls("elsewhere.example")
    async with raw_server(net, says(head(JPEG)), tls) as port, desk(net, **QUICK) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.TLS


async def test_a_certificate_that_nobody_vouches_for_is_a_tls_error() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(tls)
    net = Net()
    async with raw_server(net, says(head(JPEG)), tls) as port, desk(net, **QUICK) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.TLS


async def test_a_closed_port_is_unreachable() -> None:
    net = Net()
    async with raw_server(net, says(b"")) as port:
        pass
    async with desk(net, **QUICK) as at:
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.UNREACHABLE


async def test_nothing_of_ours_goes_along(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    net = Net()
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text(f"machine {HOST} login me password secret\n")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.setenv("NETRC", str(netrc))
    seen: list[dict[str, str]] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(
            body=JPEG, content_type="image/jpeg", headers={"Set-Cookie": "id=1", "Cache-Control": "no-store"}
        )

    async with https_server(net, handler) as port, desk(net, agent="rightswatch (me@rights.example)") as at:
        url = f"https://{HOST}:{port}/a.jpg"
        await at.picture(url)
        await at.picture(url)
        sent = {
            "Host": f"{HOST}:{port}",
            "User-Agent": "rightswatch (me@rights.example)",
            "Accept": "image/*",
            "Accept-Encoding": "identity",
        }
    assert seen == [sent, sent]


async def test_logs_hold_no_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    net = Net()
    answers = iter([head(JPEG, "Set-Cookie: \x01=;;;"), b"HTTP/1.1 nonsense\r\n\r\n", head(b"", status="404 Gone")])

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(next(answers))

    async with raw_server(net, talk) as port, desk(net, **QUICK) as at:
        outcomes = [await at.fetch(f"https://{HOST}:{port}/{i}.jpg?token=secret") for i in range(3)]
    assert "secret" not in caplog.text
    assert "secret" not in repr(outcomes)
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]


async def test_our_own_fault_is_a_counted_reason_and_logged_without_the_url(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*arguments: object) -> None:
        raise LookupError("https://pictures.example/?token=secret")

    net = Net()
    async with raw_server(net, says(head(JPEG))) as port, desk(net) as at:
        monkeypatch.setattr(at.fetcher._exchange, "ask", broken)
        assert await at.reason(f"https://{HOST}:{port}/a.jpg") == Reason.INTERNAL
    assert "LookupError" in caplog.text
    assert "secret" not in caplog.text


async def test_only_what_may_pass_is_tried_again() -> None:
    assert {Reason.RESET, Reason.RATE_LIMITED, Reason.SERVER_ERROR} == MAY_PASS
