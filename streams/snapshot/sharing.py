"""What one process does with its host's snapshots: start from one, make the next, take what another has made.

All but `news` block, so they run in a thread. Nothing here is needed for the watchlist to be in force: whatever goes
wrong is logged and counted, and the process keeps what it has compiled itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from detectors.watchlist.base import Base
from streams.configuration.sections import SnapshotSettings
from streams.metrics import WatchlistMetrics
from streams.snapshot.files import SnapshotError
from streams.snapshot.store import LogPlace, Snapshot, SnapshotStore

logger = logging.getLogger(__name__)


class SnapshotSharing:
    """For one follower of the log. `held` is the snapshot that its base is mapped from."""

    def __init__(self, store: SnapshotStore, settings: SnapshotSettings, metrics: WatchlistMetrics) -> None:
        self.held: Snapshot | None = None
        self._store = store
        self._least_rights = settings.least_rights
        self._metrics = metrics
        self._refused: set[str] = set()  # the names of those that are of no use here

    def news(self) -> str | None:
        """The name of a snapshot that this process has not mapped. One small file is read."""
        name = self._store.current()
        is_known = name in self._refused or (self.held is not None and name == self.held.name)
        return None if is_known else name

    def resume(self) -> Snapshot | None:
        """The current snapshot, for a process that has no base; None where the log is to be read from its start."""
        self.held = None
        return self.take_news()

    def take_news(self) -> Snapshot | None:
        """Map what `news` names; None if there is nothing, or it is of no use."""
        name = self.news()
        if name is None:
            return None
        started = time.perf_counter()
        try:
            snapshot = self._store.load(name)
        except SnapshotError as error:
            if self._store.current() == name:  # else another took its place while it was read
                self.refuse(name, str(error))
            return None
        taken = time.perf_counter() - started
        logger.info("watchlist: mapped the snapshot %s in %.2f s, %d bytes", name, taken, snapshot.bytes)
        self.held = snapshot
        return snapshot

    def news_of(self, place: LogPlace) -> Base | None:
        """The base that `news` names, for a process that has read the log up to `place`: of that log, or none."""
        snapshot = self.take_news()
        if snapshot is None:
            return None
        if snapshot.place.number != place.number:
            self.refuse(snapshot.name, "it is of another log")
            return None
        return snapshot.base

    def refuse(self, name: str, reason: str) -> None:
        logger.warning("watchlist: the snapshot is not used, %s", reason)
        self._metrics.snapshots_refused.inc()
        self._refused.add(name)
        if self.held is not None and self.held.name == name:
            self.held = None

    def leave(self) -> None:
        """What was mapped last is older than what this process has compiled, so it is of no use here."""
        if self.held is not None:
            self._refused.add(self.held.name)
            self.held = None

    def check_held(self) -> None:
        """Read all of what is mapped; if it is damaged, nobody is to start from it any more.

        Raises:
            SnapshotError: it is damaged, and refused from now on.
        """
        held = self.held
        if held is None:
            return
        try:
            self._store.check(held.name)
        except SnapshotError as error:
            if self._store.current() != held.name:  # removed meanwhile, since there is a newer one
                return
            self.refuse(held.name, str(error))
            self._store.discard(held.name)
            raise

    def renew(self, compile_base: Callable[[], Base], place: LogPlace, *, alone: bool) -> Base | None:
        """A new base: what another process has made, else compiled here, made the current snapshot and mapped.

        None while another process is making one; with `alone`, it is compiled in this process's own memory then.
        `place` is the last checkpoint that the base takes in.
        """
        try:
            with self._store.making() as is_ours:
                if is_ours:
                    return self.news_of(place) or self._made(compile_base, place)
        except OSError as error:
            self._not_written(error)
            return compile_base()
        return compile_base() if alone else None

    def _made(self, compile_base: Callable[[], Base], place: LogPlace) -> Base:
        started = time.perf_counter()
        base = compile_base()
        taken = time.perf_counter() - started
        return self._kept(base, place, taken) or base

    def keep(self, base: Base, place: LogPlace, compiled_seconds: float) -> Base | None:
        """Make a base that is in use the current snapshot; the same, mapped. None if it stays in memory."""
        try:
            with self._store.making() as is_ours:
                return self._kept(base, place, compiled_seconds) if is_ours else None
        except OSError as error:
            self._not_written(error)
            return None

    def _kept(self, base: Base, place: LogPlace, compiled_seconds: float) -> Base | None:
        if len(base.watchlist.base) < self._least_rights:
            return None
        started = time.perf_counter()
        try:
            name = self._store.write(base, place, compiled_seconds)
        except OSError as error:
            self._not_written(error)
            return None
        self._metrics.snapshots_written.inc()
        logger.info("watchlist: wrote the snapshot %s in %.1f s", name, time.perf_counter() - started)
        snapshot = self.take_news()
        return None if snapshot is None else snapshot.base

    def _not_written(self, error: OSError) -> None:
        logger.warning("watchlist: no snapshot can be written (%s): see [snapshot] in the settings", error)
        self._metrics.snapshots_refused.inc()

    def report(self) -> None:
        """Bring the gauges up to date."""
        self._metrics.snapshot_revision.set(self.held.base.revision if self.held else 0)
        self._metrics.snapshot_age.set(self.age_seconds() or 0)

    def age_seconds(self) -> float | None:
        return None if self.held is None else self._store.age_seconds(self.held)
