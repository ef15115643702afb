"""Hostile URLs: a counted reason each, no exception, and nothing asked of the network."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.fetching.addresses import public_only
from streams.fetching.outcomes import Reason, RefusedError
from streams.fetching.urls import MAX_URL_CHARACTERS, UrlRules, read_url, shown
from tests.fetching.net import Net, desk

POLICY = public_only()
HTTP_TOO = UrlRules(allow_http=True)

HOSTILE: list[tuple[str, Reason]] = [
    # not a URL
    ("", Reason.BAD_URL),
    ("   ", Reason.BAD_URL),
    ("picture.jpg", Reason.BAD_URL),
    ("/etc/passwd", Reason.BAD_URL),
    ("https:/one.slash.example/a.jpg", Reason.SCHEME),
    ("https:pictures.example/a.jpg", Reason.SCHEME),
    ("https://", Reason.HOST_NAME),
    ("https:///a.jpg", Reason.HOST_NAME),
    ("https://?a=b", Reason.HOST_NAME),
    ("https://pictures.example/a\r\nHost: 127.0.0.1", Reason.BAD_URL),
    ("https://pictures.example/a\x00.jpg", Reason.BAD_URL),
    ("ht\ttps://pictures.example/", Reason.BAD_URL),
    ("https://pictures.example\\@127.0.0.1/", Reason.BAD_URL),
    ("https://pictures.example/\u202egpj.exe", Reason.BAD_URL),
    ("https://pictures.example/\ud800.jpg", Reason.BAD_URL),
    ("https://pic\udfffures.example/", Reason.BAD_URL),
    ("https://[::1/", Reason.BAD_URL),
    ("https://::1]/", Reason.BAD_URL),
    ("https://pictures.example:99999/", Reason.BAD_URL),
    ("https://pictures.example:-1/", Reason.BAD_URL),
    ("https://pictures.example:port/", Reason.BAD_URL),
    # too long
    ("https://pictures.example/" + "a" * MAX_URL_CHARACTERS, Reason.URL_TOO_LONG),
    ("https://pictures.example/" + "画" * 1_500, Reason.URL_TOO_LONG),
    (" " * 10_000_000, Reason.URL_TOO_LONG),
    # schemes
    ("http://pictures.example/a.jpg", Reason.SCHEME),
    ("ftp://pictures.example/a.jpg", Reason.SCHEME),
    ("file:///etc/passwd", Reason.SCHEME),
    ("FILE:///etc/passwd", Reason.SCHEME),
    ("gopher://127.0.0.1:6379/_FLUSHALL", Reason.SCHEME),
    ("dict://127.0.0.1:6379/info", Reason.SCHEME),
    ("ws://pictures.example/", Reason.SCHEME),
    ("data:image/png;base64,iVBORw0KGgo=", Reason.SCHEME),
    ("javascript:alert(1)", Reason.SCHEME),
    ("jar:https://pictures.example!/", Reason.BAD_URL),
    ("unix:///var/run/docker.sock", Reason.SCHEME),
    # credentials
    ("https://user:secret@pictures.example/", Reason.USERINFO),
    ("https://user@pictures.example/", Reason.USERINFO),
    ("https://@pictures.example/", Reason.USERINFO),
    ("https://pictures.example@127.0.0.1/", Reason.USERINFO),
    ("https://pictures.example:443@169.254.169.254/", Reason.USERINFO),
    # ports
    ("https://pictures.example:22/", Reason.PORT),
    ("https://pictures.example:80/", Reason.PORT),
    ("https://pictures.example:6379/", Reason.PORT),
    ("https://pictures.example:0/", Reason.PORT),
    # addresses that are not public
    ("https://127.0.0.1/", Reason.ADDRESS),
    ("https://127.8.8.8/", Reason.ADDRESS),
    ("https://127.0.0.1./", Reason.ADDRESS),
    ("https://0.0.0.0/", Reason.ADDRESS),
    ("https://10.1.2.3/", Reason.ADDRESS),
    ("https://172.16.0.1/", Reason.ADDRESS),
    ("https://172.31.255.255/", Reason.ADDRESS),
    ("https://192.168.1.1/", Reason.ADDRESS),
    ("https://169.254.169.254/latest/meta-data/", Reason.ADDRESS),
    ("https://100.100.100.200/latest/meta-data/", Reason.ADDRESS),
    ("https://168.63.129.16/machine", Reason.ADDRESS),
    ("https://192.0.0.192/", Reason.ADDRESS),
    ("https://198.18.0.1/", Reason.ADDRESS),
    ("https://224.0.0.251/", Reason.ADDRESS),
    ("https://240.0.0.1/", Reason.ADDRESS),
    ("https://255.255.255.255/", Reason.ADDRESS),
    ("https://[::]/", Reason.ADDRESS),
    ("https://[::1]/", Reason.ADDRESS),
    ("https://[0:0:0:0:0:0:0:1]/", Reason.ADDRESS),
    ("https://[::ffff:127.0.0.1]/", Reason.ADDRESS),
    ("https://[::ffff:7f00:1]/", Reason.ADDRESS),
    ("https://[::ffff:8.8.8.8]/", Reason.ADDRESS),
    ("https://[::127.0.0.1]/", Reason.ADDRESS),
    ("https://[64:ff9b::127.0.0.1]/", Reason.ADDRESS),
    ("https://[64:ff9b:1::a00:1]/", Reason.ADDRESS),
    ("https://[2002:7f00:1::1]/", Reason.ADDRESS),
    ("https://[2001:0:7f00:1::]/", Reason.ADDRESS),
    ("https://[2001:db8::1]/", Reason.ADDRESS),
    ("https://[fc00::1]/", Reason.ADDRESS),
    ("https://[fd00:ec2::254]/", Reason.ADDRESS),
    ("https://[fe80::1]/", Reason.ADDRESS),
    ("https://[fec0::1]/", Reason.ADDRESS),
    ("https://[ff02::1]/", Reason.ADDRESS),
    # odd spellings of addresses
    ("https://127.1/", Reason.HOST_NAME),
    ("https://127.0.1/", Reason.HOST_NAME),
    ("https://2130706433/", Reason.HOST_NAME),
    ("https://017700000001/", Reason.HOST_NAME),
    ("https://0177.0.0.1/", Reason.HOST_NAME),
    ("https://127.0.0.01/", Reason.HOST_NAME),
    ("https://0x7f000001/", Reason.HOST_NAME),
    ("https://0x7f.0.0.1/", Reason.HOST_NAME),
    ("https://127.0.0x1/", Reason.HOST_NAME),
    ("https://0X7F.1/", Reason.HOST_NAME),
    ("https://127.0.0.1.1/", Reason.HOST_NAME),
    ("https://256.256.256.256/", Reason.HOST_NAME),
    ("https://１２７.０.０.１/", Reason.ADDRESS),
    ("https://127。0。0。1/", Reason.ADDRESS),
    ("https://①②⑦.⓪.⓪.①/", Reason.ADDRESS),
    ("https://%31%32%37.0.0.1/", Reason.HOST_NAME),
    ("https://[fe80::1%25eth0]/", Reason.ADDRESS),
    ("https://[v1.fe80]/", Reason.BAD_URL),
    # names that only a machine of ours would answer to
    ("https://localhost/", Reason.HOST_NAME),
    ("https://LOCALHOST/", Reason.HOST_NAME),
    ("https://localhost./", Reason.HOST_NAME),
    ("https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", Reason.HOST_NAME),
    ("https://clickhouse/", Reason.HOST_NAME),
    ("https://a.localhost/", Reason.HOST_NAME),
    ("https://printer.local/", Reason.HOST_NAME),
    ("https://metadata.google.internal/", Reason.HOST_NAME),
    ("https://router.home.arpa/", Reason.HOST_NAME),
    ("https://hidden.onion/", Reason.HOST_NAME),
    # names that are none
    ("https://pictures..example/", Reason.HOST_NAME),
    ("https://.example/", Reason.HOST_NAME),
    ("https://pictures.example../", Reason.HOST_NAME),
    ("https://-pictures.example/", Reason.HOST_NAME),
    ("https://pictures.example;127.0.0.1/", Reason.HOST_NAME),
    ("https://pictures.example%00.evil.example/", Reason.HOST_NAME),
    ("https://pictures.example%2f@evil/", Reason.USERINFO),
    ("https://" + "a." * 130 + "example/", Reason.HOST_NAME),
    ("https://" + "a" * 64 + ".example/", Reason.HOST_NAME),
]


HTTPS_ONLY = UrlRules()


def reason_of(text: str, rules: UrlRules = HTTPS_ONLY) -> Reason | None:
    try:
        read_url(text, rules, POLICY)
    except RefusedError as error:
        return error.reason
    return None


@pytest.mark.parametrize(("text", "reason"), HOSTILE, ids=[ascii(text[:60]) for text, _ in HOSTILE])
def test_a_hostile_url_is_refused_for_its_reason(text: str, reason: Reason) -> None:
    assert reason_of(text) == reason


WATCHED: list[str] = []
"""What Python itself reports of look-ups and connections, while it is not empty of the word `on`."""


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if WATCHED and event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        WATCHED.append(event)


sys.addaudithook(_watch)


@pytest.mark.asyncio
async def test_no_refused_url_is_looked_up_or_connected_to() -> None:
    net = Net()
    async with desk(net) as at:
        WATCHED.append("on")
        try:
            outcomes = [await at.reason(text) for text, _ in HOSTILE]
        finally:
            events, WATCHED[:] = WATCHED[1:], []
    assert outcomes == [reason for _, reason in HOSTILE]
    assert (events, net.lookups, net.opened) == ([], [], [])


@pytest.mark.asyncio
async def test_each_refused_url_is_counted_by_its_reason() -> None:
    async with desk(Net()) as at:
        for text, _ in HOSTILE:
            await at.fetch(text)
        for wanted in {reason for _, reason in HOSTILE}:
            counted = at.figure("rightswatch_dropped_total", stage="fetch", reason=wanted.value)
            assert counted == sum(reason == wanted for _, reason in HOSTILE)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://pictures.example/a.jpg", "https://pictures.example/a.jpg"),
        ("HTTPS://Pictures.EXAMPLE/A.jpg", "https://pictures.example/A.jpg"),
        ("https://pictures.example./a.jpg#part", "https://pictures.example/a.jpg"),
        ("//pictures.example/a.jpg", "https://pictures.example/a.jpg"),
        ("  https://pictures.example/a.jpg\n", "https://pictures.example/a.jpg"),
        ("https://pictures.example:443/", "https://pictures.example/"),
        ("https://pictures.example", "https://pictures.example"),
        ("https://pictures.example/a b.jpg?x=1&y=画", "https://pictures.example/a%20b.jpg?x=1&y=%E7%94%BB"),
        ("https://图片.example/", "https://xn--wcsw84d.example/"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://img_1.pictures.example/", "https://img_1.pictures.example/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://pictures.example/?next=http://127.0.0.1/", "https://pictures.example/?next=http://127.0.0.1/"),
        ("https://pictures.example/a@b.jpg", "https://pictures.example/a@b.jpg"),
    ],
)
def test_an_honest_url_is_read(text: str, url: str) -> None:
    assert str(read_url(text, UrlRules(), POLICY)) == url


def test_plain_http_is_read_when_the_settings_allow_it() -> None:
    assert reason_of("http://pictures.example/", HTTP_TOO) is None


def test_plain_http_does_not_open_other_ports() -> None:
    assert reason_of("http://pictures.example:443/", HTTP_TOO) == Reason.PORT


def test_what_a_log_shows_has_no_query() -> None:
    url = read_url("https://pictures.example/a.jpg?token=secret", UrlRules(), POLICY)
    assert shown(url) == "https://pictures.example/a.jpg"


PIECES = st.sampled_from(
    ["https://", "http://", "//", ":", "@", "[", "]", "%", "\\", ".", "/", "?", "#", "127.0.0.1", "::1", "ffff", "0x7f",
     "localhost", "xn--", "a", "例", "。", "\u200d", "\ud800", "\x00", " ", ":443", ":65536", "%25", "ß", "İ", "\u0301"]
)  # fmt: skip


@settings(max_examples=1_000, deadline=None)
@given(
    st.text(max_size=60) | st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40).map("https://{}".format)
)
def test_no_string_raises_and_what_passes_is_public(text: str) -> None:
    try:
        url = read_url(text, HTTP_TOO, POLICY)
    except RefusedError:
        return
    assert read_url(str(url), HTTP_TOO, POLICY) == url
