"""A host's snapshots of one watchlist log: which is current, who may make the next, which are removed.

A folder for each, and a file `current` with the name of one. A new one is made beside it, synced, renamed and only then
named; the others are removed, and whoever has mapped one keeps it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detectors.watchlist.base import Base
from detectors.watchlist.saving import Saved, SavedError, restore, save
from streams.snapshot.code import code_digest
from streams.snapshot.files import (
    SnapshotError,
    SnapshotForeign,
    check_arrays,
    map_arrays,
    read_manifest,
    sync_folder,
    write_snapshot,
)

logger = logging.getLogger(__name__)
FORMAT = 1
CURRENT, LOCK, UNFINISHED = "current", "lock", "making-"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """The last checkpoint that a base has taken in: where reading goes on, and how to tell that the log is the same.

    number: the log's own, out of the checkpoint. timestamp_ms: the broker's, of the checkpoint.
    """

    offset: int
    timestamp_ms: int
    number: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One that is mapped."""

    name: str
    base: Base
    place: LogPlace
    made_at: datetime
    compiled_seconds: float  # how long compiling it took: what says when the next one is worth it
    bytes: int


def _now() -> datetime:
    return datetime.now(UTC)


class SnapshotStore:
    """Of the log with this topic. Blocking calls: use a thread."""

    def __init__(
        self, folder: Path, topic: str, *, code: Callable[[], str] = code_digest, now: Callable[[], datetime] = _now
    ) -> None:
        self._folder = folder / topic
        self._topic = topic
        self._code = code()  # now: an upgrade may replace the files under a process that has the older ones loaded
        self._now = now

    @property
    def folder(self) -> Path:
        return self._folder

    def age_seconds(self, snapshot: Snapshot) -> float:
        return (self._now() - snapshot.made_at).total_seconds()

    def current(self) -> str | None:
        """The name of the newest snapshot, if there is one."""
        try:
            return (self._folder / CURRENT).read_text("ascii").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def load(self, name: str) -> Snapshot:
        """Map it and put it together, which takes as long however large it is.

        Raises:
            SnapshotError: it is not there, damaged, or of another format, version or log.
        """
        folder = self._folder / name
        manifest = self._manifest(folder)
        try:
            return Snapshot(
                name=name,
                base=restore(Saved(manifest["saved"], map_arrays(folder, manifest))),
                place=LogPlace(**manifest["place"]),
                made_at=datetime.fromisoformat(manifest["made_at"]),
                compiled_seconds=float(manifest["compiled_seconds"]),
                bytes=manifest["bytes"],
            )
        except (SavedError, KeyError, TypeError, ValueError) as error:
            raise SnapshotError(f"{folder}: {error}") from error

    def check(self, name: str) -> None:
        """Read all of it.

        Raises:
            SnapshotError: it is not what was written.
        """
        folder = self._folder / name
        check_arrays(folder, self._manifest(folder))

    @contextmanager
    def making(self) -> Iterator[bool]:
        """Whether this process may make a snapshot until the end of the block; one of the host may at a time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / LOCK).open("wb") as lock:  # freed by the system if the process is killed
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def write(self, base: Base, place: LogPlace, compiled_seconds: float) -> str:
        """Make the base the current snapshot and remove the others; the name. Inside `making` only.

        Raises:
            OSError: no room on the disk, or the folder cannot be written; the current one stays.
        """
        self._remove_others(self.current())
        made_at = self._now()
        name = f"{base.revision}-{secrets.token_hex(4)}"
        saved = save(base)
        facts = {
            "format": FORMAT,
            "code": self._code,
            "topic": self._topic,
            "made_at": made_at.isoformat(),
            "compiled_seconds": compiled_seconds,
            "place": asdict(place),
            "saved": saved.document,
        }
        unfinished = self._folder / f"{UNFINISHED}{name}"
        try:
            write_snapshot(unfinished, facts, saved.arrays)
            unfinished.rename(self._folder / name)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        self._name_current(name)
        self._remove_others(name)
        return name

    def discard(self, name: str) -> None:
        """Remove a snapshot that nobody should load, unless another is current by now. Best effort."""
        if self.current() == name:
            (self._folder / CURRENT).unlink(missing_ok=True)
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def _manifest(self, folder: Path) -> dict[str, Any]:
        manifest = read_manifest(folder)
        for key, wanted in (("format", FORMAT), ("code", self._code), ("topic", self._topic)):
            if manifest.get(key) != wanted:
                raise SnapshotForeign(f"{folder}: it is of another {key}")
        return manifest

    def _name_current(self, name: str) -> None:
        fresh = self._folder / f"{CURRENT}.{os.getpid()}"
        with fresh.open("wb") as file:
            file.write(name.encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._folder / CURRENT)
        sync_folder(self._folder)

    def _remove_others(self, kept: str | None) -> None:
        """Snapshots that are not current, and what a process left that was killed while it made one."""
        for path in self._folder.iterdir():
            if path.is_dir() and path.name != kept:
                shutil.rmtree(path, ignore_errors=True)
