"""What those who wait for news may see, asked once for all with the same limits, however many streams they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dashboards.access.principal import Principal
from sinks.visible import Visible

FRESH_SECONDS = 5.0  # so long an answer is taken for true: rights change hands
Limits = tuple[frozenset[str] | None, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class _Answer:
    asked_at: float
    visible: Visible


class Sights:
    """Used by one event loop, whose time it takes. `ask` raises what `of` raises."""

    def __init__(self, ask: Callable[[Principal], Awaitable[Visible]]) -> None:
        self._ask = ask
        self._answers: dict[Limits, _Answer] = {}
        self._asking: dict[Limits, asyncio.Task[Visible]] = {}

    async def of(self, principal: Principal) -> Visible:
        """What it may see, at most FRESH_SECONDS old. Asked again before that, so that hardly anybody waits for it.

        Raises:
            Problem: 503, nobody can say now.
        """
        if principal.holders is None:
            return Visible(regions=principal.regions)
        limits = (principal.holders, principal.regions)
        answer, now = self._answers.get(limits), asyncio.get_running_loop().time()
        if answer is None or now - answer.asked_at > FRESH_SECONDS:
            return await asyncio.shield(self._asked(limits, principal))
        if now - answer.asked_at > FRESH_SECONDS / 2:
            self._asked(limits, principal)
        return answer.visible

    def _asked(self, limits: Limits, principal: Principal) -> asyncio.Task[Visible]:
        asking = self._asking.get(limits)
        if asking is None:
            asking = self._asking[limits] = asyncio.create_task(self._keep(limits, principal))
            asking.add_done_callback(lambda done: self._end(limits, done))
        return asking

    async def _keep(self, limits: Limits, principal: Principal) -> Visible:
        now = asyncio.get_running_loop().time()
        visible = await self._ask(principal)
        old = [one for one, answer in self._answers.items() if now - answer.asked_at > FRESH_SECONDS]
        for one in old:
            del self._answers[one]
        self._answers[limits] = _Answer(now, visible)
        return visible

    def _end(self, limits: Limits, done: asyncio.Task[Visible]) -> None:
        del self._asking[limits]
        if not done.cancelled():
            done.exception()  # who waits has it; where nobody does, the next one asks again
