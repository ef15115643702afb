"""What runs beside a worker (writer, sweeper, pictures): child processes that die with it, started again for ever."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from streams.processes.children import Child, ChildFailed, ChildProgram

logger = logging.getLogger(__name__)
LONG_PAUSE_SECONDS = 15.0


@asynccontextmanager
async def running_beside(name: str, arguments: Sequence[str], logs: Path, worker_id: str) -> AsyncIterator[Child]:
    """Keep `rightswatch ARGUMENTS` running while the block runs; it writes its log into the folder `logs`."""
    program = ChildProgram(name, arguments, logs / f"{name}-{worker_id}.log")
    child = Child(program, time.monotonic, lambda line: logger.error("%s", line))
    task = asyncio.create_task(_keep_running(child), name=f"{name}-child")
    try:
        yield child
    finally:
        await child.stop()
        task.cancel()
        await asyncio.wait([task])


async def _keep_running(child: Child) -> None:
    while True:
        try:
            return await child.keep_running()
        except ChildFailed as error:
            logger.error("%s; trying again: its work waits meanwhile", error)  # noqa: TRY400 - no trace wanted
            await asyncio.sleep(LONG_PAUSE_SECONDS)
