"""A server of tools/servers while a block runs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tools.servers.process import ServerProcess

Server = TypeVar("Server", bound=ServerProcess)


@contextmanager
def running(make: Callable[[Path], Server]) -> Iterator[Server]:
    """Not in pytest's folders: those are closed to the user that PostgreSQL runs as when we are root."""
    with tempfile.TemporaryDirectory(prefix="rightswatch-") as home:
        server = make(Path(home))
        try:
            server.start()
            yield server
        finally:
            server.stop()
