"""One listing through the very same pipeline as the stream: what `POST /api/v1/check` answers with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from detectors.records import Page, Screening
from detectors.watchlist import Watchlist
from streams.pipeline import screen_page


def check_page(body: bytes, watchlist: Watchlist, observed_at: datetime) -> Screening:
    """Screen NDJSON listings that nobody streamed, and show also what was screened and why."""
    return screen_page(Page(body=body, observed_at=observed_at), watchlist, show_screened=True)


def make_checker(watchlist: Callable[[], Watchlist], clock: Callable[[], datetime]) -> Callable[[bytes], Screening]:
    """A checker for the web process: `watchlist` gives the one in force now, `clock` the moment of asking."""

    def check(body: bytes) -> Screening:
        return check_page(body, watchlist(), clock())

    return check
