"""Keeps one part running: starts it on a free port, waits until it answers, starts it again when it dies, ends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import clickhouse_driver.errors

from streams.embedded import bootstrap
from streams.embedded.errors import PartError
from streams.embedded.layout import PRIVATE_DIRECTORY, log_tail, open_log
from streams.embedded.parts import Part
from streams.embedded.ports import free_port, is_taken

logger = logging.getLogger(__name__)

NOT_READY = (OSError, EOFError, TimeoutError, clickhouse_driver.errors.Error)
START_SECONDS = 40.0
POLL_SECONDS = 0.05
ANSWER_SECONDS = 5.0  # for one attempt at the protocol
PORTS_TO_TRY = 5
RESTARTS = 5  # in a row; a part that ran for a minute has earned a new count
SETTLED_SECONDS = 60.0
END_SECONDS = 10.0
LOG_LIMIT_BYTES = 16_000_000


class ManagedPart:
    """One part and the process that serves it. Use from one event loop, which must run in the main thread."""

    def __init__(
        self, part: Part, home: Path, *, inherited: tuple[int, ...] = (), choose_port: Callable[[], int] = free_port
    ) -> None:
        """`inherited` are descriptors that the process is to hold as long as it lives."""
        self._part = part
        self._home = home
        self._inherited = inherited
        self._choose_port = choose_port
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.port: int | None = None

    @property
    def log(self) -> Path:
        return self._home / "output.log"

    async def ensure_started(self) -> int:
        """Start it unless it runs, and return its port.

        Raises:
            PartError: it does not start; the error carries the end of its log.
        """
        async with self._starting:
            if self.port is None:
                self.port = await self._start_on_some_port()
                self._keeper = asyncio.create_task(self._keep(self.port))
            return self.port

    async def stop(self) -> None:
        """End it: as cleanly as it can, at the latest by SIGKILL."""
        async with self._starting:
            if self._keeper is not None:
                self._keeper.cancel()
                await asyncio.wait([self._keeper])
            port, self.port = self.port, None
            await self._end_process(port)

    async def _start_on_some_port(self) -> int:
        for attempt in range(1, PORTS_TO_TRY + 1):
            port = self._choose_port()
            try:
                await self._start(port)
            except PartError:
                lost_the_race = is_taken(port)
                if not lost_the_race or attempt == PORTS_TO_TRY:
                    raise
                logger.warning("%s: port %d was taken meanwhile; trying another", self._part.name, port)
            else:
                return port
        raise AssertionError("unreachable")

    async def _start(self, port: int) -> None:
        try:
            self._process = await self._spawn(port)
        except OSError as error:
            raise self._failed(f"cannot be started in {self._home}: {error}") from error
        try:
            await self._until_ready(self._process, port)
        except BaseException:
            await self._end_process(None)
            raise
        logger.info("%s: ready on port %d, process %d", self._part.name, port, self._process.pid)

    async def _spawn(self, port: int) -> asyncio.subprocess.Process:
        self._home.mkdir(parents=True, exist_ok=True, mode=PRIVATE_DIRECTORY)
        command = self._part.prepare(self._home, port)
        launcher = (sys.executable, "-I", "-S", bootstrap.__file__, str(os.getpid()))
        output = open_log(self.log)
        try:
            return await asyncio.create_subprocess_exec(
                *launcher,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._home,
                pass_fds=self._inherited,
            )
        finally:
            os.close(output)

    async def _until_ready(self, process: asyncio.subprocess.Process, port: int) -> None:
        ended = asyncio.create_task(process.wait())
        answered = asyncio.create_task(self._poll(port))
        try:
            await asyncio.wait((ended, answered), timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise self._failed(f"ended with exit code {process.returncode} while starting")
            if not answered.done():
                raise self._failed(f"did not answer on port {port} within {START_SECONDS:g} s")
            answered.result()
        finally:
            ended.cancel()
            answered.cancel()

    async def _poll(self, port: int) -> None:
        while True:
            with contextlib.suppress(*NOT_READY):
                async with asyncio.timeout(ANSWER_SECONDS):
                    if await self._part.is_ready(port):
                        return
            await asyncio.sleep(POLL_SECONDS)

    async def _keep(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        restarts = 0
        while self._process is not None:
            since = loop.time()
            await self._watch(self._process)
            restarts = 1 if loop.time() - since > SETTLED_SECONDS else restarts + 1
            if restarts > RESTARTS:
                break
            loss = "; all its topics are lost" if self._part.name == "kafka" else ""
            logger.error(
                "%s: ended by itself with exit code %s%s; starting it again, see %s",
                *(self._part.name, self._process.returncode, loss, self.log),
            )
            await asyncio.sleep(0.1 * 2**restarts)
            try:
                await self._start(port)
            except PartError:
                logger.exception("%s: did not come back", self._part.name)
                break
        logger.error("%s: given up; the next process that attaches tries again", self._part.name)
        self.port = None

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Wait for its end, and keep what it writes from filling the disk."""
        while not await _has_ended(process, SETTLED_SECONDS):
            with contextlib.suppress(OSError):
                if self.log.stat().st_size > LOG_LIMIT_BYTES:
                    os.truncate(self.log, 0)

    async def _end_process(self, port: int | None) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if port is not None:
            with contextlib.suppress(*NOT_READY):
                if await self._part.ask_to_end(port) and await _has_ended(process, END_SECONDS):
                    return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            if await _has_ended(process, END_SECONDS):
                return
            process.kill()
        await process.wait()

    def _failed(self, problem: str) -> PartError:
        tail = log_tail(self.log)
        remedy = f"if its data are damaged, move {self._home} away to start afresh; else see {self.log}"
        return PartError(part=self._part.name, problem=problem, remedy=remedy, log_tail=tail)


async def _has_ended(process: asyncio.subprocess.Process, seconds: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    return True
