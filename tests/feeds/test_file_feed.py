"""The file feed and the demo feed: a restart goes on where the cursor stands, in the same file only."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from streams.feeds.base import Cursor, Feed, FeedPage
from streams.feeds.demo import DemoFeed
from streams.feeds.errors import FeedError
from streams.feeds.file import FileFeed
from streams.feeds.sources import cursor_file, open_feed

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def take(feed: Feed, cursor: Cursor | None = None, count: int = 1_000, size: int = 10) -> list[FeedPage]:
    async def collect() -> list[FeedPage]:
        found: list[FeedPage] = []
        async for page in feed.pages(cursor, lambda: size):
            found.append(page)
            if len(found) == count:
                break
        return found

    return asyncio.run(collect())


def numbered(path: Path, count: int) -> Path:
    path.write_text("".join(f'{{"n":{number}}}\n' for number in range(count)))
    return path


def numbers(pages: list[FeedPage]) -> list[int]:
    return [orjson.loads(line)["n"] for page in pages for line in page.body.split(b"\n")]


def test_a_file_is_read_to_its_end_and_no_line_again_after_a_restart(tmp_path: Path) -> None:
    feed = FileFeed(numbered(tmp_path / "l.jsonl", 95), follow=False)
    first = take(feed, count=4)
    assert numbers(first) + numbers(take(feed, first[-1].cursor)) == list(range(95))
    last = take(feed)[-1]
    assert take(feed, last.cursor) == []


def test_what_was_appended_since_is_what_comes_next(tmp_path: Path) -> None:
    path = numbered(tmp_path / "l.jsonl", 20)
    feed = FileFeed(path, follow=False)
    cursor = take(feed)[-1].cursor
    with path.open("a") as file:
        file.write('{"n":20}\n')
    assert numbers(take(feed, cursor)) == [20]


@pytest.mark.parametrize("change", ["replaced", "truncated"])
def test_another_file_under_the_same_name_is_read_from_its_beginning(tmp_path: Path, change: str) -> None:
    path = numbered(tmp_path / "l.jsonl", 20)
    feed = FileFeed(path, follow=False)
    cursor = take(feed)[-1].cursor
    if change == "replaced":
        numbered(tmp_path / "new.jsonl", 30).replace(path)
    else:
        numbered(path, 3)
    assert numbers(take(feed, cursor))[:3] == [0, 1, 2]


def test_a_followed_file_gives_what_is_written_later(tmp_path: Path) -> None:
    path = numbered(tmp_path / "l.jsonl", 3)

    async def scenario() -> list[int]:
        pages = FileFeed(path, follow=True).pages(None, lambda: 10)
        first = await anext(pages)
        waiting = asyncio.ensure_future(anext(pages))
        with path.open("a") as file:
            file.write('{"n":3}\n')
        return numbers([first, await waiting])

    assert asyncio.run(scenario()) == [0, 1, 2, 3]


@pytest.mark.parametrize("rotation", ["renamed", "emptied"])
def test_a_followed_file_that_is_rotated_goes_on_with_the_new_one(tmp_path: Path, rotation: str) -> None:
    path = numbered(tmp_path / "l.jsonl", 3)

    async def scenario() -> list[int]:
        pages = FileFeed(path, follow=True).pages(None, lambda: 10)
        first = await anext(pages)
        waiting = asyncio.ensure_future(anext(pages))
        if rotation == "renamed":
            path.rename(tmp_path / "l.jsonl.1")
            await asyncio.sleep(0.3)
            with (tmp_path / "l.jsonl.1").open("a") as file:
                file.write('{"n":3}')  # the last line, still on its way, has no end of line
        else:
            path.write_text("")
            await asyncio.sleep(0.3)
        path.write_text('{"n":10}\n{"n":11}\n')
        found = numbers([first, await waiting])
        while 11 not in found:
            found += numbers([await anext(pages)])
        return found

    old = [0, 1, 2, 3] if rotation == "renamed" else [0, 1, 2]
    assert asyncio.run(scenario()) == [*old, 10, 11]


def test_a_file_rotated_while_nobody_read_is_read_to_its_end_before_the_new_one(tmp_path: Path) -> None:
    path = numbered(tmp_path / "l.jsonl", 20)
    cursor = take(FileFeed(path, follow=True), count=1)[-1].cursor
    path.rename(tmp_path / "l.jsonl.1")
    path.write_text('{"n":100}\n')
    assert numbers(take(FileFeed(path, follow=True), cursor, count=2)) == [*range(10, 20), 100]


def test_a_file_rotated_to_somewhere_else_is_said_to_be_lost(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = numbered(tmp_path / "l.jsonl", 20)
    cursor = take(FileFeed(path, follow=True), count=1)[-1].cursor
    (tmp_path / "archive").mkdir()
    path.rename(tmp_path / "archive" / "l.jsonl.1")
    path.write_text('{"n":100}\n')
    assert numbers(take(FileFeed(path, follow=True), cursor, count=1)) == [100]
    assert "what was written to that after line 10 is not read" in caplog.text


def test_a_missing_file_is_named_with_what_a_source_may_be(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="a file of JSON lines, - or demo"):
        open_feed(str(tmp_path / "nowhere.jsonl"), follow=False, clock=lambda: NOON)


def test_a_file_emptied_and_filled_past_the_cursor_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = numbered(tmp_path / "l.jsonl", 20)
    feed = FileFeed(path, follow=False)
    cursor = take(feed)[-1].cursor
    with path.open("w") as file:  # the same file, as log rotation that copies and truncates leaves it
        file.write("".join(f'{{"n":{number}}}\n' for number in range(100, 200)))
    assert numbers(take(feed, cursor))[:2] == [100, 101]


def test_two_files_of_one_name_have_two_cursors(tmp_path: Path) -> None:
    feeds = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        feeds.append(FileFeed(numbered(tmp_path / folder / "l.jsonl", 1), follow=False))
    files = [cursor_file(feed, tmp_path) for feed in feeds]
    assert files[0] is not None
    assert files[1] is not None
    assert files[0].path != files[1].path


def test_the_demo_goes_on_behind_its_cursor_and_says_when_each_was_listed() -> None:
    feed = DemoFeed(lambda: NOON)
    whole = take(feed, count=6)
    again = take(feed, whole[2].cursor, count=3)
    assert [page.body for page in again] == [page.body for page in whole[3:]]
    assert orjson.loads(whole[0].body.split(b"\n")[0])["listed_at"] == "2026-11-21T12:00:00.000Z"
