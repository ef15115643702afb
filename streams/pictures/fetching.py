"""A message's pictures: fetched, patiently where a host is busy, and looked at, each content once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from detectors.errors import RightswatchError
from detectors.pictures.fingerprint import USABLE_QUALITY
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Seen
from detectors.watchlist import Watchlist
from streams.configuration.sections import PicturesSettings
from streams.fetching.caches import BoundedMap
from streams.fetching.fetcher import Fetcher, Outcome
from streams.fetching.hosts import Sleep
from streams.fetching.outcomes import Fetched, Reason, Refused
from streams.metrics import PictureMetrics
from streams.pictures.examining import Examine, Worth
from streams.worker.in_hand import InHand
from streams.worker.screener import Clock

logger = logging.getLogger(__name__)
STAGE = "see"
FAILED_IN_A_ROW = 20  # so many pictures and not one good between them: the fault is ours
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 8.0
_OURS_TO_WAIT_FOR = frozenset({Reason.HOST_BUSY, Reason.BUSY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was fetched. `content` is None where nothing speaks for an alert, or too much was held already."""

    seen: Seen | Refusal
    fetched_at: datetime
    media_type: str
    final_url: str = field(repr=False)
    content: bytes | None = field(repr=False)


class Room:
    """Bytes of pictures that were fetched and not looked at yet: while they are too many, no further fetch begins."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._free = asyncio.Event()
        self._free.set()

    async def wait(self) -> None:
        await self._free.wait()

    def change(self, by: int) -> None:
        self._bytes += by
        if self._bytes < self._most:
            self._free.set()
        else:
            self._free.clear()


@dataclass(kw_only=True)
class PictureFetching:
    """Fetches and looks; use from one event loop."""

    fetcher: Fetcher
    examine: Examine
    executor: Executor  # one thread: it alone asks what was seen before
    settings: PicturesSettings
    metrics: PictureMetrics
    clock: Clock
    queue_age_seconds: Callable[[], float]
    in_hand: InHand | None = None  # None: a picture that kills the process does so again and again
    monotonic: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep

    def __post_init__(self) -> None:
        self._room = Room(self.settings.unseen_bytes)
        self._failed_in_a_row = 0
        self._seen_before: BoundedMap[str, Seen | Refusal] = BoundedMap(self.settings.seen_pictures, self.monotonic)

    async def pictures(self, risks: dict[str, float], watchlist: Watchlist) -> dict[str, Picture]:
        """The pictures behind URLs; those that could not be fetched or looked at are missing, and counted.

        risks : of each URL's listings. watchlist : says whose bytes are worth holding.
        """
        slots = asyncio.Semaphore(self.settings.fetches)
        held = _Held(self.settings.held_bytes)

        async def one(url: str, risk: float) -> Picture | None:
            outcome = await self._patiently(url, slots)
            if not isinstance(outcome, Fetched):
                self.metrics.pictures.labels("not_fetched").inc()
                return None
            return await self._look(outcome, risk, watchlist, held)

        found = await asyncio.gather(*(one(url, risk) for url, risk in risks.items()))
        return {url: picture for url, picture in zip(risks, found, strict=True) if picture is not None}

    async def again(self, url: str, digest: str) -> Fetched | None:
        """The same picture once more, out of the cache most likely; None where the URL leads to another one by now."""
        outcome = await self.fetcher.fetch(url)
        return outcome if isinstance(outcome, Fetched) and outcome.digest == digest else None

    async def _patiently(self, url: str, slots: asyncio.Semaphore) -> Outcome:
        """A host whose budget is spent is asked again for a while: a large shop has one host for all its pictures."""
        deadline = self.monotonic() + self.settings.patience_seconds
        pause = FIRST_PAUSE_SECONDS
        while True:
            async with slots:
                await self._room.wait()
                outcome = await self.fetcher.fetch(url)
                if isinstance(outcome, Fetched):
                    self._room.change(len(outcome.content))
                    return outcome
            is_ours = isinstance(outcome, Refused) and outcome.reason in _OURS_TO_WAIT_FOR
            if not is_ours or self.monotonic() + pause > deadline:
                return outcome
            await self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _look(self, fetched: Fetched, risk: float, watchlist: Watchlist, held: _Held) -> Picture | None:
        """None where our code fails on it: otherwise a picture that somebody made for that would stop all others.

        Raises:
            Exception: of the last of many in a row.
        """
        loop = asyncio.get_running_loop()
        see = partial(self._see, fetched, risk, self.queue_age_seconds(), watchlist)
        try:
            seen, is_wanted = await loop.run_in_executor(self.executor, see)
            self._failed_in_a_row = 0
        except DeadlyPicture as error:
            self.metrics.pictures.labels("failed").inc()
            logger.critical("%s: the fault is ours, and it is left out", error)
            return None
        except Exception:
            self.metrics.pictures.labels("failed").inc()
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= FAILED_IN_A_ROW:
                raise
            logger.exception("picture %s cannot be looked at: the fault is ours, and it is left out", fetched.digest)
            return None
        finally:
            self._room.change(-len(fetched.content))
        is_held = is_wanted and held.take(len(fetched.content))
        return Picture(
            seen=seen,
            fetched_at=self.clock(),
            media_type=fetched.media_type,
            final_url=fetched.final_url,
            content=fetched.content if is_held else None,
        )

    def _see(
        self, fetched: Fetched, risk: float, queue_age_seconds: float, watchlist: Watchlist
    ) -> tuple[Seen | Refusal, bool]:
        started = time.perf_counter()
        before = self._seen_before.get(fetched.digest)
        outcome = "seen" if before is None else "seen_before"
        worth = Worth(risk=risk, queue_age_seconds=queue_age_seconds, before=before)
        seen = self._examine(fetched, worth)
        if seen is not before:
            self._seen_before.put(fetched.digest, seen)
        self.metrics.pictures.labels(seen.value if isinstance(seen, Refusal) else outcome).inc()
        is_wanted = isinstance(seen, Seen) and may_alert(seen, watchlist)
        self.metrics.stages.took(STAGE, time.perf_counter() - started)
        return seen, is_wanted

    def _examine(self, fetched: Fetched, worth: Worth) -> Seen | Refusal:
        """Raises DeadlyPicture for one that processes have died of; and whatever our code does."""
        if self.in_hand is None:
            return self.examine(fetched.content, worth)
        key = f"picture {fetched.digest}"
        if self.in_hand.is_deadly(key):
            raise DeadlyPicture(f"{key} ends the process each time it is looked at")
        with self.in_hand.holding(key):
            return self.examine(fetched.content, worth)


class DeadlyPicture(RightswatchError):
    """Decoding or looking at it has ended the process before, again and again."""


def may_alert(seen: Seen, watchlist: Watchlist) -> bool:
    """Whether there is anything in the picture that could be about a right."""
    prints = seen.look.fingerprints
    near = watchlist.pictures_near(prints.words[prints.qualities >= USABLE_QUALITY])
    return bool(seen.close or seen.lines) or len(near.queries) > 0


class _Held:
    """How many bytes of a message's pictures are held until its alerts are known."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, count: int) -> bool:
        if count > self._left:
            return False
        self._left -= count
        return True
