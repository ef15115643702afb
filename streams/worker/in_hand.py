"""What is being looked at, on disk, so that what ends the process again and again is told from the others.

A fault of ours that raises is caught. One that kills the process (a kernel beyond its arrays) or never returns (the
watchdog ends it) leaves the page uncommitted: it is screened again, with the same end, for ever, and every page behind
it waits. So each process writes down what it has in hand, a page or a picture, and who starts next counts what the dead
had in theirs. A kill from outside hardly ever hits the same one three times, since it is in hand for milliseconds.

The processes of one data directory share their counts; processes elsewhere count for themselves.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

logger = logging.getLogger(__name__)
DEATHS_LIMIT = 3
REMEMBERED = 100  # pages and pictures
SLOT_BYTES = 512  # a page's place, with the longest name that a topic may have
COUNTS, LOCK, SUFFIX = "deaths.json", "lock", ".hand"


def page_key(topic: str, partition: int, offset: int) -> str:
    """How a page is named here."""
    return f"{topic}/{partition}@{offset}"


class InHand:
    """What one process has in hand, one thing at a time, and what others died of. Close it at the end."""

    def __init__(self, folder: Path, worker_id: str) -> None:
        """Count what processes that are gone had in hand. `folder` is the same for all of a data directory."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{worker_id}{SUFFIX}"
        with _locked(folder / LOCK):
            self._deaths = _count_the_dead(folder)
            self._slot = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            fcntl.flock(self._slot, fcntl.LOCK_EX)  # until the process is gone, however it ends

    def is_deadly(self, key: str) -> bool:
        """Whether so many processes have died with it in hand that it is its doing."""
        return self._deaths.get(key, 0) >= DEATHS_LIMIT

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """It is in hand while the block runs, and is not when that raises."""
        os.pwrite(self._slot, key.encode().ljust(SLOT_BYTES), 0)
        try:
            yield
        finally:
            os.pwrite(self._slot, b" " * SLOT_BYTES, 0)

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._slot)


def _count_the_dead(folder: Path) -> dict[str, int]:
    deaths = _read(folder / COUNTS)
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if key := _left_by_the_dead(path):
            deaths[key] = deaths.pop(key, 0) + 1
            logger.warning("a process ended while it looked at %s, %d of %d times", key, deaths[key], DEATHS_LIMIT)
    deaths = dict(list(deaths.items())[-REMEMBERED:])
    draft = folder / f"{COUNTS}.new"
    draft.write_bytes(orjson.dumps(deaths))
    draft.replace(folder / COUNTS)
    return deaths


def _left_by_the_dead(path: Path) -> str:
    """What stands in the slot of a process that is gone, whose slot goes too; empty where it held nothing or lives."""
    with path.open("rb") as slot:
        try:
            fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ""
        key = slot.read(SLOT_BYTES).decode("utf-8", "replace").strip()
    path.unlink()
    return key


def _read(path: Path) -> dict[str, int]:
    """Nothing where there is none yet, or where a full disk has spoilt it."""
    try:
        found: Any = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return {key: int(count) for key, count in found.items()} if isinstance(found, Mapping) else {}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
