"""Where the peers' packages are: an environment of its own, since they are not ours to install for everybody."""

from __future__ import annotations

from pathlib import Path

from benchmarks.records import BenchmarkError

INTERPRETER = Path(".cache/peers/bin/python")


def interpreter() -> str:
    """Its Python.

    Raises:
        BenchmarkError: it has not been made.
    """
    if not INTERPRETER.exists():
        raise BenchmarkError(f"{INTERPRETER} is not here; `make peers` installs what the peers need")
    return str(INTERPRETER)
