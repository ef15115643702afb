"""Which page is being screened, on disk, so that one that ends the process again and again is told from the others.

A fault of ours that raises is caught. One that kills the process (a kernel beyond its arrays) or never returns (the
watchdog ends it) leaves the page uncommitted: it is screened again, with the same end, for ever, and every page behind
it waits. So each worker writes down what it has in hand, and who starts next counts what the dead had in theirs.
A kill from outside hardly ever hits the same page three times, since a page is in hand for milliseconds.

The workers of one data directory share their counts; workers elsewhere count for themselves.
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
REMEMBERED = 100  # pages
SLOT_BYTES = 512  # a place, with the longest name that a topic may have
COUNTS, LOCK, SUFFIX = "deaths.json", "lock", ".hand"

Place = tuple[str, int, int]
"""Topic, partition and offset of a page."""


class InHand:
    """What one worker has in hand, and the pages that others died of. Close it at the end."""

    def __init__(self, folder: Path, worker_id: str) -> None:
        """Count what workers that are gone had in hand. `folder` is the same for all workers of a data directory."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{worker_id}{SUFFIX}"
        with _locked(folder / LOCK):
            self._deaths = _count_the_dead(folder)
            self._slot = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            fcntl.flock(self._slot, fcntl.LOCK_EX)  # until the process is gone, however it ends

    def is_deadly(self, place: Place) -> bool:
        """Whether so many processes have died with the page in hand that it is the page's doing."""
        return self._deaths.get(_text(place), 0) >= DEATHS_LIMIT

    @contextmanager
    def holding(self, place: Place) -> Iterator[None]:
        """The page is in hand while the block runs, and is not when it raises."""
        os.pwrite(self._slot, _text(place).encode().ljust(SLOT_BYTES), 0)
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
        if place := _left_by_the_dead(path):
            deaths[place] = deaths.pop(place, 0) + 1
            logger.warning("a worker ended while it screened %s, %d of %d times", place, deaths[place], DEATHS_LIMIT)
    deaths = dict(list(deaths.items())[-REMEMBERED:])
    draft = folder / f"{COUNTS}.new"
    draft.write_bytes(orjson.dumps(deaths))
    draft.replace(folder / COUNTS)
    return deaths


def _left_by_the_dead(path: Path) -> str:
    """The place in the slot of a worker that is gone, whose slot goes too; empty where it held none or lives."""
    with path.open("rb") as slot:
        try:
            fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ""
        place = slot.read(SLOT_BYTES).decode("utf-8", "replace").strip()
    path.unlink()
    return place


def _read(path: Path) -> dict[str, int]:
    """Nothing where there is none yet, or where a full disk has spoilt it."""
    try:
        found: Any = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return {place: int(count) for place, count in found.items()} if isinstance(found, Mapping) else {}


def _text(place: Place) -> str:
    return "{}/{}@{}".format(*place)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
