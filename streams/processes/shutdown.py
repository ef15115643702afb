"""The ways a process of ours ends."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from typing import NoReturn


def end_now(code: int) -> NoReturn:
    """End at once: no commit, no cleaning up, whatever thread asks. What was in hand is done again elsewhere."""
    logging.shutdown()
    os._exit(code)


def stop_on_signals(stop: asyncio.Event) -> Callable[[], None]:
    """SIGTERM and Ctrl-C set the event; a second one ends the process the hard way. Returns how to undo it."""
    loop = asyncio.get_running_loop()

    def handle(number: int) -> None:
        loop.remove_signal_handler(number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, handle, number)

    def undo() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    return undo
