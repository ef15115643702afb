"""The sources that `rightswatch feed SOURCE` knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from streams.feeds.base import Feed
from streams.feeds.cursor_file import CursorFile
from streams.feeds.demo import DemoFeed
from streams.feeds.file import FileFeed, StandardInputFeed


def open_feed(source: str, *, follow: bool, clock: Callable[[], datetime]) -> Feed:
    """The feed that a source's name stands for: `demo`, `-`, or a file's path.

    Raises:
        FeedError: there is no such file.
    """
    if source == "demo":
        return DemoFeed(clock)
    if source == "-":
        return StandardInputFeed()
    return FileFeed(Path(source), follow=follow)


def cursor_file(feed: Feed, data_dir: Path) -> CursorFile | None:
    """Where the feed's cursor is kept; None for standard input, which nobody can read twice."""
    return None if isinstance(feed, StandardInputFeed) else CursorFile(data_dir / "cursors" / f"{feed.name}.json")
