"""A disk of a server's own that can be filled: a small file system in memory, or what stands in for it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tools.servers.process import ServerProcess

BALLAST = bytes(65_536)


class Disk(Protocol):
    """The disk below one server's folder."""

    def fill(self, server: ServerProcess) -> None:
        """The server cannot write until it has made room itself, as by a merge: to keep it full, call this again."""
        ...

    def free(self, server: ServerProcess) -> None:
        """There is space again."""
        ...


class MemoryDisk:
    """A tmpfs of its own: what is full is full for everybody, as on a real disk."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, server: ServerProcess) -> None:
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:  # the server is writing too: until there is nothing left
                file.write(BALLAST)

    def free(self, server: ServerProcess) -> None:
        self._ballast.unlink()


class WriteLimit:
    """Where nothing may be mounted: the kernel refuses each write that makes a file of the server longer (EFBIG)."""

    def fill(self, server: ServerProcess) -> None:
        self._limit(server, 0)

    def free(self, server: ServerProcess) -> None:
        if server.is_running:
            self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: ServerProcess, size: int) -> None:
        hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size if size >= 0 else hard, hard))


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk below the folder, which must be empty; as honest a one as this machine lets us have."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        yield WriteLimit()
        return
    try:
        yield MemoryDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
