"""What runs beside a worker (writer, sweeper, pictures): child processes that die with it, started again for ever."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streams.configuration.sections import WatchSettings
from streams.processes.children import Child, ChildProgram

logger = logging.getLogger(__name__)


@asynccontextmanager
async def running_beside(program: ChildProgram, watch: WatchSettings) -> AsyncIterator[Child]:
    """Keep the program running while the block runs."""
    child = Child(program, time.monotonic, logger.error, watch)
    task = asyncio.create_task(child.keep_running(), name=f"{program.name}-child")
    try:
        yield child
    finally:
        await child.stop()
        task.cancel()
        await asyncio.wait([task])
