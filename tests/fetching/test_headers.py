"""What headers and first bytes say, read without trust."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.fetching.bodies import BodyLimits
from streams.fetching.caches import validators_of
from streams.fetching.media import MAGIC_BYTES, may_be_picture, sniff
from streams.fetching.waiting import backoff_seconds, keeps_seconds, retry_after_seconds

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sat, 28 Nov 2026 10:00:30 GMT", 30.0),
        ("Sat, 28 Nov 2026 09:00:00 GMT", 0.0),
        ("28 Nov 2026 10:00:30", 30.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
        ("soon", None),
        ("9" * 30, None),
        ("Sat, 99 Nov 99999 99:99:99 GMT", None),
        ("a" * 10_000, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@given(st.text())
def test_no_retry_after_raises(header: str) -> None:
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or seconds >= 0


@given(st.text())
def test_no_cache_control_keeps_longer_than_we_do(header: str) -> None:
    seconds = keeps_seconds(header, 100.0)
    assert seconds is None or 0 <= seconds <= 100


@given(st.integers(0, 10), st.floats(0, 1, exclude_max=True))
def test_backoff_doubles_within_its_jitter(attempt: int, random: float) -> None:
    assert 0.25 * 2**attempt <= backoff_seconds(attempt, 0.5, random) <= 0.5 * 2**attempt


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe1\x00", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", "image/avif"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf", "image/avif"),
        (b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "image/bmp"),
        (b"", None),
        (b"\xff\xd8", None),
        (b"\x89PNG\n", None),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"\0\0\0\x20ftypheic\0\0\0\0heicmif1", None),
        (b"\0\0\0\x20ftypisom\0\0\0\0isomiso2avc1", None),
        (b"BMW is a mark, and no picture starts so", None),
        (b"<svg xmlns=", None),
        (b"<!doctype html>", None),
        (b"%PDF-1.7", None),
        (b"PK\x03\x04", None),
        (b"\x1f\x8b\x08", None),
        (b"II*\0", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type


@given(st.binary(max_size=MAGIC_BYTES) | st.binary(max_size=20).map(b"\0\0\0\xffftyp".__add__))
def test_no_first_bytes_raise(head: bytes) -> None:
    assert sniff(head) is None or head[:1] in b"\xff\x89GRB\0" or head[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("header", "may"),
    [
        ("", True), ("image/jpeg", True), ("IMAGE/PNG; q=1", True), ("image/jpg", True), ("image/x-unheard-of", True),
        ("application/octet-stream", True), ("binary/octet-stream", True),
        ("image/svg+xml", False), ("text/html", False), ("image", False), ("application/xml", False), ("\0", False),
    ],
)  # fmt: skip
def test_the_header_must_speak_of_a_raster_picture_or_say_nothing(header: str, may: bool) -> None:
    assert may_be_picture(header) is may


def test_validators_that_could_not_be_sent_are_left_out() -> None:
    assert validators_of({"ETag": '"a"', "Last-Modified": "x\r\nHost: y"}) == {"If-None-Match": '"a"'}
    assert validators_of({"ETag": "", "Last-Modified": "\udc80"}) == {}


def test_each_byte_of_a_body_buys_time() -> None:
    limits = BodyLimits(max_bytes=1, min_bytes_per_second=1_000.0, grace_seconds=3.0)
    assert (limits.latest(10.0, 0), limits.latest(10.0, 5_000)) == (13.0, 18.0)
