"""How many requests one account, key or address may send: a bucket of tokens for each, filled at an even rate."""

from __future__ import annotations

from collections import OrderedDict

MOST_BUCKETS = 10_000  # those that asked longest ago are forgotten: they are full again


class TokenBuckets:
    """Used by one event loop. Moments are in seconds."""

    def __init__(self, *, rate: float, size: int) -> None:
        self._rate = rate
        self._size = float(size)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, who: str, now: float) -> float:
        """0.0: one token was taken. Else the seconds until there will be one."""
        tokens, counted = self._buckets.pop(who, (self._size, now))
        tokens = min(self._size, tokens + max(0.0, now - counted) * self._rate)
        wait = 0.0 if tokens >= 1.0 else (1.0 - tokens) / self._rate
        self._buckets[who] = (tokens if wait else tokens - 1.0, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return wait
