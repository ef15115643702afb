"""Ends the process when a part of it stalls, from a thread outside the event loop. Whoever started it starts it again.

Why: Faust's consumer is known to stop fetching while it goes on looking alive (its issues 175, 629, 640). Nothing is
lost: what was not committed is done again. A process that is frozen cannot judge itself: `children.py` asks /livez.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

logger = logging.getLogger(__name__)
STALLED_EXIT = 71
CHECK_SECONDS = 1.0
LOOP = "event loop"
PATIENCE = 10  # times as long as usual for what waits for a server: while that is away, a new start helps nothing


@dataclass(frozen=True, slots=True)
class _Sign:
    at: float
    within_seconds: float


class Watchdog:
    """Every part of the process that must go on says so with `alive`; the first one that is late ends the process."""

    def __init__(
        self,
        stall_seconds: float,
        end: Callable[[int], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stall_seconds`: how long a part may be silent that did not ask for more."""
        self.stall_seconds = stall_seconds
        self._end = end
        self._monotonic = monotonic
        self._closed = threading.Event()
        self._signs: dict[str, _Sign] = {}

    def alive(self, part: str, within_seconds: float | None = None) -> None:
        """The part goes on, and says so again within this time. What never called is not waited for."""
        self._signs[part] = _Sign(self._monotonic(), within_seconds or self.stall_seconds)

    def verdict(self) -> str | None:
        """What is wrong, or None."""
        now = self._monotonic()
        for part, sign in tuple(self._signs.items()):
            if now - sign.at > sign.within_seconds:
                return f"{part}: no progress for {now - sign.at:.0f} s"
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


class ProgressWatch:
    """Work that waits, and is to get done. Call `observe` every few seconds."""

    def __init__(self, watchdog: Watchdog, part: str) -> None:
        self._watchdog = watchdog
        self._part = part
        self._done = 0
        self._refusals = 0
        self._answered = True
        watchdog.alive(part)

    def observe(self, done: int, waiting: int, *, answered: bool, refusals: int = 0) -> None:
        """`done` and `waiting` count items; `answered`: whether the broker said how many wait. `refusals` counts tries
        to get something done that a server did not take: each is a sign of life."""
        refused = refusals != self._refusals
        if done == self._done and waiting and answered == self._answered and not refused:
            return
        self._done, self._answered, self._refusals = done, answered, refusals
        self._watchdog.alive(self._part, (PATIENCE if refused or not answered else 1) * self._watchdog.stall_seconds)


@asynccontextmanager
async def watched(stall_seconds: float, end: Callable[[int], object]) -> AsyncIterator[Watchdog]:
    """A watchdog while the block runs, which also ends the process when its event loop stands still."""
    watchdog = Watchdog(stall_seconds, end)
    watchdog.alive(LOOP)
    beating = asyncio.create_task(_beat(watchdog), name="watchdog")
    watchdog.start()
    try:
        yield watchdog
    finally:
        watchdog.close()
        beating.cancel()


async def _beat(watchdog: Watchdog) -> None:
    while True:
        watchdog.alive(LOOP)
        await asyncio.sleep(CHECK_SECONDS)
