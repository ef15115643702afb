"""Which page is in hand, so that every log line about it names it: the trace from a listing's page to its alerts.

A trace is the page itself. Its id is the first half of the page's digest, in 32 hexadecimal digits as W3C's trace
context and OpenTelemetry write one: whatever knows the page (an alert, a dead letter, a proof, a message of `pictures`,
a stored row) knows the id, a replay has the same, and nothing needs to be carried along or computed for it. The same
bytes sent twice share it; their lines differ in place, which every line names too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from detectors.records import Page

ID_DIGITS = 32
ATTRIBUTE = "trace"  # of a log record

_in_hand: ContextVar[Page | None] = ContextVar("page_in_hand", default=None)


@dataclass(frozen=True, slots=True)
class Trace:
    """The page that a log line is about, and where the broker has it. `page` is its digest in hex."""

    page: str
    topic: str = ""
    partition: int = -1
    offset: int = -1

    @property
    def id(self) -> str:
        return trace_id(self.page)


def trace_id(page: str) -> str:
    """Of the page with this digest."""
    return page[:ID_DIGITS]


@contextmanager
def tracing(page: Page) -> Iterator[None]:
    """Log lines of this task, and of what it starts, are about the page while the block runs."""
    token = _in_hand.set(page)
    try:
        yield
    finally:
        _in_hand.reset(token)


def current_trace() -> Trace | None:
    """Of the page in hand; its digest is computed only now, when a line is written."""
    page = _in_hand.get()
    return None if page is None else Trace(page.digest, page.topic, page.partition, page.offset)


def about(page: str, topic: str, partition: int, offset: int) -> dict[str, Trace]:
    """`extra` of a log call where no page is in hand: a line about one of many."""
    return {ATTRIBUTE: Trace(page, topic, partition, offset)}
