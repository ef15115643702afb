"""Unix sockets in deep directories: the kernel takes about 107 bytes of path, a checkout may have more.

A longer path is spelt through a descriptor of its directory (`/proc/self/fd/N/name`), which is short.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.embedded.errors import StackError

LONGEST_PATH_BYTES = 100  # 107 on Linux, 103 on macOS
DESCRIPTORS = Path("/proc/self/fd")


def listen_at(path: Path) -> socket.socket:
    """A listening socket at the path, which must not exist."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(path) as address:
        listener.bind(address)
    listener.listen(64)
    return listener


def connect_to(path: Path) -> socket.socket:
    """A connection; it closes when this process ends, and no child inherits it.

    Raises:
        OSError: nobody listens there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(path) as address:
            connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _short(path: Path) -> Iterator[str]:
    if len(os.fsencode(path)) <= LONGEST_PATH_BYTES:
        yield str(path)
        return
    if not DESCRIPTORS.is_dir():
        raise StackError(
            f"{path}: too long for a unix socket on this system; choose a data directory with a short path"
        )
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield str(DESCRIPTORS / str(directory) / path.name)
    finally:
        os.close(directory)
