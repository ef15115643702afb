"""One reader of the Redis stream, many browsers: alerts are read once, made into frames once, and fanned out.

A client that cannot keep up is dropped, never waited for. It comes back with the id it saw last and is caught up from
the frames of late, or from Redis up to where those begin; where Redis no longer has its place it is told so with a
`gap` event and reads the history instead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from dashboards.live_frames import Entry, Frame, alerts_event, alerts_of, changes_event, event, is_change, runs_of
from dashboards.live_recent import RecentFrames
from dashboards.metrics import WebMetrics
from dashboards.ports import Clock, LiveStream
from dashboards.problems import Problem
from dashboards.pulse import Pulse, PulseMeter
from dashboards.right_names import RightNames
from dashboards.settings import WebSettings
from detectors.records import timestamp_text
from sinks.errors import LiveUnavailable
from sinks.live import LiveRead

BLOCK_MS = 1000
NAMES_SECONDS = 0.5  # that alerts wait for the names of their rights
RECENT_BYTES = 16 << 20  # a hundred seconds of a hundred alerts a second
LOOKED_UP_BYTES = 4 << 20
log = logging.getLogger(__name__)


class LiveClient:
    """One open live stream's queue, holding all that came behind `start`. None in it means: end here."""

    def __init__(self, frames: int, start: str | None) -> None:
        self.start = start
        self.queue: asyncio.Queue[Frame | None] = asyncio.Queue(maxsize=frames + 1)
        self._frames = frames
        self.dropped = False

    def offer(self, frame: Frame, *, droppable: bool = False) -> bool:
        """Queue a frame. False when the client has fallen too far behind and is now being ended."""
        if self.dropped or (droppable and not self.queue.empty()):
            return True
        if self.queue.qsize() >= self._frames:
            self.end()
            return False
        self.queue.put_nowait(frame)
        return True

    def end(self) -> None:
        if not self.dropped:
            self.dropped = True
            self.queue.put_nowait(None)


class LiveHub:
    """Reads the stream and the workers' pulse, and hands both to every client."""

    def __init__(
        self, live: LiveStream, names: RightNames, *, settings: WebSettings, metrics: WebMetrics, clock: Clock
    ) -> None:
        self._live = live
        self._names = names
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self._meter = PulseMeter(timedelta(seconds=settings.worker_stale_seconds))
        self._clients: set[LiveClient] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._recent = RecentFrames(RECENT_BYTES)
        self._looked_up = RecentFrames(LOOKED_UP_BYTES)
        self._looking: dict[str, asyncio.Task[Frame | None]] = {}  # by the place that is looked up
        self.position: str | None = None  # the last id read; None while Redis was never reached
        self.reachable = False

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._read_forever()), asyncio.create_task(self._pulse_forever())]

    def end_clients(self) -> None:
        """End every live stream, so that the server can stop; browsers come back by themselves."""
        for client in self._clients:
            client.end()

    async def close(self) -> None:
        tasks = [*self._tasks, *self._looking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def subscribe(self) -> Iterator[LiveClient]:
        """A client that receives every frame from here on.

        Raises:
            Problem: 503 when too many are open.
        """
        if len(self._clients) >= self._settings.max_live_clients:
            raise Problem(503, "too_many_clients", "live: too many open live streams; close some pages")
        client = LiveClient(self._settings.live_queue_frames, self.position)
        self._clients.add(client)
        self._metrics.live_clients.set(len(self._clients))
        try:
            yield client
        finally:
            self._clients.discard(client)
            self._metrics.live_clients.set(len(self._clients))

    async def catch_up(self, after: str) -> AsyncIterator[Frame]:
        """What a client that stands at `after` has missed up to now: frames, or one `gap`.

        Raises:
            LiveUnavailable: Redis went away; ask again from the last frame's position.
        """
        place: str | None = after
        while place is not None and place != self.position:
            frame = self._recent.after(place) or self._looked_up.after(place) or await self._look_up(place)
            if frame is None:
                return
            if frame.after is None:
                self._metrics.live_gaps.inc()
            yield frame
            place = frame.position

    async def _look_up(self, after: str) -> Frame | None:
        """The frame that begins there, out of Redis; None where nothing is new. All who ask meanwhile get the same."""
        looking = self._looking.get(after)
        if looking is None:
            looking = self._looking[after] = asyncio.create_task(self._read_frame(after))
            looking.add_done_callback(lambda _: self._looking.pop(after))
        return await asyncio.shield(looking)

    async def _read_frame(self, after: str) -> Frame | None:
        """It ends where one of the frames of late begins, if it can: from there on nobody asks Redis again."""
        found = await self._live.read(after, 0)
        ends = (number for number, (place, _) in enumerate(found.entries, 1) if self._is_known(place))
        entries = found.entries[: next(ends, None)]
        frames = await self._frames(after, LiveRead(entries, found.last, found.gap))
        for frame in frames:
            self._looked_up.keep(frame)
        return frames[0] if frames else None

    def _is_known(self, place: str) -> bool:
        return place == self.position or place in self._recent

    async def _frames(self, after: str, found: LiveRead) -> list[Frame]:
        if found.gap:
            return [event("gap", {}, found.last)]
        frames = []
        for run in runs_of(found.entries):
            frames.append(await self._frame(after, run))
            after = run[-1][0]
        return frames

    async def _frame(self, after: str, run: Sequence[Entry]) -> Frame:
        """Entries of one kind: alerts, or new states of groups."""
        if is_change(run[0][1]):
            return changes_event(run, after=after)
        alerts = alerts_of(run)
        return alerts_event(alerts, await self._names.of(alerts, NAMES_SECONDS), run[-1][0], after=after)

    async def _read_forever(self) -> None:
        """Stand at the end of the stream at first; after a failure, go on from where we were."""
        while True:
            try:
                if self.position is None:
                    self.position = await self._live.last_id()
                await self._read_once(self.position)
            except LiveUnavailable as error:
                self._lost(error)
                await asyncio.sleep(self._settings.pulse_seconds)

    async def _read_once(self, after: str) -> None:
        found = await self._live.read(after, BLOCK_MS)
        self.reachable = True
        frames = await self._frames(after, found)
        if found.gap:
            self._forget()
        for frame in frames:
            self._recent.keep(frame)
            self._offer(frame)
        self.position = found.last  # no await since the offers: a new client misses none and gets none twice
        if frames:
            await asyncio.sleep(self._settings.live_interval_seconds)  # what arrives meanwhile leaves as one frame

    def _forget(self) -> None:
        """Redis was emptied: nothing of before leads up to what comes now."""
        self._metrics.live_gaps.inc()
        self._recent.clear()
        self._looked_up.clear()

    def _lost(self, error: LiveUnavailable) -> None:
        if self.reachable:
            log.warning("%s; pages read the history until it is back", error)
        self.reachable = False

    def _offer(self, frame: Frame) -> None:
        for client in self._clients:
            if not client.offer(frame):
                self._metrics.live_dropped.inc()

    async def _pulse_forever(self) -> None:
        while True:
            pulse = await self._pulse()
            frame = replace(event("pulse", pulse.to_json()), instead=event("pulse", pulse.narrowed().to_json()).payload)
            for client in self._clients:
                client.offer(frame, droppable=True)
            await asyncio.sleep(self._settings.pulse_seconds)

    async def _pulse(self) -> Pulse:
        now = self._clock()
        try:
            beats = await self._live.pulse()
        except LiveUnavailable as error:
            self._lost(error)
            return Pulse(at=timestamp_text(now), live=False)
        return self._meter.observe(now, beats)
