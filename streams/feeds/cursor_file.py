"""Where a feed's cursor is kept: one small JSON file per feed in the data directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from streams.feeds.base import Cursor, FeedPage
from streams.feeds.errors import FeedError


class CursorFile:
    """Survives a kill at any moment: the file is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Cursor | None:
        """The cursor saved last, None where there is none.

        Raises:
            FeedError: the file is there but does not hold a cursor.
        """
        try:
            cursor: Any = orjson.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, orjson.JSONDecodeError) as problem:
            raise FeedError(
                f"{self.path}: no cursor in it ({problem}); delete it to start from the beginning"
            ) from None
        if not isinstance(cursor, dict):
            raise FeedError(f"{self.path}: no cursor in it; delete it to start from the beginning")
        return cursor

    def passed(self, page: FeedPage) -> None:
        """The broker has the page. Where it keeps what it has, that is all there is to wait for."""
        self.save(page.cursor)

    def save(self, cursor: Cursor) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_bytes(orjson.dumps(cursor))
        draft.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
