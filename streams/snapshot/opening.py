"""From the settings to what a process shares."""

from __future__ import annotations

from pathlib import Path

from streams.broker.topics import topic_names
from streams.metrics import WatchlistMetrics
from streams.settings import Settings
from streams.snapshot.sharing import SnapshotSharing
from streams.snapshot.store import SnapshotStore

FOLDER = "snapshot"


def snapshot_store(settings: Settings) -> SnapshotStore:
    """The snapshots of the log that the settings name."""
    folder = Path(settings.snapshot.folder) if settings.snapshot.folder else settings.data_dir / FOLDER
    return SnapshotStore(folder.expanduser(), topic_names(settings.kafka.topic_prefix).watchlist)


def snapshot_sharing(settings: Settings, metrics: WatchlistMetrics) -> SnapshotSharing | None:
    """None where the settings want no snapshots."""
    if not settings.snapshot.enabled:
        return None
    return SnapshotSharing(snapshot_store(settings), settings.snapshot, metrics)
