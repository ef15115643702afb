"""Logging of a process of ours: one line each on stderr. INFO is lifecycle only; nothing is logged per listing."""

from __future__ import annotations

import logging
import time

FORMAT = "%(asctime)sZ %(levelname)s %(process)d %(name)s: %(message)s"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
# They report every reconnection and rebalance at INFO, and Faust prints tables.
NOISY = ("faust", "mode", "aiokafka", "aiohttp.access", "asyncio")


def configure_logging(level: int = logging.INFO) -> None:
    """Call once at the start of a process."""
    formatter = logging.Formatter(FORMAT, TIME_FORMAT)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
