"""Try again with growing pauses: the one way this service waits for a server in trouble."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sinks.errors import StoreNotReady

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
FIRST_PAUSE_SECONDS = 0.05
REMIND_SECONDS = 60.0  # what still fails is said again so often


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What to wait for, how long at most between two tries, and whom to tell.

    Tables that are not made yet are what every first start begins with: they are waited for in one quiet line, unless
    they stay away.
    """

    what: str  # names the place in the log
    errors: tuple[type[Exception], ...]
    max_pause_seconds: float
    on_failure: Callable[[], None] = lambda: None
    give_up: Callable[[], bool] = lambda: False  # asked after each failure; then the error is raised
    monotonic: Callable[[], float] = time.monotonic

    async def run(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """The action's result; waits as long as it takes.

        Raises:
            The action's own error when `give_up` says so, or when it is none of `errors`.
        """
        pause = FIRST_PAUSE_SECONDS
        failures, alarmed = 0, False
        began = said = self.monotonic()
        while True:
            try:
                result = await action()
            except self.errors as error:
                failures += 1
                self.on_failure()
                now = self.monotonic()
                is_new = isinstance(error, StoreNotReady)
                if is_new and failures == 1:
                    logger.info("%s waits for the tables to be made (%s)", self.what, error)
                elif not is_new and not alarmed:
                    alarmed = True
                    logger.warning("%s failed (%s); trying again", self.what, error)
                elif now - said >= REMIND_SECONDS:
                    alarmed, said = True, now
                    logger.warning(
                        "%s has failed for %.0f s, %d times (%s); waiting for it, nothing is lost",
                        *(self.what, now - began, failures, error),
                    )
                if self.give_up():
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, self.max_pause_seconds)
            else:
                if alarmed:
                    logger.warning("%s works again after %d failures", self.what, failures)
                return result
