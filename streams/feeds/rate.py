"""A feed's rate that a person can change while it runs: a small file with a number in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

LOOK_INTERVAL_SECONDS = 0.5


class RateFile:
    """Listings per second as the file says, else `default`. A file that holds no number is passed over."""

    def __init__(self, path: Path, default: float, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._rate = default
        self._monotonic = monotonic
        self._looked = -math.inf

    def __call__(self) -> float:
        now = self._monotonic()
        if now - self._looked >= LOOK_INTERVAL_SECONDS:
            self._looked = now
            self._rate = self._read()
        return self._rate

    def _read(self) -> float:
        try:
            rate = float(self._path.read_text("ascii")[:32])
        except (OSError, ValueError):
            return self._rate
        return rate if math.isfinite(rate) and rate >= 0 else self._rate
