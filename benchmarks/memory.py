"""The most memory that a piece of work takes beyond what was there before."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

SECONDS_APART = 0.02


class MostMemory:
    """Looks at this process's resident memory while the `with` block runs; `bytes` is the most that was added to it.

    Linux only: elsewhere there is no file to read, and it raises OSError.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._before = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> MostMemory:
        self._before = _resident()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        is_over = False
        while not is_over:
            is_over = self._is_over.wait(SECONDS_APART)
            self.bytes = max(self.bytes, _resident() - self._before)


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
