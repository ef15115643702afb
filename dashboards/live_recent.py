"""Frames of late, by the place where they begin: each leads to the next, so whoever comes back walks along them.

When a network comes back, or this process, hundreds of browsers ask at once for what they missed, and mostly for the
same. Made once and kept here, that costs the store one question and each browser only what is sent to it.
"""

from __future__ import annotations

from collections import OrderedDict

from dashboards.live_frames import Frame


class RecentFrames:
    """The newest frames, of so many bytes together."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._frames: OrderedDict[str, Frame] = OrderedDict()

    def __contains__(self, place: str) -> bool:
        return place in self._frames

    def after(self, place: str) -> Frame | None:
        """What a reader who stands there reads next."""
        return self._frames.get(place)

    def keep(self, frame: Frame) -> None:
        """A frame of alerts. The oldest ones go for it."""
        if frame.after is None or frame.after in self._frames:
            return
        self._frames[frame.after] = frame
        self._size += len(frame.payload)
        while self._size > self._capacity:
            self._size -= len(self._frames.popitem(last=False)[1].payload)

    def clear(self) -> None:
        self._frames.clear()
        self._size = 0
