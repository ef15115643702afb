"""Child processes of ours: they die with their parent, are started again when they end or freeze, and leave a log.

A child gets its own session, so that Ctrl-C reaches the parent alone, which then ends the children in order.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from detectors.errors import RightswatchError
from streams.configuration.sections import WatchSettings
from streams.embedded.layout import log_tail, open_log
from streams.embedded.ports import free_port, is_taken
from streams.processes.asking import until_silent

BOOTSTRAP = Path(__file__).parents[1] / "embedded" / "bootstrap.py"
QUICK_SECONDS = 10.0  # a child that ends sooner did not really start
QUICK_ENDS_LIMIT = 3  # so many quick ends in a row: starting it again will not help
FIRST_PAUSE_SECONDS = 0.5
LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - what a process may listen on, to be asked on loopback
NOT_STARTED = 127  # in place of an exit code, as a shell says it
GRACE_SECONDS = 15.0  # a worker finishes its page and commits
STOP_SECONDS = 60.0  # for all children together; what stops us from outside waits 75 s
RESERVE_SECONDS = 10.0  # of it for each group, whatever those before it took: the writer stores what they sent


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
    is_service: bool = False  # runs until it is stopped: started again however it ended, and never given up
    port_option: str = ""  # the argument that says where /livez answers; empty: nobody asks
    port: int = 0  # 0: any free one
    host: str = LOOPBACK


def service_program(name: str, arguments: Sequence[str], log: Path, *, host: str, port: int) -> ChildProgram:
    """A process of ours that serves until it is stopped; `host` and `port` as the settings have them."""
    asked = LOOPBACK if host in EVERY_ADDRESS else host
    return ChildProgram(name, arguments, log, is_service=True, port_option="--health-port", port=port, host=asked)


class Child:
    """One child process, kept running until `stop`."""

    def __init__(
        self,
        program: ChildProgram,
        monotonic: Callable[[], float],
        say: Callable[[str], None],
        watch: WatchSettings | None = None,
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        self.program = program
        self.port = program.port
        self._watch = watch or WatchSettings()
        self._on_start = on_start
        self._monotonic = monotonic
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def keep_running(self) -> None:
        """Run the program, again whenever it fails, until it ends by itself without an error or `stop` is called.

        A service is started again however it ended.

        Raises:
            ChildFailed: it ended three times in a row within ten seconds of its start, and is no service.
        """
        pause, quick_ends = FIRST_PAUSE_SECONDS, 0
        while not self._stopping:
            started = self._monotonic()
            try:
                code = await self._run()
            except OSError as error:  # a full disk has no room for its log, or the machine none for a process
                self._say(f"the {self.program.name} cannot be started ({error})")
                code = NOT_STARTED
            if self._stopping or (code == 0 and not self.program.is_service):
                return
            is_quick = self._monotonic() - started < QUICK_SECONDS
            quick_ends, pause = (quick_ends + 1, pause * 2) if is_quick else (0, FIRST_PAUSE_SECONDS)
            if quick_ends == QUICK_ENDS_LIMIT:
                self._complain(ChildFailed(self.program.name, code, self.program.log))
            self._say(f"the {self.program.name} ended (exit code {code}); starting it again. Log: {self.program.log}")
            pause = min(pause, self._watch.longest_pause_seconds)
            await asyncio.sleep(pause)

    def _complain(self, failure: ChildFailed) -> None:
        if not self.program.is_service:
            raise failure
        self._say(f"{failure}; trying again for ever: its work waits meanwhile")

    async def _run(self) -> int:
        """Once; its exit code. Raises OSError when it cannot be started."""
        if not self.program.port and (not self.port or is_taken(self.port)):
            self.port = free_port()
        port = [self.program.port_option, str(self.port)] if self.program.port_option else []
        self._process = process = await _start(self.program, port)
        if self._stopping:  # which came while it was started, and found nothing to end
            process.terminate()
        self._on_start()
        ending = asyncio.create_task(process.wait())
        silence = (
            asyncio.create_task(until_silent(self.program.host, self.port, self._watch, self._monotonic))
            if port
            else None
        )
        try:
            await asyncio.wait([ending, silence] if silence else [ending], return_when=asyncio.FIRST_COMPLETED)
            if silence is not None and silence.done() and not ending.done() and not self._stopping:
                self._say(f"the {self.program.name} makes no progress ({silence.result()}) and is killed")
                _kill(process)
            return await ending
        finally:
            if silence is not None:
                silence.cancel()

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
            _kill(process)
            await process.wait()


@asynccontextmanager
async def running(groups: Sequence[Sequence[Child]]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Keep them running while the block runs, then stop them: the last group first, each as a whole."""
    children = [child for group in groups for child in group]
    tasks = [asyncio.create_task(child.keep_running(), name=child.program.name) for child in children]
    try:
        yield tasks
    finally:
        await stop_in_order(list(reversed(groups)))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stop_in_order(
    groups: Sequence[Sequence[Child]], seconds: float = STOP_SECONDS, reserve: float = RESERVE_SECONDS
) -> None:
    """One group after the other, each at once, all within `seconds`: a group may take what those before it left, but
    for the `reserve` of each one behind it."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    for number, group in enumerate(groups):
        behind = len(groups) - 1 - number
        grace = max(reserve, deadline - behind * reserve - loop.time())
        await asyncio.gather(*(child.stop(grace) for child in group))


def _kill(process: asyncio.subprocess.Process) -> None:
    """And what it started. It may have ended by itself at this moment."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _start(program: ChildProgram, port: Sequence[str]) -> asyncio.subprocess.Process:
    program.log.parent.mkdir(parents=True, exist_ok=True)
    log = open_log(program.log)
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(BOOTSTRAP), str(os.getpid())),
            *(sys.executable, "-m", "streams", *program.arguments, *port),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)
