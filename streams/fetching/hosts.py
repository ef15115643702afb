"""How much is asked of one host: so many requests at once, so many a second, none while it wants to be left alone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from streams.fetching.buckets import TokenBucket
from streams.fetching.outcomes import Reason, RefusedError

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBudget:
    """For one host. `suffix_rates` give the hosts below a domain another rate: (`alicdn.com`, 200.0)."""

    concurrency: int
    rate: float  # requests a second
    wait_seconds: float  # for a slot, and again for a token
    suffix_rates: tuple[tuple[str, float], ...] = ()
    max_hosts: int = 10_000  # remembered

    def rate_of(self, host: str) -> float:
        rates = (rate for suffix, rate in self.suffix_rates if host == suffix or host.endswith(f".{suffix}"))
        return next(rates, self.rate)


class _Host:
    __slots__ = ("bucket", "gate", "quiet_until", "users")

    def __init__(self, budget: HostBudget, host: str, now: float) -> None:
        rate = budget.rate_of(host)
        # A host that may be asked more often may be asked more at once, in proportion.
        self.gate = asyncio.Semaphore(max(budget.concurrency, int(rate / budget.rate * budget.concurrency)))
        self.bucket = TokenBucket(rate, rate, now)
        self.quiet_until = now
        self.users = 0


class HostLimits:
    """Bounded: hosts in use, and `max_hosts` of those used last."""

    def __init__(self, budget: HostBudget, monotonic: Callable[[], float], sleep: Sleep) -> None:
        self._budget = budget
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Hold one of the host's slots, with a token taken.

        Raises:
            RefusedError: HOST_BUSY, when that takes longer than the budget's `wait_seconds`.
        """
        state = self._state(host)
        state.users += 1
        try:
            await self._enter(state)
            try:
                await self._token(state)
                yield
            finally:
                state.gate.release()
        finally:
            state.users -= 1

    def quieten(self, host: str, seconds: float) -> None:
        """Ask nothing of the host for so long: it said so."""
        state = self._state(host)
        state.quiet_until = max(state.quiet_until, self._monotonic() + seconds)

    def __len__(self) -> int:
        return len(self._hosts)

    async def _enter(self, state: _Host) -> None:
        if state.quiet_until > self._monotonic():
            raise RefusedError(Reason.HOST_BUSY)
        try:
            async with asyncio.timeout(self._budget.wait_seconds):
                await state.gate.acquire()
        except TimeoutError:
            raise RefusedError(Reason.HOST_BUSY) from None

    async def _token(self, state: _Host) -> None:
        now = self._monotonic()
        wait = None if state.quiet_until > now else state.bucket.reserve(now, self._budget.wait_seconds)
        if wait is None:
            raise RefusedError(Reason.HOST_BUSY)
        if wait > 0:
            await self._sleep(wait)

    def _state(self, host: str) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host(self._budget, host, self._monotonic())
        self._hosts.move_to_end(host)
        while len(self._hosts) > self._budget.max_hosts and next(iter(self._hosts.values())).users == 0:
            self._hosts.popitem(last=False)
        return state
