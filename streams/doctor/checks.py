"""What `rightswatch doctor` finds out: every dependency, whether it works, and what to do where it does not.

The first half looks at this machine and starts nothing; the second asks the servers, embedded or named in the settings.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from streams.embedded import Check, check_embedded
from streams.embedded.ports import is_taken
from streams.settings import ADDRESSES, Settings
from streams.snapshot.files import SnapshotError, SnapshotForeign
from streams.snapshot.opening import snapshot_store
from streams.snapshot.store import SnapshotStore

SUPPORTED_PYTHONS = ((3, 11), (3, 12), (3, 13))
LEAST_FREE_BYTES = 2_000_000_000


def check_machine(settings: Settings) -> Iterator[Check]:
    """Python, kernels, wheels, disk and port."""
    yield _python()
    yield _kernels()
    if embedded_parts(settings):
        yield from check_embedded()
    yield _data_dir(settings.data_dir)
    yield _port(settings.web.port)
    if settings.snapshot.enabled:
        yield _snapshot(snapshot_store(settings))


def embedded_parts(settings: Settings) -> list[str]:
    """The servers that the settings do not name."""
    servers = (part for part in ADDRESSES if part != "operational")
    return [part for part in servers if not getattr(getattr(settings, part), ADDRESSES[part])]


def _python() -> Check:
    detail = f"{'.'.join(map(str, sys.version_info[:3]))}, {os.cpu_count()} processors"
    if sys.version_info[:2] in SUPPORTED_PYTHONS:
        return Check("python", True, detail)
    return Check("python", False, detail, "use Python 3.11, 3.12 or 3.13")


def _kernels() -> Check:
    from detectors.kernels.jit import KERNELS
    from detectors.tables import MADE_HERE
    from detectors.warm_up import warm_up

    try:
        warm_up()
    except Exception as problem:  # noqa: BLE001 - whatever numba stumbles over is the finding
        return Check("kernels", False, f"{type(problem).__name__}: {problem}", "run make env")
    missing = [name for name, kernel in KERNELS.items() if kernel.stats.cache_misses]
    if missing:
        detail = f"{len(missing)} of {len(KERNELS)} are not in the cache, so every process compiles them at its start"
        return Check("kernels", False, detail, "run make env (or python -m detectors.warm_up)")
    if MADE_HERE:
        detail = f"the saved tables ({', '.join(MADE_HERE)}) do not fit, so every process makes them at its start"
        return Check("kernels", False, detail, "run make env (or python -m detectors.warm_up tables)")
    return Check("kernels", True, f"{len(KERNELS)} compiled and cached")


def _data_dir(data_dir: Path) -> Check:
    place = data_dir.resolve()
    existing = next(path for path in (place, *place.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Check("data directory", False, f"{place} cannot be written", "choose another with --data-dir")
    free = shutil.disk_usage(existing).free
    detail = f"{place}, {free / 1e9:,.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Check("data directory", False, detail, "free some space, or choose another place with --data-dir")
    return Check("data directory", True, detail)


def _snapshot(store: SnapshotStore) -> Check:
    """Reads all of it. One of another version is no fault: the next process that compiles the watchlist replaces it."""
    name = store.current()
    if name is None:
        return Check("snapshot", True, f"none in {store.folder}: made when a large watchlist was compiled")
    try:
        store.check(name)
    except SnapshotForeign as problem:
        return Check("snapshot", True, f"{problem}; the next one takes its place")
    except SnapshotError as problem:
        return Check("snapshot", False, str(problem), f"remove {store.folder} and start the processes again")
    return Check("snapshot", True, f"{store.folder / name} is as it was written")


def _port(port: int) -> Check:
    """A port in use is no fault: the watch floor may be running."""
    if port and is_taken(port):
        return Check(
            "web port", True, f"{port} is in use: by the watch floor if it runs, else choose another [web] port"
        )
    return Check("web port", True, f"{port} is free" if port else "any free one")
