"""The writer beside a worker: a child process that dies with it and is started again for ever when it ends."""

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
async def writer_beside(arguments: Sequence[str], logs: Path, worker_id: str) -> AsyncIterator[Child]:
    """Keep `rightswatch ARGUMENTS` running while the block runs; it writes its log into the folder `logs`."""
    program = ChildProgram("writer", arguments, logs / f"writer-{worker_id}.log")
    child = Child(program, time.monotonic, lambda line: logger.error("%s", line))
    task = asyncio.create_task(_keep_running(child), name="writer-child")
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
            logger.error("%s; trying again: alerts wait on the broker meanwhile", error)  # noqa: TRY400 - no trace wanted
            await asyncio.sleep(LONG_PAUSE_SECONDS)
