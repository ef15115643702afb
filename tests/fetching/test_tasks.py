"""The shape of topic `pictures`: bounded, and read without trust."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.decode import decode_page
from detectors.records import Page
from streams.fetching.tasks import (
    MAX_MESSAGE_BYTES,
    MAX_MESSAGE_PICTURES,
    PageReference,
    PictureTask,
    pack,
    picture_task,
    unpack,
)

DIGEST = "ab" * 32
NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)


def task(listing_id: str = "1", *urls: str) -> PictureTask:
    return PictureTask(
        platform="taobao",
        listing_id=listing_id,
        digest=DIGEST,
        page=PageReference(digest=DIGEST, topic="listings", partition=3, offset=77),
        images=tuple(enumerate(urls or ("https://pictures.example/a.jpg?token=secret",))),
        observed_at="2026-11-28T10:00:00.000Z",
        revision=5,
    )


def of_listing(images: Any) -> PictureTask | None:
    body = orjson.dumps({"platform": "taobao", "listing_id": "1", "title": "shoe", "images": images})
    page = Page(body=body, observed_at=NOW, topic="listings", partition=3, offset=77)
    return picture_task(decode_page(page).listings[0], DIGEST, page, 5)


def test_a_message_comes_back_as_it_was() -> None:
    tasks = [task(str(n), *(f"https://pictures.example/{n}/{m}.jpg" for m in range(1 + n % 4))) for n in range(100)]
    read = [unpack(message) for message in pack(tasks)]
    assert [one for found, _ in read for one in found] == tasks
    assert not any(bad for _, bad in read)


def test_no_tasks_are_no_message() -> None:
    assert pack([]) == []


def test_messages_are_bounded_in_bytes_and_pictures() -> None:
    url = "https://pictures.example/" + "画" * 2_000
    tasks = [task("画" * 500, *[url] * 100) for _ in range(5)] + [task(str(n)) for n in range(1_000)]
    messages = pack(tasks)
    assert max(len(message) for message in messages) <= MAX_MESSAGE_BYTES
    found = [unpack(message)[0] for message in messages]
    assert max(sum(len(one.images) for one in group) for group in found) <= MAX_MESSAGE_PICTURES
    assert sum(len(group) for group in found) == len(tasks)


def test_only_pictures_that_must_be_fetched_are_named_each_with_its_place() -> None:
    made = of_listing(
        [
            {"url": "https://pictures.example/0.jpg", "pdq": "0" * 64},
            {"url": "https://pictures.example/1.jpg"},
            {"path": "a.jpg"},
            "https://pictures.example/3.jpg",
            {"url": ""},
        ]
    )
    assert made is not None
    assert made.images == ((1, "https://pictures.example/1.jpg"), (3, "https://pictures.example/3.jpg"))
    assert made.page.offset == 77


def test_a_listing_without_picture_to_fetch_makes_no_task() -> None:
    assert of_listing([{"path": "a.jpg"}]) is None
    assert of_listing(None) is None


def test_a_url_beyond_all_bounds_is_passed_on_to_be_refused() -> None:
    made = of_listing([{"url": "https://pictures.example/" + "a" * 10_000}])
    assert made is not None
    assert unpack(pack([made])[0]) == ([made], {})


def test_no_url_stands_in_a_repr() -> None:
    assert "secret" not in repr(task())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform", ""), ("platform", 1), ("platform", "a" * 101), ("listing_id", "a" * 501), ("digest", "AB" * 32),
        ("digest", None), ("page", None), ("page", []), ("page", {"digest": DIGEST}), ("images", []), ("images", {}),
        ("images", [["0", "https://a.example/"]]), ("images", [[0]]), ("images", [[-1, "https://a.example/"]]),
        ("images", [[0, "a" * 3_000]]), ("images", [[n, "https://a.example/"] for n in range(101)]), ("images", 7),
        ("images", "https://a.example/"), ("observed_at", "yesterday"), ("observed_at", 1), ("revision", -1),
        ("revision", True), ("revision", "5"), ("revision", 1.5),
    ],
)  # fmt: skip
def test_a_bad_line_is_counted_and_the_others_go_on(name: str, value: Any) -> None:
    (good,) = pack([task()])
    bad = orjson.dumps({**orjson.loads(good), name: value})
    assert unpack(bad + b"\n" + good) == ([task()], {"malformed": 1})


def test_a_message_that_is_too_large_is_not_read() -> None:
    assert unpack(b" " * (MAX_MESSAGE_BYTES + 1)) == ([], {"too_large": 1})


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)).map(repr).map(str.encode)
)
def test_no_message_raises(message: bytes) -> None:
    assert unpack(message)[0] == []
