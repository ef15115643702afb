"""Attaching to the embedded stack of a data directory, starting it when nobody has yet."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streams.embedded.endpoints import PARTS, Endpoints
from streams.embedded.errors import PartError, StackError
from streams.embedded.layout import Layout, log_tail, open_log
from streams.embedded.socket_path import connect_to

PROJECT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.02
ANSWER_LIMIT_BYTES = 65_536


class Attachment:
    """Keeps the stack running until `close`, or until this process ends in whatever way: so hold on to it.

    Children do not inherit it.
    """

    def __init__(self, connection: socket.socket, endpoints: Endpoints) -> None:
        self._connection = connection
        self.endpoints = endpoints

    def close(self) -> None:
        """Let go; the stack ends a second after its last holder did. May be called again."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def attach(data_dir: Path, parts: Collection[str] = PARTS, timeout_seconds: float = 60.0) -> Attachment:
    """Get hold of the stack in `data_dir` with the named parts running.

    Raises:
        PartError: a part does not start; it says which, why and what to do.
        StackError: the stack as a whole cannot be used.
    """
    unknown = sorted(set(parts) - set(PARTS))
    if unknown or not parts:
        raise StackError(f"embedded parts: {unknown or 'none'} asked for; choose out of {', '.join(PARTS)}")
    try:
        layout = Layout.of(data_dir)
        return _attach(layout, parts, time.monotonic() + timeout_seconds)
    except OSError as error:
        problem = f"embedded stack: {data_dir} cannot be used as its data directory: {error}"
        raise StackError(f"{problem}; choose one that you may write to") from error


def _attach(layout: Layout, parts: Collection[str], deadline: float) -> Attachment:
    while time.monotonic() < deadline:
        connection = _connect(layout, deadline)
        try:
            answer = _ask(connection, parts, deadline)
        except BaseException:
            connection.close()
            raise
        if answer is None:  # it was just ending: the next one will serve us
            connection.close()
            time.sleep(POLL_SECONDS)
            continue
        if "endpoints" not in answer:
            connection.close()
            raise _error(answer)
        return Attachment(connection, Endpoints(**answer["endpoints"]))
    raise _timed_out(layout)


def _connect(layout: Layout, deadline: float) -> socket.socket:
    try:
        return connect_to(layout.socket)
    except (FileNotFoundError, ConnectionRefusedError):
        pass
    with layout.start_lock.open("a") as lock:
        _lock(lock.fileno(), layout, deadline)  # released when the file closes
        try:
            return connect_to(layout.socket)  # somebody else was faster
        except (FileNotFoundError, ConnectionRefusedError):
            return _start_supervisor(layout, deadline)


def _lock(descriptor: int, layout: Layout, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise _timed_out(layout) from None
            time.sleep(POLL_SECONDS)


def _start_supervisor(layout: Layout, deadline: float) -> socket.socket:
    if layout.log.exists():
        layout.log.replace(layout.log.with_suffix(".log.1"))  # bounds it, and keeps what the last one said
    log = open_log(layout.log)
    try:
        supervisor = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "streams.embedded", str(layout.root.parent)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=PROJECT,
            start_new_session=True,  # Ctrl-C in the terminal reaches its clients only
        )
    finally:
        os.close(log)
    # It outlives us or we outlive it: somebody has to collect its exit code in the latter case.
    threading.Thread(target=supervisor.wait, name="embedded-supervisor", daemon=True).start()
    while time.monotonic() < deadline:
        try:
            return connect_to(layout.socket)
        except (FileNotFoundError, ConnectionRefusedError):
            pass
        if supervisor.poll() is not None:
            problem = f"embedded stack: its supervisor ended with exit code {supervisor.returncode}"
            raise StackError(f"{problem}; see {layout.log}, which ends with:\n{log_tail(layout.log)}")
        time.sleep(POLL_SECONDS)
    supervisor.kill()
    raise _timed_out(layout)


def _ask(connection: socket.socket, parts: Collection[str], deadline: float) -> dict[str, Any] | None:
    """The answer, or None when the other end closed without one."""
    connection.settimeout(max(0.001, deadline - time.monotonic()))
    try:
        connection.sendall(json.dumps({"parts": sorted(parts)}).encode() + b"\n")
        with connection.makefile("rb") as lines:
            line = lines.readline(ANSWER_LIMIT_BYTES)
    except (BrokenPipeError, ConnectionResetError):
        return None
    except TimeoutError:
        problem = f"embedded stack: {', '.join(sorted(parts))} not ready in time"
        raise StackError(f"{problem}; allow more time or see the logs beside its socket") from None
    connection.settimeout(None)
    answer: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
    return answer


def _error(answer: dict[str, Any]) -> StackError:
    error = answer.get("error", {})
    return PartError(**error) if "part" in error else StackError(f"embedded stack: {error.get('problem', answer)}")


def _timed_out(layout: Layout) -> StackError:
    return StackError(f"embedded stack: no answer in time; see {layout.log}, which ends with:\n{log_tail(layout.log)}")
