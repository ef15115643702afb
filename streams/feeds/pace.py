"""How fast a feed goes: a rate in listings per second, which may change while it runs."""

from __future__ import annotations

from collections.abc import Callable

FRESHNESS_SECONDS = 0.2  # a page is cut at least so often, so that no listing waits longer for its page to fill
MAX_PAGE_LISTINGS = 1_000
LONGEST_CATCH_UP_SECONDS = 1.0


class Pace:
    """Spreads listings over time. A rate of 0 means as fast as the broker takes them.

    A feed that fell behind (a slow broker, a suspended machine) does not race to catch up for more than a second.
    """

    def __init__(self, rate: Callable[[], float], monotonic: Callable[[], float], max_page: int = MAX_PAGE_LISTINGS):
        self._rate = rate
        self._monotonic = monotonic
        self._max_page = max_page
        self._due: float | None = None

    def page_listings(self) -> int:
        """How many listings the next page should hold."""
        rate = self._rate()
        if rate <= 0:
            return self._max_page
        return max(1, min(self._max_page, int(rate * FRESHNESS_SECONDS)))

    def delay(self, listings: int) -> float:
        """Seconds to wait before a page of so many listings goes out; counts the page as sent."""
        rate = self._rate()
        if rate <= 0:
            return 0.0
        now = self._monotonic()
        self._due = now if self._due is None else max(self._due, now - LONGEST_CATCH_UP_SECONDS)
        wait = max(0.0, self._due - now)
        self._due += listings / rate
        return wait
