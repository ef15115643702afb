"""One server as a child process: started, waited for, killed, frozen and started again on the same data and port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

REMEDY = "run tools/test_deps.sh, which installs what is missing"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.05
LOG_TAIL_BYTES = 4_000


class ServerError(Exception):
    """A server cannot be had; the message says which, why and what to do."""


class ServerProcess:
    """A server that answers while it runs, and that dies with this process, even by SIGKILL (Linux).

    Start it in the main thread: what the kernel takes for the parent's end is the end of the thread that started it.
    """

    stop_signal = signal.SIGTERM

    def __init__(
        self, name: str, command: Sequence[str], home: Path, is_ready: Callable[[], bool], *, user: str | None = None
    ) -> None:
        """`user`: whom it runs as when we are root; some servers refuse to be root."""
        self.name = name
        self.log = home / "output.log"
        # setpriv changes the user first: the kernel would forget the wish otherwise.
        self._command = as_user(command, user, "--pdeathsig", "KILL")
        self._home = home
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.name} does not run")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process lives, be it frozen."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and return once it answers.

        Raises:
            ServerError: it ended, or did not answer in time; with the end of its log.
        """
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._home,
                start_new_session=True,  # a Ctrl-C is ours to handle
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            ended = self._process.poll()
            if ended is not None:
                raise ServerError(f"{self.name} ended with exit code {ended} while starting:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ServerError(f"{self.name} does not answer after {START_SECONDS:g} s:\n{self.log_tail()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End it as an operator would; by SIGKILL if it takes too long."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def log_tail(self) -> str:
        return self.log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace")


def program(name: str, *folders: Path) -> str:
    """Where a program is, in these folders or on the PATH.

    Raises:
        ServerError: nowhere.
    """
    found = shutil.which(name, path=os.pathsep.join(map(str, folders))) or shutil.which(name)
    if found is None:
        raise ServerError(f"{name} is not installed: {REMEDY}")
    return found


def as_user(command: Sequence[str], user: str | None, *options: str) -> list[str]:
    """The command for whom it must run as: somebody else only if we are root. `options` are setpriv's."""
    if user is not None and os.geteuid() == 0:
        options = ("--reuid", user, "--regid", user, "--clear-groups", *options)
    return [program("setpriv"), *options, "--", *command] if options else list(command)


def give_to(path: Path, user: str) -> None:
    """Let the user own it when a server that we start as root runs as that user."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam(user)
        os.chown(path, owner.pw_uid, owner.pw_gid)
