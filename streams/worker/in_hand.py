"""What is being looked at, on disk, so that what ends the process again and again is told from the others.

A fault of ours that raises is caught. One that kills the process (a kernel beyond its arrays) or never returns (the
watchdog ends it) leaves the page uncommitted: it is screened again, with the same end, for ever, and every page behind
it waits. So each process writes down what it has in hand, a page or a picture, and who starts next counts what the dead
had in theirs. A kill from outside hardly ever hits the same one three times, since it is in hand for milliseconds; and
what a process has looked at and lived is no longer counted.

The processes of one data directory share their counts; processes elsewhere count for themselves. A disk that is full
or cannot be written costs the counts, and no page.
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
NO_SLOT = -1  # no descriptor


def page_key(topic: str, partition: int, offset: int) -> str:
    """How a page is named here."""
    return f"{topic}/{partition}@{offset}"


class InHand:
    """What one process has in hand, one thing at a time, and what others died of. Close it at the end."""

    def __init__(self, folder: Path, worker_id: str) -> None:
        """Count what processes that are gone had in hand. `folder` is the same for all of a data directory."""
        self._folder = folder
        self._path = folder / f"{worker_id}{SUFFIX}"
        self._deaths: dict[str, int] = {}
        self._slot = NO_SLOT
        with _best_effort():
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder / LOCK):
                self._deaths = _count_the_dead(folder)
                self._slot = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
                fcntl.flock(self._slot, fcntl.LOCK_EX)  # until the process is gone, however it ends
            self._write("")  # has its room on the disk before that is full

    def is_deadly(self, key: str) -> bool:
        """Whether so many processes have died with it in hand that it is its doing."""
        return self._deaths.get(key, 0) >= DEATHS_LIMIT

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """It is in hand while the block runs, and is not when that raises."""
        self._write(key)
        try:
            yield
        except Exception:
            self._acquit(key)
            raise
        else:
            self._acquit(key)
        finally:
            self._write("")

    def close(self) -> None:
        """A thread may still have something in hand: its slot may be another file's by then, so nothing is written."""
        slot, self._slot = self._slot, NO_SLOT
        if slot != NO_SLOT:
            self._path.unlink(missing_ok=True)
            os.close(slot)

    def _write(self, key: str) -> None:
        if self._slot != NO_SLOT:
            with _best_effort():
                os.pwrite(self._slot, key.encode().ljust(SLOT_BYTES), 0)

    def _acquit(self, key: str) -> None:
        """What was lived through is not what others died of; a page of this name may also be another one by now."""
        if self._deaths.pop(key, None) is None:
            return
        with _best_effort(), _locked(self._folder / LOCK):
            deaths = _read(self._folder / COUNTS)
            if deaths.pop(key, None) is not None:
                _save(self._folder, deaths)


def _count_the_dead(folder: Path) -> dict[str, int]:
    deaths = _read(folder / COUNTS)
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if key := _left_by_the_dead(path):
            deaths[key] = deaths.pop(key, 0) + 1
            logger.warning("a process ended while it looked at %s, %d of %d times", key, deaths[key], DEATHS_LIMIT)
    deaths = dict(list(deaths.items())[-REMEMBERED:])
    with _best_effort():
        _save(folder, deaths)
    return deaths


def _left_by_the_dead(path: Path) -> str:
    """What stands in the slot of a process that is gone, whose slot goes too; empty where it held nothing or lives."""
    try:
        with path.open("rb") as slot:
            fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            key = slot.read(SLOT_BYTES).decode("utf-8", "replace").strip()
    except (BlockingIOError, FileNotFoundError):  # it lives, or takes its slot away at this moment
        return ""
    path.unlink(missing_ok=True)
    return key


def _save(folder: Path, deaths: Mapping[str, int]) -> None:
    draft = folder / f"{COUNTS}.new"
    draft.write_bytes(orjson.dumps(deaths))
    draft.replace(folder / COUNTS)


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


@contextmanager
def _best_effort() -> Iterator[None]:
    """A page must not fail, nor a process, because what is in hand cannot be written down."""
    try:
        yield
    except OSError as error:
        logger.warning("what is in hand cannot be written down (%s); pages go on", error)
