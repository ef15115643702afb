"""New bases for one follower's builder: when one is due, who makes it, and putting it in the old one's place.

Without snapshots each process compiles its own, in a thread. With them one process of the host does, writes it down,
and all map it: whoever finds that another has made one takes that instead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.base import Base
from detectors.watchlist.builder import MANY_CHANGES
from streams.metrics import WatchlistMetrics
from streams.snapshot.sharing import SnapshotSharing
from streams.snapshot.store import LogPlace, Snapshot

logger = logging.getLogger(__name__)
RETRY_SECONDS = 60.0
TURN_SECONDS = 2.0  # until a process looks again whether another has made the base that is due
ALONE_CHANGES = 10 * MANY_CHANGES  # the process whose turn it is may hang: with so many, nobody waits for it
SHARE = 0.02  # of the time may go into compiling everything anew for the sake of a few changes

Compiled = TypeVar("Compiled", Watchlist, Base, Base | None)


class BaseRenewal:
    """Use it in the event loop, and `close` it with its builder."""

    def __init__(
        self,
        builder: WatchlistBuilder,
        metrics: WatchlistMetrics,
        monotonic: Callable[[], float],
        sharing: SnapshotSharing | None,
    ) -> None:
        self._builder = builder
        self._metrics = metrics
        self._monotonic = monotonic
        self._sharing = sharing
        self._coming: asyncio.Task[Base | None] | None = None
        self._due_after = 0.0  # by the monotonic clock, unless there are many changes
        self._not_before = 0.0  # however many; after a failure
        self._seconds = 0.0  # that the last one took
        self._known: Base | None = None  # the base in use when it was last looked at
        self._place: LogPlace | None = None  # the last checkpoint that it takes in; None: it is not to be kept

    def close(self) -> None:
        """What is still compiled is of no use."""
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None

    def resume(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot, in a builder that has no base yet."""
        self._take(snapshot.base)

    async def compile(self, compile_: Callable[[], Compiled]) -> Compiled:
        """In a thread, timed."""
        started = self._monotonic()
        compiled = await asyncio.to_thread(compile_)
        seconds = self._monotonic() - started
        self._metrics.build_seconds.observe(seconds)
        is_whole = compiled.number > 0 if isinstance(compiled, Base) else compiled is not None and not compiled.changes
        if is_whole:
            self._note(seconds)
        return compiled

    def take_made(self) -> bool:
        """Take the base that was made meanwhile, if there is one; whether what is in force is to be told from it."""
        return self._coming is not None and self._coming.done() and self._take_result(self._coming)

    def begin_due(self, place: LogPlace | None) -> None:
        """Begin what is due, once all that was applied is in force. `place` is the last checkpoint that was applied."""
        if self._builder.base is not self._known:  # the watchlist was compiled as a whole just now
            self._known, self._place = self._builder.base, place
        if self._coming is None:
            self._coming = self._begun(place)

    def _begun(self, place: LogPlace | None) -> asyncio.Task[Base | None] | None:
        sharing = self._sharing
        if sharing is None or place is None:
            return asyncio.create_task(self.compile(self._builder.merging())) if self._is_due() else None
        if sharing.news() is not None:
            return asyncio.create_task(asyncio.to_thread(sharing.news_of, place))
        if self._known is not None and self._place is not None:
            kept_at, self._place = self._place, None
            return asyncio.create_task(asyncio.to_thread(sharing.keep, self._known, kept_at, self._seconds))
        if not self._is_due():
            return None
        merging, is_alone = self._builder.merging(), self._builder.changes > ALONE_CHANGES
        return asyncio.create_task(self.compile(lambda: sharing.renew(merging, place, alone=is_alone)))

    def _is_due(self) -> bool:
        changes = self._builder.changes
        if self._monotonic() < self._not_before:
            return False
        return changes > MANY_CHANGES or (changes > 0 and self._monotonic() >= self._due_after)

    def _take_result(self, coming: asyncio.Task[Base | None]) -> bool:
        """The watchlist in force lacks nothing when a new base could not be compiled: it is tried again later."""
        error = coming.exception()
        base = None if error is not None else coming.result()
        if base is not None and base.revision > self._builder.revision:
            return False  # its maker has read further; so will this process
        self._coming = None
        if error is not None:
            logger.warning("compiling the watchlist anew failed (%s); trying again later", type(error).__name__)
            self._not_before = self._monotonic() + RETRY_SECONDS
        elif base is None:
            self._not_before = self._monotonic() + TURN_SECONDS
        else:
            self._take(base)
        return base is not None

    def _take(self, base: Base) -> None:
        if base.number:
            self._builder.adopt(base)
        elif self._sharing is not None and self._sharing.held is not None:
            if self._builder.take(base):
                self._note(self._sharing.held.compiled_seconds, self._sharing.age_seconds() or 0.0)
            else:
                self._sharing.leave()
        self._known, self._place = self._builder.base, None

    def _note(self, seconds: float, ago: float = 0.0) -> None:
        self._seconds = seconds
        self._due_after = self._monotonic() - ago + seconds / SHARE
