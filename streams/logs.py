"""Logging of a process of ours: one line each on stderr. INFO is lifecycle only; nothing is logged per listing.

A line about a page names it (`log_lines/traces.py`). No line holds a listing's text or a secret: messages are our own
words, what exceptions quote is left out (`faults.py`), passwords are masked (`secrets.py`). DEBUG has a line per page.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from streams.configuration.sections import LogsSettings
from streams.log_lines.formats import JsonLines, TextLines, trace_of
from streams.log_lines.secrets import masking, password_of
from streams.log_lines.traces import ATTRIBUTE, current_trace

if TYPE_CHECKING:
    from streams.settings import Settings

logger = logging.getLogger(__name__)
# They report every reconnection and rebalance at INFO, and Faust prints tables; their DEBUG has messages' contents.
NOISY = ("faust", "mode", "aiokafka", "aiohttp", "asyncio", "clickhouse_driver", "sqlalchemy", "redis", "PIL", "numba")
QUIET_OURS = ("streams.worker.faust_transport",)
REPEAT_SECONDS = 10.0
REMEMBERED = 1_000


class PageInHand(logging.Filter):
    """Writes on a record which page it is about, unless it says so itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        if trace_of(record) is None:
            setattr(record, ATTRIBUTE, current_trace())
        return True


class FewRepeats(logging.Filter):
    """Lets the same complaint about the same page, or about none, through once in ten seconds: a broker that is away
    brings hundreds a second. What is no complaint always passes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._last: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        trace = trace_of(record)
        key = (record.name, str(record.msg), trace.page if trace else "")
        now = self._monotonic()
        if now - self._last.get(key, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        if len(self._last) >= REMEMBERED:
            self._last.clear()
        self._last[key] = now
        return True


def configure_logging(settings: Settings | None = None) -> None:
    """Call once at the start of a process. None: as where nothing is set."""
    logs = settings.logs if settings else LogsSettings()
    level = getattr(logging, logs.level.upper())
    logging.basicConfig(level=level, handlers=[log_handler(logs, secrets_of(settings) if settings else ())], force=True)
    for name in (*NOISY, *QUIET_OURS):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.raiseExceptions = False  # a line that cannot be written would be told with all that was to stand in it
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda failure: _log_uncaught(failure.exc_type, failure.exc_value, failure.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, _: TracebackType | None) -> None:
    """What ends a process or a thread is told like any fault: Python itself would print what it quotes."""
    if not issubclass(kind, KeyboardInterrupt):
        logger.critical("ended by a fault that nothing expected", exc_info=error)


def log_handler(logs: LogsSettings, secrets: Iterator[str] | tuple[str, ...]) -> logging.StreamHandler:  # type: ignore[type-arg]  # the class is generic for the checker alone
    """What writes to stderr in the form that is set."""
    mask = masking(secrets)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(mask) if logs.format == "json" else TextLines(mask))
    handler.addFilter(PageInHand())
    handler.addFilter(FewRepeats())
    return handler


def secrets_of(settings: Settings) -> Iterator[str]:
    """The passwords among the settings."""
    yield settings.kafka.sasl_password
    yield settings.clickhouse.password
    yield password_of(settings.redis.url)
    yield password_of(settings.operational.url)
