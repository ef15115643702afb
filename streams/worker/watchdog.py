"""Ends the process when it stalls, from a thread outside the event loop. Whoever supervises it starts it again.

Why: Faust's consumer is known to stop fetching while it goes on looking alive (its issues 175, 629, 640). Nothing is
lost: what was not committed is screened again.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)
STALLED_EXIT = 71
CHECK_SECONDS = 1.0


class Watchdog:
    """Feed it with `observe` from the event loop; it judges in its own thread."""

    def __init__(
        self,
        stall_seconds: float,
        end: Callable[[int], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stall_seconds = stall_seconds
        self._end = end
        self._monotonic = monotonic
        self._closed = threading.Event()
        self._pages_done = 0
        self._progress_at = self._heard_at = monotonic()

    def observe(self, *, pages_done: int, lag_pages: int) -> None:
        """Say how far the worker is. Nothing waiting counts as progress."""
        self._heard_at = self._monotonic()
        if pages_done != self._pages_done or lag_pages == 0:
            self._pages_done = pages_done
            self._progress_at = self._heard_at

    def verdict(self) -> str | None:
        """What is wrong, or None."""
        now = self._monotonic()
        if now - self._heard_at > self._stall_seconds:
            return f"the event loop has not run for {now - self._heard_at:.0f} s"
        if now - self._progress_at > self._stall_seconds:
            return f"pages wait, but none got through for {now - self._progress_at:.0f} s"
        return None

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(CHECK_SECONDS):
            if problem := self.verdict():
                logger.critical("stalled: %s; ending, so that it is started again. All stacks follow", problem)
                faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
                self._end(STALLED_EXIT)
                return
