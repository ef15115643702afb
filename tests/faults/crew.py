"""The service's processes and its servers as a supervisor sees them: what ends is started again, nobody else acts.

The supervisor lives in the test's own thread: call `tend` again and again, as `Crew.until` does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tools.servers.process import ServerError, ServerProcess, as_user

PROJECT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.05
RESTART_SECONDS = 0.3  # between an end and the next start


class Part(Protocol):
    """One process, by a name of its own in the service."""

    name: str

    @property
    def is_running(self) -> bool: ...
    def start(self) -> None: ...
    def signal(self, number: int) -> None: ...
    def kill(self) -> None: ...


class Server:
    """A server as a part."""

    def __init__(self, name: str, server: ServerProcess) -> None:
        self.name = name
        self.server = server

    @property
    def is_running(self) -> bool:
        return self.server.is_running

    def start(self) -> None:
        """One that does not come up, as on a full disk, is started again by the supervisor."""
        with contextlib.suppress(ServerError):
            self.server.start()

    def signal(self, number: int) -> None:
        os.kill(self.server.pid, number)

    def kill(self) -> None:
        self.server.kill()


class Process:
    """A process of ours; it dies with the test, even by SIGKILL."""

    def __init__(self, name: str, command: Sequence[str], log: Path, variables: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self.exit_codes: list[int] = []  # of its own ends, in order
        self._command = as_user([sys.executable, *command], None, "--pdeathsig", "KILL")
        self._environment = {**os.environ, **variables}  # noqa: TID251  what a shell would hand on
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        if self._process is None:
            return False
        code = self._process.poll()
        if code is not None:
            self._process = None
            self.exit_codes.append(code)
        return code is None

    @property
    def is_done(self) -> bool:
        """It has ended by itself, with nothing left to do."""
        return self._process is None and self.exit_codes[-1:] == [0]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=output, cwd=PROJECT, env=self._environment
            )

    def signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def wait(self, seconds: float) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        code = self._process.wait(seconds)
        self._process = None
        return code


@dataclass(slots=True)
class _Later:
    at: float
    act: Callable[[], None]


@dataclass(slots=True)
class Crew:
    """All parts of one service."""

    parts: dict[str, Part] = field(default_factory=dict)
    poll_seconds: float = POLL_SECONDS
    starts: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    _restart_at: dict[str, float] = field(default_factory=dict)
    _later: list[_Later] = field(default_factory=list)

    def add(self, part: Part, *, is_started: bool = False) -> None:
        self.parts[part.name] = part
        if not is_started:
            part.start()

    def remove(self, name: str) -> Part:
        """From now on nobody starts it again."""
        self._restart_at.pop(name, None)
        return self.parts.pop(name)

    def kill(self, name: str, down_seconds: float = RESTART_SECONDS) -> None:
        """SIGKILL; started again after so long. What has nothing left to do cannot be killed."""
        if not self.parts[name].is_running:
            return
        self.parts[name].kill()
        self.kills[name] += 1
        self._restart_at[name] = time.monotonic() + down_seconds

    def freeze(self, name: str, seconds: float, *, for_ever: bool = False) -> None:
        """SIGSTOP, and SIGCONT after so long; or never, and then it is killed as something that does not answer."""
        if not self.parts[name].is_running:
            return
        self.parts[name].signal(signal.SIGSTOP)

        def end() -> None:
            if not self.parts[name].is_running:
                return
            if for_ever:
                self.kill(name)
            else:
                self.parts[name].signal(signal.SIGCONT)

        self.later(seconds, end)

    def bring_back(self, *names: str) -> None:
        """Start at once what is down for a while."""
        for name in names:
            self._restart_at[name] = 0.0

    def log(self, name: str) -> str:
        part = self.parts[name]
        assert isinstance(part, Process)
        return part.log.read_text("utf-8", "replace")

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        self._later.append(_Later(time.monotonic() + seconds, act))

    @property
    def is_calm(self) -> bool:
        """Nothing is planned, and everything runs that has something to do."""
        return not self._later and not self._restart_at and all(map(self._is_up, self.parts.values()))

    def is_done(self, name: str) -> bool:
        part = self.parts[name]
        return isinstance(part, Process) and not part.is_running and part.is_done

    def is_up(self, name: str) -> bool:
        """It runs, or has nothing left to do."""
        return self._is_up(self.parts[name])

    def tend(self) -> None:
        """What a supervisor does each moment."""
        now = time.monotonic()
        due = [one for one in self._later if one.at <= now]
        self._later = [one for one in self._later if one.at > now]
        for one in due:
            one.act()
        for name, part in self.parts.items():
            if self._is_up(part):
                continue
            if now >= self._restart_at.setdefault(name, now + RESTART_SECONDS):
                del self._restart_at[name]
                self.starts[name] += 1
                part.start()

    def until(self, condition: Callable[[], bool], what: str, seconds: float) -> float:
        """Tend until it holds; how long that took. Fails with `what` after so many seconds."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}\n{self.logs()}"
            self.tend()
            time.sleep(self.poll_seconds)
        return time.monotonic() - began

    def tend_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tend()
            time.sleep(self.poll_seconds)

    def stop_all(self) -> None:
        self._later.clear()
        ours = [part for part in self.parts.values() if isinstance(part, Process)]
        for part in ours:
            if part.is_running:
                part.signal(signal.SIGCONT)
                part.signal(signal.SIGTERM)
        for part in ours:
            if part.is_running:
                try:
                    part.wait(20)
                except subprocess.TimeoutExpired:
                    part.kill()

    def logs(self) -> str:
        """The end of every log of ours."""
        ours = [part for part in self.parts.values() if isinstance(part, Process)]
        return "\n".join(f"== {part.name}\n{part.log.read_text('utf-8', 'replace')[-2500:]}" for part in ours)

    def _is_up(self, part: Part) -> bool:
        return part.is_running or (isinstance(part, Process) and part.is_done)
