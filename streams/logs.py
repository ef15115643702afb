"""Logging of a process of ours: one line each on stderr. INFO is lifecycle only; nothing is logged per listing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

FORMAT = "%(asctime)sZ %(levelname)s %(process)d %(name)s: %(message)s"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
# They report every reconnection and rebalance at INFO, and Faust prints tables.
NOISY = ("faust", "mode", "aiokafka", "aiohttp.access", "asyncio", "streams.worker.faust_transport")
REPEAT_SECONDS = 10.0
REMEMBERED = 1_000


class FewRepeats(logging.Filter):
    """Lets the same complaint through once in ten seconds: a broker that is away brings hundreds a second."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key = (record.name, str(record.msg))
        now = self._monotonic()
        if now - self._last.get(key, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        if len(self._last) >= REMEMBERED:
            self._last.clear()
        self._last[key] = now
        return True


def configure_logging(level: int = logging.INFO) -> None:
    """Call once at the start of a process."""
    formatter = logging.Formatter(FORMAT, TIME_FORMAT)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(FewRepeats())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
