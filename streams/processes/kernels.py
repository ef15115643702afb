"""What takes its time is loaded before the first page: the kernels and the goods lexicon."""

from __future__ import annotations

import logging

from detectors.kernels.jit import KERNELS
from detectors.tables import MADE_HERE
from detectors.warm_up import warm_up
from streams.processes.memory import give_back_memory

logger = logging.getLogger(__name__)


def load_kernels() -> None:
    """Load every kernel from the cache that `make env` filled. Without it, compile: that takes seconds a process."""
    warm_up()
    give_back_memory()
    if MADE_HERE:
        logger.warning(
            "no saved tables fit (%s): they were made for this process alone; run `make env`", ", ".join(MADE_HERE)
        )
    compiled = sum(sum(kernel.stats.cache_misses.values()) for kernel in KERNELS.values())
    if compiled:
        logger.warning(
            "%d kernels were not in the cache and were compiled for this process alone; run `make env`", compiled
        )
