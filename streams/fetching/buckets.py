"""Token buckets: how often something may happen. The clock is handed in as a number; nothing waits here."""

from __future__ import annotations

from collections import OrderedDict


class TokenBucket:
    """`rate` tokens a second, at most `burst` saved up."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = max(1.0, burst)
        self._tokens = self._burst
        self._at = now

    def reserve(self, now: float, most_seconds: float) -> float | None:
        """Seconds to wait before going on, with the token taken; None, and none taken, if that were too long."""
        self._refill(now)
        wait = max(0.0, (1.0 - self._tokens) / self._rate)
        if wait > most_seconds:
            return None
        self._tokens -= 1.0
        return wait

    def is_full(self, now: float) -> bool:
        self._refill(now)
        return self._tokens >= self._burst

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)


class TokenBuckets:
    """One bucket for each key, of the keys used last: a key that was forgotten starts full."""

    def __init__(self, *, rate: float, burst: float, max_keys: int) -> None:
        self._rate = rate
        self._burst = burst
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, key: str, now: float) -> bool:
        """Whether there was a token, which is then gone."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(self._rate, self._burst, now)
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket.reserve(now, 0.0) is not None
