"""Screening one page of a sweep so that a page which raises, or kills its process each time, does not end the sweep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext

from detectors.records import Screening
from streams.worker.in_hand import InHand

logger = logging.getLogger(__name__)
FAILED_PAGES_LIMIT = 20  # in a row: then it is no page's doing


class Attempts:
    """Call it for one page after the other. As in the stream: a fault of ours costs the page, and it is told."""

    def __init__(self, in_hand: InHand | None = None, limit: int = FAILED_PAGES_LIMIT) -> None:
        """`in_hand`: None where a page that kills the process may kill the next one too."""
        self._in_hand = in_hand
        self._limit = limit
        self._failed_in_a_row = 0

    def __call__(self, digest: str, work: Callable[[], Screening]) -> Screening | None:
        """The work's result; None for a page that cannot be screened.

        Raises:
            Exception: what the last of many pages in a row has raised.
        """
        key = f"swept page {digest}"
        if self._in_hand is not None and self._in_hand.is_deadly(key):
            logger.critical("%s ends the process each time: the fault is ours; it becomes a dead letter", key)
            return None
        try:
            with self._in_hand.holding(key) if self._in_hand is not None else nullcontext():
                screening = work()
        except Exception:
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= self._limit:
                raise
            logger.exception("%s cannot be screened: the fault is ours; it becomes a dead letter", key)
            return None
        self._failed_in_a_row = 0
        return screening
