"""What those who wait for news may see, asked once for all with the same limits, however many streams they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dashboards.access.principal import Principal
from sinks.visible import Visible

FRESH_SECONDS = 5.0  # so long an answer is taken for true: rights change hands
AGAIN_SECONDS = 0.25  # between two questions of the same limits, however fast the watchlist changes
Limits = tuple[frozenset[str] | None, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class _Answer:
    """`revision` is that of the newest alert it holds for: no right that this alert could be about is missing."""

    asked_at: float
    revision: int
    visible: Visible


class Sights:
    """Used by one event loop, whose time it takes. `ask` raises what `of` raises."""

    def __init__(self, ask: Callable[[Principal], Awaitable[Visible]]) -> None:
        self._ask = ask
        self._answers: dict[Limits, _Answer] = {}
        self._asking: dict[Limits, asyncio.Task[_Answer]] = {}

    async def of(self, principal: Principal, revision: int = 0) -> Visible:
        """What it may see, at most FRESH_SECONDS old. Asked again before that, so that hardly anybody waits for it.

        `revision` is the watchlist's of an alert that is to be shown. A right that is newer than the answer may be its
        own, and the alert must not be kept from it: then it is asked first.

        Raises:
            Problem: 503, nobody can say now.
        """
        if principal.holders is None:
            return Visible(regions=principal.regions)
        limits = (principal.holders, principal.regions)
        answer = self._answers.get(limits)
        if answer is not None and _holds(answer, revision):
            if _age(answer) > FRESH_SECONDS / 2:
                self._asked(limits, principal, revision)
            return answer.visible
        answer = await asyncio.shield(self._asked(limits, principal, revision))
        if not _holds(answer, revision):  # the question was under way already, and asked too early: the next cannot be
            answer = await asyncio.shield(self._asked(limits, principal, revision))
        return answer.visible

    def _asked(self, limits: Limits, principal: Principal, revision: int) -> asyncio.Task[_Answer]:
        asking = self._asking.get(limits)
        if asking is None:
            asking = self._asking[limits] = asyncio.create_task(self._keep(limits, principal, revision))
            asking.add_done_callback(lambda done: self._end(limits, done))
        return asking

    async def _keep(self, limits: Limits, principal: Principal, revision: int) -> _Answer:
        before = self._answers.get(limits)
        if before is not None and _age(before) < AGAIN_SECONDS:
            await asyncio.sleep(AGAIN_SECONDS - _age(before))
        now = asyncio.get_running_loop().time()
        visible = await self._ask(principal)
        old = [one for one, answer in self._answers.items() if now - answer.asked_at > FRESH_SECONDS]
        for one in old:
            del self._answers[one]
        # The alert's right was in the list before the alert was made, so nobody asks for that revision twice.
        answer = self._answers[limits] = _Answer(now, max(revision, visible.revision), visible)
        return answer

    def _end(self, limits: Limits, done: asyncio.Task[_Answer]) -> None:
        del self._asking[limits]
        if not done.cancelled():
            done.exception()  # who waits has it; where nobody does, the next one asks again


def _holds(answer: _Answer, revision: int) -> bool:
    return answer.revision >= revision and _age(answer) <= FRESH_SECONDS


def _age(answer: _Answer) -> float:
    return asyncio.get_running_loop().time() - answer.asked_at
