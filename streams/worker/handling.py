"""What becomes of a page when something goes wrong: tried again, waited for, kept as a dead letter, never lost.

What handles pages shares these rules: nothing leaves but the end of the process, which leaves the page uncommitted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from detectors.records import Page
from streams.broker.batches import Message
from streams.broker.messages import dead_letter_bytes, whole_page_dead
from streams.broker.producer import Sender
from streams.broker.retry import Retry
from streams.broker.topics import Topics
from streams.log_lines.traces import tracing
from streams.metrics import Stages
from streams.worker.in_hand import InHand, page_key

logger = logging.getLogger(__name__)
OWN_FAULT_EXIT = 70
STOPPED_UNSENT_EXIT = 75
SEND_STAGE = "send"

End = Callable[[int], NoReturn]
Result = TypeVar("Result")


class Unsent(Exception):
    """The broker did not acknowledge everything; the rest is sent again."""


@dataclass(kw_only=True)
class Handling:
    """How one process handles pages."""

    sender: Sender
    topics: Topics
    stages: Stages
    executor: Executor  # one thread: the kernels give up the interpreter lock, and the event loop stays free
    is_stopping: Callable[[], bool]
    end: End  # ends the process at once, without a commit, so that the page is handled again
    max_pause_seconds: float
    failed_pages_limit: int
    in_hand: InHand | None = None  # None: a page that kills the process kills the next one too
    on_refusal: Callable[[], None] = lambda: None  # told of each try that the broker did not acknowledge
    _failed_in_a_row: Counter[str] = field(default_factory=Counter, init=False)  # by stage

    async def guard(self, work: Awaitable[None], message: Page) -> None:
        """Await all that is done about a message; what is logged meanwhile names it. Our own fault ends the process."""
        with tracing(message):
            try:
                await work
            except Exception:
                logger.critical(
                    "%s/%d@%d cannot be handled: the fault is ours; ending without a commit, so that it is screened "
                    "again",
                    *(message.topic, message.partition, message.offset),
                    exc_info=True,
                )
                self.end(OWN_FAULT_EXIT)

    async def attempt(self, stage: str, page: Page, work: Callable[[], Result]) -> Result | None:
        """The work's result, in the executor; None after two failures, and then the page is to be a dead letter.

        None too, without a try, for a page that processes have died of.
        """
        key = page_key(page.topic, page.partition, page.offset)
        if self.in_hand is not None and self.in_hand.is_deadly(key):
            logger.critical("%s ends the process each time: the fault is ours; it becomes a dead letter", key)
            return None
        loop = asyncio.get_running_loop()
        for attempt in (1, 2):
            try:
                with self.in_hand.holding(key) if self.in_hand is not None else nullcontext():
                    result = await loop.run_in_executor(self.executor, copy_context().run, work)
            except Exception as error:  # noqa: BLE001 - whatever it is, the page must not be lost
                _log_failure(page, attempt, error)
                self.stages.retried(stage)
            else:
                self._failed_in_a_row[stage] = 0
                return result
        self._failed_in_a_row[stage] += 1
        if self._failed_in_a_row[stage] >= self.failed_pages_limit:
            logger.critical(
                "screening failed for %d pages in a row: the fault is ours; ending without a commit, so that they are "
                "screened again. See the errors above; `rightswatch doctor` checks the installation",
                self._failed_in_a_row[stage],
            )
            self.end(OWN_FAULT_EXIT)
        return None

    async def send(self, page: Page, messages: Sequence[Message]) -> dict[TopicPartition, int]:
        """Where the messages end in their topics, once all are acknowledged; asks again only for what is not."""
        remaining = [self._fitting(page, message) for message in messages]
        ends: dict[TopicPartition, int] = {}

        async def attempt() -> None:
            nonlocal remaining
            sent = await self.sender.send_all(remaining)
            remaining = sent.unsent
            ends.update(sent.ends)
            if remaining:
                raise Unsent(f"{len(remaining)} of {len(messages)} messages not acknowledged: {sent.reason}")

        retry = Retry(
            what="sending a page's results to the broker",
            errors=(Unsent, KafkaError, OSError),
            max_pause_seconds=self.max_pause_seconds,
            on_failure=self._refused,
            give_up=self.is_stopping,
        )
        try:
            await retry.run(attempt)
        except (Unsent, KafkaError, OSError):
            logger.warning("stopping while the broker is away: the page is not committed and will be screened again")
            self.end(STOPPED_UNSENT_EXIT)
        return ends

    def _refused(self) -> None:
        self.stages.retried(SEND_STAGE)
        self.on_refusal()

    def _fitting(self, page: Page, message: Message) -> Message:
        """The message, or in its place the proof that it could not be sent: the broker would never take it."""
        if self.sender.fits(message):
            return message
        self.stages.dropped(SEND_STAGE, "too_large", 1)
        letter = whole_page_dead(page, "result_too_large")
        return Message(self.topics.dead, message.key, dead_letter_bytes(letter))


def _log_failure(page: Page, attempt: int, error: Exception) -> None:
    logger.error(
        "screening %s/%d@%d failed (try %d of 2)", page.topic, page.partition, page.offset, attempt, exc_info=error
    )
