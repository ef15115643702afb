"""Child processes of the launcher: they die with it, are started again when they end, and leave a log.

A child gets its own session, so that Ctrl-C reaches the launcher alone, which then ends the children in order.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detectors.errors import RightswatchError
from streams.embedded.layout import log_tail, open_log

BOOTSTRAP = Path(__file__).parents[1] / "embedded" / "bootstrap.py"
QUICK_SECONDS = 10.0  # a child that ends sooner did not really start
QUICK_ENDS_LIMIT = 3  # so many quick ends in a row: starting it again will not help
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
GRACE_SECONDS = 15.0  # a worker finishes its page and commits


class ChildFailed(RightswatchError):
    """A child process cannot be kept running; the message ends with what it wrote last."""

    def __init__(self, name: str, exit_code: int, log: Path) -> None:
        tail = log_tail(log)
        super().__init__(
            f"the {name} ended {QUICK_ENDS_LIMIT} times right after its start (exit code {exit_code}); its log is {log}"
            + (f" and ends with\n{tail}" if tail else "")
        )


@dataclass(frozen=True, slots=True)
class ChildProgram:
    """What to run: `rightswatch ARGUMENTS`, its output in `log`."""

    name: str
    arguments: Sequence[str]
    log: Path


class Child:
    """One child process, kept running until `stop`."""

    def __init__(self, program: ChildProgram, monotonic: Callable[[], float], say: Callable[[str], None]) -> None:
        self.program = program
        self._monotonic = monotonic
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def keep_running(self) -> None:
        """Run the program, again whenever it fails, until it ends by itself without an error or `stop` is called.

        Raises:
            ChildFailed: it ended three times in a row within ten seconds of its start.
        """
        pause, quick_ends = FIRST_PAUSE_SECONDS, 0
        while not self._stopping:
            started = self._monotonic()
            self._process = await _start(self.program)
            code = await self._process.wait()
            if code == 0 or self._stopping:
                return
            is_quick = self._monotonic() - started < QUICK_SECONDS
            quick_ends, pause = (quick_ends + 1, pause * 2) if is_quick else (0, FIRST_PAUSE_SECONDS)
            if quick_ends >= QUICK_ENDS_LIMIT:
                raise ChildFailed(self.program.name, code, self.program.log)
            self._say(f"the {self.program.name} ended (exit code {code}); starting it again. Log: {self.program.log}")
            await asyncio.sleep(min(pause, LONGEST_PAUSE_SECONDS))

    async def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Ask it to end; kill it, and what it started, if it does not."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(grace_seconds):
                await process.wait()
        except TimeoutError:
            self._say(f"the {self.program.name} did not end within {grace_seconds:g} s and is killed")
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _start(program: ChildProgram) -> asyncio.subprocess.Process:
    program.log.parent.mkdir(parents=True, exist_ok=True)
    log = open_log(program.log)
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(BOOTSTRAP), str(os.getpid())),
            *(sys.executable, "-m", "streams", *program.arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)
