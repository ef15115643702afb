"""The shape of topic `pictures`: bounded, read without trust, and the listings in it are those of the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.decode import decode_page
from detectors.digest import listing_digest
from detectors.records import Page
from streams.fetching.tasks import (
    MAX_MESSAGE_BYTES,
    MAX_MESSAGE_PICTURES,
    PictureTask,
    picture_messages,
    picture_urls,
    unpack,
)
from streams.pipeline import screen_page
from tests.detectors.floor import right, watchlist

NOW = datetime(2026, 11, 28, 10, 0, 0, 123000, tzinfo=UTC)
URL = "https://pictures.example/a.jpg?token=secret"
HEAD = {
    "page": "ab" * 32, "topic": "listings", "partition": 3, "offset": 77, "observed_at": "2026-11-28T10:00:00.123Z",
    "revision": 5, "risks": [0.5],
}  # fmt: skip


def offer(number: int, images: Any = None, **fields: Any) -> bytes:
    listing = {"platform": "taobao", "listing_id": str(number), "title": "shoe", "images": images, **fields}
    return orjson.dumps(listing)


def page_of(*lines: bytes) -> Page:
    return Page(b"\n".join(lines), NOW, "listings", 3, 77)


def tasks_of(page: Page) -> list[PictureTask]:
    read = [unpack(message) for message in picture_messages(page, (), 5)]
    return [task for task in read if task is not None]


def ids(tasks: Sequence[PictureTask]) -> list[str]:
    return [listing["listing_id"] for task in tasks for listing in decode_page(task.page).listings]


def test_listings_come_back_as_they_were_under_their_pages_name_place_and_time() -> None:
    page = page_of(*(offer(n, [{"url": URL}] if n % 3 else None, description="鞋" * n) for n in range(50)))
    (task,) = tasks_of(page)
    assert (task.page.digest, task.page.observed_at, task.revision) == (page.digest, NOW, 5)
    assert (task.page.topic, task.page.partition, task.page.offset) == ("listings", 3, 77)
    wanted = [listing for listing in decode_page(page).listings if picture_urls(listing)]
    again = list(decode_page(task.page).listings)
    assert list(map(listing_digest, again)) == list(map(listing_digest, wanted))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_loses_no_picture(encoding: str) -> None:
    page = Page(offer(1, [{"url": URL}]).decode().encode(encoding), NOW)
    assert ids(tasks_of(page)) == ["1"]


def test_a_name_with_an_escaped_letter_hides_no_picture() -> None:
    assert ids(tasks_of(page_of(offer(1, [{"url": URL}]).replace(b'"images"', b'"\\u0069mages"')))) == ["1"]


def test_a_line_that_looks_like_another_encoding_alone_is_read_as_on_its_page() -> None:
    line = b"{\0" + offer(2, [{"url": URL}])[1:]
    page = page_of(offer(1), line)
    assert len(decode_page(page).listings) == 2
    assert ids(tasks_of(page)) == ["2"]


def test_only_pictures_without_a_fingerprint_of_their_own_are_to_be_fetched() -> None:
    images = [
        {"url": "https://a.example/0", "pdq": "0" * 64},
        {"url": "https://a.example/1"},
        {"path": "a"},
        {"url": ""},
    ]
    assert picture_urls({"images": images}) == ["https://a.example/1"]
    assert tasks_of(page_of(offer(1, images[:1]), offer(2, images[2:]), offer(3))) == []


def test_the_risk_is_the_best_text_alert_of_the_listing() -> None:
    page = page_of(offer(1, [{"url": URL}]), offer(2, [{"url": URL}], title="高仿 ZORBEX 手提包"))
    alerts = screen_page(page, watchlist(right(marks=["ZORBEX"]))).alerts
    (message,) = picture_messages(page, alerts, 5)
    task = unpack(message)
    assert task is not None
    assert [task.risk(line - 1) for line in decode_page(task.page).lines] == [0, max(alert.score for alert in alerts)]


def test_messages_are_bounded_in_bytes_and_pictures() -> None:
    many = [{"url": f"https://a.example/{n}"} for n in range(90)]
    page = page_of(*(offer(n, many) for n in range(9)), *(offer(n, many[:1], text="a" * 300_000) for n in range(9, 15)))
    messages = picture_messages(page, (), 5)
    assert max(map(len, messages)) <= MAX_MESSAGE_BYTES + 2_000
    tasks = tasks_of(page)
    counts = [sum(len(picture_urls(one)) for one in decode_page(task.page).listings) for task in tasks]
    assert max(counts) <= MAX_MESSAGE_PICTURES
    assert ids(tasks) == [str(n) for n in range(15)]


def test_no_url_stands_in_a_repr() -> None:
    assert "secret" not in repr(tasks_of(page_of(offer(1, [{"url": URL}]))))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", None), ("page", "AB" * 32), ("topic", 1), ("topic", "a" * 250), ("partition", "3"), ("offset", -2),
        ("observed_at", "yesterday"), ("observed_at", 1), ("observed_at", "2026-11-28T10:00:00"), ("revision", -1),
        ("revision", True), ("risks", None), ("risks", ["a"]),
    ],
)  # fmt: skip
def test_a_message_with_a_bad_head_is_none_of_ours(name: str, value: Any) -> None:
    line = offer(1, [{"url": URL}])
    assert unpack(orjson.dumps(HEAD) + b"\n" + line) is not None
    assert unpack(orjson.dumps({**HEAD, name: value}) + b"\n" + line) is None


@given(st.binary() | st.sampled_from([b"", b"[]", b"1", b"null", b'{"page":1}', b'""\n{}']))
def test_no_message_raises(message: bytes) -> None:
    assert unpack(message) is None
